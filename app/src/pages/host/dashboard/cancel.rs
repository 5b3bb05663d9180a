use ::api::EventId;
use i18n::t;
use leptos::prelude::*;

use super::Open;
use super::actions::run;
use crate::api;
use crate::components::{Button, Field, Kind, Sheet, use_toasts};
use crate::history::Close;

/// Calling an event off, which takes typing its title: there is no way back.
#[component]
pub(super) fn CancelSheet(
    id: EventId,
    title: String,
    open: Open,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let close = Close::new(move || on_close.run(()));
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let wanted = title.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !is_same(&typed.get_untracked(), &wanted) {
            error.set(Some(t!(host.not_the_title).to_owned()));
            return;
        }
        error.set(None);
        run(
            busy,
            open,
            api::cancel_event(id),
            move |answer| match answer {
                Ok(_) => {
                    toasts.say(t!(host.event_cancelled));
                    close.run();
                    show_from_the_top();
                }
                Err(refused) => {
                    error.try_set(Some(refused.to_string()));
                }
            },
        );
    };
    view! {
        <Sheet title=t!(host.cancel_title) on_close=close>
            <form class="form" novalidate on:submit=send>
                <p>
                    {t!(host.cancel_text)}
                </p>
                <p>{t!(host.type_title)} " " <b class="dashboard__typed">{title}</b></p>
                <Field
                    id="cancel-title"
                    label=t!(host.title)
                    value=typed
                    error=error
                    autocomplete="off"
                />
                <div class="actions">
                    <Button submit=true kind=Kind::Danger busy=busy>
                        {t!(host.cancel)}
                    </Button>
                    <Button kind=Kind::Plain on_press=move |()| close.run()>
                        {t!(host.keep)}
                    </Button>
                </div>
            </form>
        </Sheet>
    }
}

/// Where it says that the event is cancelled.
fn show_from_the_top() {
    let head = document().query_selector(".dashboard__head");
    if let Ok(Some(head)) = head {
        head.scroll_into_view();
    }
}

/// Spaces and capitals do not matter to a person, so they do not matter here.
fn is_same(typed: &str, title: &str) -> bool {
    let plain = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    };
    plain(typed) == plain(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_typed_by_people() {
        assert!(is_same(" night  at the HALL", "Night at the Hall"));
        assert!(!is_same("Night at the", "Night at the Hall"));
        assert!(!is_same("", "Night at the Hall"));
    }
}
