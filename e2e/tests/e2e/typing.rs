//! What is typed stays, whatever the server says meanwhile.

use anyhow::{Context, Result, ensure};
use e2e::screens::{Guest, SCREENS, Screen, Stage, Visitor};
use e2e::{Engine, Person};
use serde_json::json;

/// From now on answers are other than before, or there are none.
const NEWS: &str = "
    if (!window.trueFetch) {
        window.trueFetch = window.fetch;
        const numbers = ['sold', 'left', 'going', 'capacity', 'checked_in', 'used', 'yours'];
        const change = (it) => {
            if (!it || typeof it !== 'object') return;
            for (const name of Object.keys(it))
                numbers.includes(name) && typeof it[name] === 'number' ? it[name]++ : change(it[name]);
        };
        window.fetch = async (...request) => {
            if (window.news === 'none') throw new TypeError('no network');
            const answer = await trueFetch(...request);
            if (!answer.headers.get('content-type')?.includes('json')) return answer;
            const body = JSON.parse(await answer.text());
            change(body);
            return new Response(JSON.stringify(body), answer);
        };
    }
    window.news = arguments[0];
    arguments[arguments.length - 1](true);";

/// Puts the cursor into the first field that can be seen: whether there is one.
const BEGIN: &str = "
    const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const kinds = ['text', 'email', 'search', 'password', 'url', 'textarea'];
    const field = [...root.querySelectorAll('input, textarea')].find((field) =>
        kinds.includes(field.type) && !field.disabled && field.checkVisibility({visibilityProperty: true}));
    window.field = field;
    window.stood = field?.value;
    field?.focus();
    return Boolean(field)";

/// Whether what was typed stands in the same field, with the cursor.
const IS_THERE: &str = "
    return window.field.isConnected && document.activeElement === window.field
        && window.field.value.endsWith('WORDS')";

/// What stands in that field, and what has the cursor.
const WHAT_IS_THERE: &str =
    "return [window.field.isConnected, window.field.value, document.activeElement.outerHTML]";

/// As it was, so that the screen can be left.
const END: &str = "
    window.field.value = window.stood;
    window.field.dispatchEvent(new Event('input', {bubbles: true}));
    window.fetch = window.trueFetch ?? window.fetch;
    window.trueFetch = null";

/// To another screen, whatever would be lost by it.
const LEAVE: &str = "
    const answer = arguments[arguments.length - 1];
    history.pushState(null, '', '/cart');
    dispatchEvent(new PopStateEvent('popstate'));
    const look = () => {
        document.querySelector('dialog[open] .button--danger')?.click();
        if (document.querySelector('dialog')) return setTimeout(look, 100);
        answer(true);
    };
    setTimeout(look, 200)";

const F5: &str = "\u{e035}";

// A browser that is dropped says goodbye while its thread waits.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_stays_whatever_the_server_says() -> Result<()> {
    let mut stage = Stage::set_up().await?;
    let (mut wrong, mut typed) = (Vec::new(), 0);
    for who in Visitor::ALL {
        // The program loads all anew at a key, under a sheet, too.
        let guest = Guest::arrive_in(Engine::Desktop, who, &stage).await?;
        for screen in SCREENS.iter().filter(|screen| screen.who == who) {
            if !screen.is_whole() {
                continue;
            }
            match screen.is_plain() {
                true => guest.pass_to(&stage, screen).await,
                false => guest.reach(&mut stage, screen).await,
            }
            .context(screen.name)?;
            let person = guest.person();
            if person.run(BEGIN).await? != json!(true) {
                continue;
            }
            match types(person, screen).await.context(screen.name) {
                Ok(()) => typed += 1,
                Err(error) => wrong.push(format!("{error:#}")),
            }
            person.run(END).await?;
            person.ask(LEAVE, Vec::new()).await?;
        }
        guest.leave().await?;
    }
    ensure!(typed > 12, "only {typed} screens have a field");
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

async fn types(person: &Person, screen: &Screen) -> Result<()> {
    let mut words = String::new();
    for (news, more) in [("other", "ab"), ("none", "cd"), ("other", "ef")] {
        person.strike(more).await?;
        words.push_str(more);
        let is_there = IS_THERE.replace("WORDS", &words);
        person.until_true(&is_there).await?;
        person.ask(NEWS, vec![json!(news)]).await?;
        person.strike(F5).await?;
        person.has_seen_it_settle(screen.unfinished).await?;
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        ensure!(
            person.run(&is_there).await? == json!(true),
            "{words:?} is lost when the answer is {news}: {}",
            person.run(WHAT_IS_THERE).await?
        );
    }
    Ok(())
}
