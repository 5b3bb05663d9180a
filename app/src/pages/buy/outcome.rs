use ::api::TicketTypeId;
use i18n::t;
use leptos::prelude::*;

use crate::components::{Button, Kind, Spinner};
use crate::purchase::{Phase, Purchase, Purpose, Refusal};

/// How the purchase goes, in words, and what can be done about it.
#[component]
pub(crate) fn Outcome(
    purchase: Purchase,
    #[prop(into)] purpose: Signal<Option<Purpose>>,
    /// What the buyer calls a ticket type, where that does not go without saying.
    #[prop(into)]
    name: Callback<TicketTypeId, Option<String>>,
    /// Takes fewer of a type.
    #[prop(into)]
    on_take: Callback<(TicketTypeId, i32)>,
) -> impl IntoView {
    let ours = move || purchase.purpose.get() == purpose.get();
    let content = move || match purchase.phase.get() {
        Phase::Idle | Phase::Sending | Phase::Placed(_) => ().into_any(),
        Phase::Queued => view! {
            <Waiting title=t!(buy.in_line) text=t!(buy.in_line_text) />
        }
        .into_any(),
        Phase::Checking if ours() => view! {
            <Waiting title=t!(buy.checking) text=t!(buy.checking_text) />
        }
        .into_any(),
        Phase::Checking => view! {
            <Waiting title=t!(buy.checking_last) text=t!(buy.checking_last_text) />
        }
        .into_any(),
        Phase::Refused(refusal) if ours() => {
            view! { <Refused refusal=refusal name=name on_take=on_take purchase=purchase /> }
                .into_any()
        }
        Phase::Refused(_) => ().into_any(),
    };
    view! {
        <div class="outcome" role="status">
            {content}
        </div>
    }
}

#[component]
fn Waiting(title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <div class="notice">
            <Spinner />
            <div>
                <p class="notice__title">{title}</p>
                <p>{text}</p>
            </div>
        </div>
    }
}

#[component]
fn Refused(
    refusal: Refusal,
    name: Callback<TicketTypeId, Option<String>>,
    on_take: Callback<(TicketTypeId, i32)>,
    purchase: Purchase,
) -> impl IntoView {
    let named = refusal.ticket_type().and_then(|id| name.run(id));
    let words = match named {
        Some(name) => format!("{name}: {}", refusal.words()),
        None => refusal.words(),
    };
    let way_out = match refusal {
        Refusal::SoldOut {
            ticket_type_id: Some(id),
            left,
        } if left > 0 => {
            let take = move |()| {
                on_take.run((id, left));
                purchase.settle();
            };
            Some(view! {
                <Button kind=Kind::Quiet on_press=take>
                    {t!(buy.take, count = left)}
                </Button>
            })
        }
        _ => None,
    };
    view! {
        <div class="notice notice--warn">
            <div>
                <p class="notice__title">{t!(buy.not_through)}</p>
                <p dir="auto">{words}</p>
            </div>
            {way_out}
        </div>
    }
}
