use ::api::EventId;
use leptos::prelude::*;

use super::Open;
use super::actions::run;
use crate::api;
use crate::components::{Button, Field, Kind, Sheet, use_toasts};

/// Calling an event off, which takes typing its title: there is no way back.
#[component]
pub(super) fn CancelSheet(
    id: EventId,
    title: String,
    open: Open,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let wanted = title.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !is_same(&typed.get_untracked(), &wanted) {
            error.set(Some(
                "That is not the title. Type it as it stands above.".to_owned(),
            ));
            return;
        }
        error.set(None);
        run(
            busy,
            open,
            api::cancel_event(id),
            move |answer| match answer {
                Ok(_) => {
                    toasts.say("The event is cancelled. Every ticket is being refunded.");
                    on_close.try_run(());
                }
                Err(refused) => {
                    error.try_set(Some(refused.to_string()));
                }
            },
        );
    };
    view! {
        <Sheet title="Cancel this event?" on_close=on_close>
            <form class="form" novalidate on:submit=send>
                <p>
                    "Sales stop at once, everyone sees that it is cancelled, and every ticket is refunded. This cannot be undone."
                </p>
                <p>"To go ahead, type its title: " <b class="dashboard__typed">{title}</b></p>
                <Field
                    id="cancel-title"
                    label="Title"
                    value=typed
                    error=error
                    autocomplete="off"
                />
                <div class="actions">
                    <Button submit=true kind=Kind::Danger busy=busy>
                        "Cancel the event"
                    </Button>
                    <Button kind=Kind::Plain on_press=on_close>
                        "Keep it"
                    </Button>
                </div>
            </form>
        </Sheet>
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
