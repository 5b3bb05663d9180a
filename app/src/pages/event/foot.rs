use i18n::event::{self, Next};
use i18n::t;
use leptos::prelude::*;

use super::OpenEvent;
use crate::components::{Kind, LinkButton};
use crate::format::Here;
use crate::mark::mark_page;
use crate::route;

/// The bar under the event: the way to tickets, or why there is none and what there is instead.
#[component]
pub(super) fn Foot(open: OpenEvent) -> impl IntoView {
    let offer = Memo::new(move |_| {
        let event = open.now()?;
        Some((event.summary.id, event::offer(&Here, &event)))
    });
    move || {
        let (id, offer) = offer.get()?;
        let next = match offer.next {
            Next::Wait if open.waits_for(None) => Next::MoreEvents,
            next => next,
        };
        let action = match next {
            Next::Buy => {
                view! { <LinkButton href=route::buy(id)>{t!(events.get_tickets)}</LinkButton> }
                    .into_any()
            }
            Next::Wait => view! {
                <LinkButton href=route::wait(id)>{t!(events.join_waiting_list_short)}</LinkButton>
            }
            .into_any(),
            Next::MoreEvents => view! {
                <LinkButton href=route::EVENTS kind=Kind::Quiet>
                    {t!(events.more_events)}
                </LinkButton>
            }
            .into_any(),
        };
        mark_page("has-foot-bar");
        Some(view! {
            <div class="foot-bar">
                <div class="foot-bar__text" aria-live="polite">
                    <p class="foot-bar__main">{offer.main}</p>
                    <p class="foot-bar__note">{offer.note}</p>
                </div>
                {action}
            </div>
        })
    }
}
