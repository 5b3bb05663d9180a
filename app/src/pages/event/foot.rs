use ::api::Time;
use ::api::events::{EventDetail, SaleState};
use i18n::t;
use leptos::prelude::*;

use super::OpenEvent;
use crate::components::{Kind, LinkButton};
use crate::{format, route};

/// The bar under the event: the way to tickets, or why there is none and what there is instead.
#[component]
pub(super) fn Foot(open: OpenEvent) -> impl IntoView {
    let offer = Memo::new(move |_| open.now().map(|event| Offer::of(&event)));
    move || {
        let offer = offer.get()?;
        let waits = open.waits_for(None);
        let action = if offer.buy {
            view! { <LinkButton href=offer.path>{t!(events.get_tickets)}</LinkButton> }.into_any()
        } else if offer.wait && !waits {
            view! { <LinkButton href=offer.path>{t!(events.join_waiting_list_short)}</LinkButton> }
                .into_any()
        } else {
            view! {
                <LinkButton href=route::EVENTS kind=Kind::Quiet>
                    {t!(events.more_events)}
                </LinkButton>
            }
            .into_any()
        };
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

/// What the bar says.
#[derive(Clone, Debug, PartialEq)]
struct Offer {
    main: String,
    note: String,
    buy: bool,
    /// There is nothing to buy, but to wait for.
    wait: bool,
    path: String,
}

impl Offer {
    fn of(event: &EventDetail) -> Self {
        let summary = &event.summary;
        let going = match summary.going {
            0 => t!(events.be_first).to_owned(),
            going => t!(events.going, count = format::Count(going)),
        };
        let open = event
            .ticket_types
            .iter()
            .filter(|kind| kind.state.is_open());
        let price = open
            .map(|kind| kind.price)
            .min_by_key(|price| price.amount)
            .map(|price| {
                if price.is_zero() {
                    t!(common.free).to_owned()
                } else {
                    t!(common.from_price, price = format::money(price))
                }
            });
        let (main, note) = match summary.state {
            SaleState::OnSale => (price.unwrap_or_default(), going),
            SaleState::FewLeft => {
                let left = t!(
                    events.left_and_going,
                    count = format::Count(summary.left),
                    going = going
                );
                (price.unwrap_or_default(), left)
            }
            SaleState::SoldOut => (
                t!(common.sold_out).to_owned(),
                t!(events.returned_tickets).to_owned(),
            ),
            SaleState::NotYet => (t!(common.not_on_sale_yet).to_owned(), opens(event)),
            SaleState::Closed => (t!(common.sale_closed).to_owned(), going),
            SaleState::Cancelled => (
                t!(common.cancelled).to_owned(),
                t!(events.will_not_take_place).to_owned(),
            ),
            SaleState::Ended => {
                let went = t!(events.went, count = format::Count(summary.going));
                (t!(events.is_over).to_owned(), went)
            }
        };
        Self {
            main,
            note,
            buy: summary.state.is_open(),
            wait: summary.state == SaleState::SoldOut,
            path: match summary.state {
                SaleState::SoldOut => route::wait(summary.id),
                _ => route::buy(summary.id),
            },
        }
    }
}

/// When the first tickets can be had.
fn opens(event: &EventDetail) -> String {
    let starts = event
        .ticket_types
        .iter()
        .filter_map(|kind| kind.sale_starts_at);
    let first: Option<Time> = starts.min();
    first.map_or_else(String::new, |first| {
        let when = format::day_and_clock(first, &event.summary.timezone);
        t!(events.tickets_from, when = when)
    })
}
