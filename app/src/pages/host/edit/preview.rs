use ::api::events::{EventSummary, SaleState, price_from};
use ::api::{EventId, Money};
use i18n::t;
use leptos::prelude::*;

use super::cover::EventCover;
use super::fields::Snapshot;
use super::saver::Saver;
use crate::pages::events::CardBody;
use crate::zoned;

/// The card as it will be in the list of events, while it is typed.
#[component]
pub(super) fn Preview(saver: Saver) -> impl IntoView {
    let card = move || {
        let event = preview(saver.id_to_be(), &saver.form.snapshot());
        view! { <CardBody event=event /> }
    };
    view! {
        <aside class="editor__aside" aria-label=t!(edit.preview)>
            <div class="preview">
                <p class="preview__label">{t!(edit.in_list)}</p>
                <div class="card" inert=true>
                    <div class="card__cover">
                        <EventCover saver=saver />
                    </div>
                    {card}
                </div>
            </div>
        </aside>
    }
}

fn preview(id: EventId, form: &Snapshot) -> EventSummary {
    let (event, errors) = form.read(&zoned::moments);
    let priced = |index: &usize| {
        !errors
            .0
            .contains_key(&format!("ticket_types.{index}.price"))
    };
    let prices = event.ticket_types.iter().enumerate();
    let prices = prices.filter(|(index, _)| priced(index)).map(|(_, it)| {
        let price = Money::new(it.price, event.currency);
        (SaleState::OnSale, price)
    });
    let title = if event.title.trim().is_empty() {
        t!(edit.your_event).to_owned()
    } else {
        event.title
    };
    EventSummary {
        id,
        title,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        timezone: event.timezone,
        venue: event.venue.trim().to_owned(),
        city: event.city.trim().to_owned(),
        cover_url: None,
        price_from: price_from(prices),
        capacity: 0,
        sold: 0,
        left: 0,
        going: 0,
        state: SaleState::OnSale,
    }
}
