use i18n::event::{self, Next};
use i18n::t;
use leptos::prelude::*;

use super::OpenEvent;
use crate::components::{Button, Kind, LinkButton};
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
        mark_page("has-foot-bar");
        if let Some((main, note)) = open.held() {
            let action = view! { <Button on_press=show_held>{t!(events.get_tickets)}</Button> };
            return Some(bar(main, note, action.into_any()));
        }
        let next = match offer.next {
            Next::Wait if !open.knows_line.get() => None,
            Next::Wait if open.waits_for(None) => Some(Next::MoreEvents),
            next => Some(next),
        };
        let action = next.map(|next| match next {
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
        });
        Some(bar(offer.main, offer.note, action.into_any()))
    }
}

fn bar(main: String, note: String, action: AnyView) -> impl IntoView {
    view! {
        <div class="foot-bar">
            <div class="foot-bar__text" aria-live="polite">
                <p class="foot-bar__main">{main}</p>
                <p class="foot-bar__note">{note}</p>
            </div>
            {action}
        </div>
    }
}

/// To where it is taken, which may be below what can be seen.
fn show_held(_: ()) {
    if let Ok(Some(held)) = document().query_selector(".waiting--held") {
        held.scroll_into_view();
    }
}
