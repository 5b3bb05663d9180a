use ::api::EventId;
use ::api::FieldErrors;
use ::api::host::HostEvent;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saver::Saver;
use crate::api::Error;
use crate::components::{Button, Kind, Sheet, TextArea};
use crate::format;
use crate::forms::FormErrors;
use crate::history::Close;

/// What came of saving.
pub(super) type Answer = Result<HostEvent, Error>;

/// Says how many people are told that an event moves before it is saved, and takes the organizer's
/// own words to them. It closes once there is an answer, which `on_answer` is given before.
#[component]
pub(super) fn NotifySheet(
    saver: Saver,
    id: EventId,
    people: i32,
    #[prop(into)] on_answer: Callback<Answer>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let close = Close::new(move || on_close.run(()));
    let (busy, message) = (RwSignal::new(false), RwSignal::new(String::new()));
    let errors = FormErrors::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let message = message.get_untracked();
        let mut checked = FieldErrors::default();
        checked.require_message(&message);
        if busy.get_untracked() || !errors.check(checked.into_result()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let message = Some(message).filter(|message| !message.trim().is_empty());
            let answer = saver.save_all(id, message).await;
            busy.try_set(false);
            on_answer.try_run(answer);
            close.run();
        });
    };
    view! {
        <Sheet title=t!(edit.notify_title) on_close=close>
            <form class="form" novalidate on:submit=send>
                <p>{t!(edit.notify_text, count = format::Count(people))}</p>
                <TextArea
                    id="notify-message"
                    label=t!(edit.message)
                    value=message
                    error=errors.of("message")
                    hint=t!(edit.message_hint)
                />
                <div class="actions">
                    <Button submit=true busy=busy>
                        {t!(edit.notify)}
                    </Button>
                    <Button kind=Kind::Plain on_press=move |()| close.run()>
                        {t!(common.keep_editing)}
                    </Button>
                </div>
            </form>
        </Sheet>
    }
}
