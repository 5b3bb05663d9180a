use ::api::EventId;
use ::api::host::{Audience, CancelEvent};
use i18n::t;
use leptos::prelude::*;

use super::Open;
use super::actions::run;
use crate::components::{
    Button, Field, FieldKind, Kind, Loaded, Sheet, SkeletonShape, TextArea, use_toasts,
};
use crate::fetch::Fetch;
use crate::forms::{FormError, FormErrors};
use crate::history::Close;
use crate::{api, format};

/// Cancelling an event: says whom it concerns, and takes a message to them. Where tickets are sold,
/// their number has to be typed: there is no way back.
#[component]
pub(super) fn CancelSheet(
    id: EventId,
    open: Open,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let close = Close::new(move || on_close.run(()));
    let audience = Fetch::new(|| (), move |()| api::audience(id));
    view! {
        <Sheet title=t!(host.cancel_title) on_close=close>
            <Loaded fetch=audience skeleton=SkeletonShape::Row whole=false let:audience>
                <CancelForm id=id audience=audience open=open close=close />
            </Loaded>
        </Sheet>
    }
}

#[component]
fn CancelForm(id: EventId, audience: Audience, open: Open, close: Close) -> impl IntoView {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let (typed, message) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let errors = FormErrors::new();
    let Audience { tickets, people } = audience;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = CancelEvent {
            message: message.get_untracked(),
        };
        let mut checked = body.validate().err().unwrap_or_default();
        checked.require(
            is_number(&typed.get_untracked(), tickets),
            "tickets",
            &t!(host.wrong_number, number = format::count(tickets)),
        );
        if !errors.check(checked.into_result()) {
            return;
        }
        let cancel = async move { api::cancel_event(id, &body).await };
        run(busy, open, cancel, move |answer| match answer {
            Ok(_) => {
                toasts.say(t!(host.event_cancelled));
                close.run();
                show_from_the_top();
            }
            Err(refused) => errors.refuse(&refused),
        });
    };
    let effect = match tickets {
        0 => t!(host.cancel_no_tickets).to_owned(),
        tickets => t!(host.cancel_tickets, count = format::Count(tickets)),
    };
    let told = (people > 0).then(|| {
        let told = t!(host.people_told, count = format::Count(people));
        view! {
            <p>{told}</p>
            <TextArea
                id="cancel-message"
                label=t!(host.message)
                value=message
                error=errors.of("message")
                hint=t!(host.message_hint)
            />
        }
    });
    let number = (tickets > 0).then(|| {
        view! {
            <Field
                id="cancel-tickets"
                label=t!(host.number_of_tickets)
                kind=FieldKind::Count
                value=typed
                error=errors.of("tickets")
                hint=t!(host.type_number, number = format::count(tickets))
                autocomplete="off"
            />
        }
    });
    view! {
        <form class="form" novalidate on:submit=send>
            <p>{effect}</p>
            {told}
            {number}
            <FormError errors=errors />
            <div class="actions">
                <Button submit=true kind=Kind::Danger busy=busy>
                    {t!(host.cancel)}
                </Button>
                <Button kind=Kind::Plain on_press=move |()| close.run()>
                    {t!(host.keep)}
                </Button>
            </div>
        </form>
    }
}

/// Where it says that the event is cancelled.
fn show_from_the_top() {
    let head = document().query_selector(".dashboard__head");
    if let Ok(Some(head)) = head {
        head.scroll_into_view();
    }
}

/// Whether `number` was typed, however it is grouped; nothing has to be for none.
fn is_number(typed: &str, number: i32) -> bool {
    let groups = |c: &char| !c.is_whitespace() && !matches!(c, '.' | ',' | '\'' | '’');
    let digits: String = typed.chars().filter(groups).collect();
    number == 0 || digits == number.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_typed_by_people() {
        for typed in ["8000", " 8,000 ", "8.000", "8\u{a0}000", "8’000"] {
            assert!(is_number(typed, 8000), "{typed}");
        }
        for typed in ["", "800", "80000", "-8000", "8000 tickets"] {
            assert!(!is_number(typed, 8000), "{typed}");
        }
        assert!(is_number("", 0));
    }
}
