use ::api::EventId;
use ::api::comps::{GuestList, GuestListPreview, Invited};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::components::{Button, Icon, Kind, TextArea};
use crate::{api, format};

/// How many lines are shown of those that can be used, and of those that cannot.
const SHOWN: usize = 5;

/// A list of guests: chosen as a file or pasted, and looked through before anything happens.
#[component]
pub(super) fn GuestFile(
    event: EventId,
    text: RwSignal<String>,
    guests: RwSignal<Vec<Invited>>,
) -> impl IntoView {
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let preview = RwSignal::new(None::<GuestListPreview>);
    // What was looked through is not what stands there any more.
    Effect::new(move |before: Option<()>| {
        text.track();
        if before.is_some() {
            guests.set(Vec::new());
            preview.set(None);
        }
    });
    let check = move |csv: String| {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::preview_guests(event, &GuestList { csv }).await {
                Ok(read) => {
                    guests.try_set(read.guests.clone());
                    preview.try_set(Some(read));
                }
                Err(refused) => {
                    error.try_set(Some(refused.to_string()));
                }
            }
            busy.try_set(false);
        });
    };
    let choose = move |input: web_sys::HtmlInputElement| {
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        let Some(file) = file else { return };
        spawn_local(async move {
            match JsFuture::from(file.text())
                .await
                .map(|text| text.as_string())
            {
                Ok(Some(csv)) => check(csv),
                _ => {
                    error.try_set(Some(t!(give.unreadable).to_owned()));
                }
            }
        });
    };
    view! {
        <div class="give__list">
            <div>
                <input
                    class="visually-hidden file-input"
                    id="give-file"
                    type="file"
                    accept=".csv,.tsv,.txt,text/csv,text/plain"
                    disabled=busy
                    on:change:target=move |event| choose(event.target())
                />
                <label class="button button--quiet" for="give-file">
                    <span class="button__label">
                        <Icon icon=icondata::LuFileUp />
                        {t!(give.choose_file)}
                    </span>
                </label>
            </div>
            <TextArea
                id="give-list"
                label=t!(give.paste)
                value=text
                error=error
            />
            <div>
                <Button kind=Kind::Quiet busy=busy on_press=move |()| check(text.get_untracked())>
                    {t!(give.look_through)}
                </Button>
            </div>
            {move || preview.get().map(|preview| view! { <Preview preview=preview /> })}
        </div>
    }
}

/// What the list says: who would get a ticket, and which lines cannot be used.
#[component]
fn Preview(preview: GuestListPreview) -> impl IntoView {
    let GuestListPreview { guests, problems } = preview;
    let count = |length: usize| format::Count(i32::try_from(length).unwrap_or(i32::MAX));
    let found = match guests.len() {
        0 => t!(give.nobody).to_owned(),
        many => t!(give.guests, count = count(many)),
    };
    let wrong = match problems.len() {
        0 => None,
        many => Some(t!(give.left_out, count = count(many))),
    };
    let more = |length: usize| {
        let rest = length.saturating_sub(SHOWN);
        (rest > 0)
            .then(|| view! { <li class="muted">{t!(give.and_more, count = count(rest))}</li> })
    };
    let (more_guests, more_problems) = (more(guests.len()), more(problems.len()));
    let guest = |guest: Invited| view! { <li>{guest.name} <span class="muted">" · " {guest.email}</span></li> };
    let problem = |problem: ::api::comps::LineProblem| {
        view! {
            <li>
                <b>{t!(give.line, number = problem.line)} " "</b>
                {api::sentence(&problem.problem)}
                <span class="give__line">{problem.text}</span>
            </li>
        }
    };
    view! {
        <div class="give__preview" role="status">
            <p class="give__found">{found}</p>
            <ul>{guests.into_iter().take(SHOWN).map(guest).collect_view()} {more_guests}</ul>
            {wrong.map(|wrong| view! { <p class="give__wrong">{wrong}</p> })}
            <ul>{problems.into_iter().take(SHOWN).map(problem).collect_view()} {more_problems}</ul>
        </div>
    }
}
