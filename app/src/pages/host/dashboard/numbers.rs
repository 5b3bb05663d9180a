use ::api::host::{Sales, TypeSales};
use i18n::t;
use leptos::prelude::*;

use super::course::course;
use crate::components::{BarChart, ChartBar, Meter};
use crate::format;
use crate::pages::host::row::{money, sold_of};

type Known = RwSignal<Option<Sales>>;

/// The numbers that matter. Nothing is left of a cancelled event.
#[component]
pub(super) fn Numbers(sales: Known, cancelled: bool) -> impl IntoView {
    let number = move |of: fn(&Sales) -> String| {
        Memo::new(move |_| sales.with(|sales| sales.as_ref().map(of).unwrap_or_default()))
    };
    let given =
        Memo::new(move |_| sales.with(|sales| sales.as_ref().is_some_and(|it| it.given > 0)));
    view! {
        <dl class="numbers">
            <Number
                label=t!(host.sold)
                value=number(|sales| format::count(sales.sold))
                note=number(|sales| t!(host.of, all = format::Count(sales.capacity)))
            />
            <Show when=move || given.get()>
                <Number label=t!(host.given_tickets) value=number(|sales| format::count(sales.given)) />
            </Show>
            {(!cancelled)
                .then(|| {
                    view! {
                        <Number label=t!(host.left) value=number(|sales| format::count(sales.left)) />
                    }
                })}
            <Number label=t!(host.checked_in) value=number(|sales| format::count(sales.checked_in)) />
            <Number label=t!(host.received) value=number(|sales| format::money(sales.received)) />
            <Number label=t!(host.due) value=number(|sales| format::money(sales.due)) />
        </dl>
    }
}

#[component]
fn Number(
    label: &'static str,
    value: Memo<String>,
    #[prop(optional)] note: Option<Memo<String>>,
) -> impl IntoView {
    view! {
        <div class="numbers__item">
            <dt class="numbers__name">{label}</dt>
            <dd class="numbers__value">
                {value} {note.map(|note| view! { " " <small class="numbers__note">{note}</small> })}
            </dd>
        </div>
    }
}

/// How the sale went over time.
#[component]
pub(super) fn SalesChart(sales: Known, timezone: String) -> impl IntoView {
    let bars = Memo::new(move |_| {
        sales.with(|sales| {
            sales
                .as_ref()
                .map(|sales| bars(sales, &timezone))
                .unwrap_or_default()
        })
    });
    view! {
        <section class="dashboard__section">
            <h2 class="dashboard__subtitle">{t!(host.sales_over_time)}</h2>
            <Show
                when=move || !bars.with(Vec::is_empty)
                fallback=|| view! { <p class="muted">{t!(host.first_sale)}</p> }
            >
                <BarChart label=t!(host.tickets_over_time) columns=[t!(events.when), t!(host.sold)] bars=bars />
            </Show>
        </section>
    }
}

fn bars(sales: &Sales, timezone: &str) -> Vec<ChartBar> {
    let daily = sales.bucket_seconds >= 24 * 3600;
    let bar = |point: api::host::SalesPoint| {
        let money = format::money(api::Money::new(point.amount, sales.due.currency));
        ChartBar {
            height: point.tickets,
            label: if daily {
                format::day(point.at, timezone)
            } else {
                format::day_and_clock(point.at, timezone)
            },
            amount: match (point.tickets, point.amount) {
                (tickets, 0) => format::tickets(tickets),
                (tickets, _) => format!("{}, {money}", format::tickets(tickets)),
            },
        }
    };
    let course = course(&sales.series, sales.bucket_seconds, format::now());
    course.into_iter().map(bar).collect()
}

/// What each kind of ticket has to do with it.
#[component]
pub(super) fn ByType(sales: Known) -> impl IntoView {
    let types = Memo::new(move |_| {
        sales.with(|sales| {
            sales
                .as_ref()
                .map(|sales| sales.by_type.clone())
                .unwrap_or_default()
        })
    });
    let rows = move || types.get().into_iter().map(type_row).collect_view();
    view! {
        <section class="dashboard__section">
            <h2 class="dashboard__subtitle">{t!(host.by_type)}</h2>
            <ul class="by-type">{rows}</ul>
        </section>
    }
}

fn type_row(sales: TypeSales) -> impl IntoView {
    let (sold, given, capacity) = (sales.sold, sales.given, sales.capacity);
    let money = money(sales.received, sales.due).map(|money| view! { <b>{money}</b> });
    view! {
        <li class="by-type__row">
            <span class="by-type__name" dir="auto">{sales.name}</span>
            <span class="by-type__money">{money.collect_view()}</span>
            <Meter part=sold + given whole=capacity />
            <span class="by-type__sold">{sold_of(sold, given, capacity)}</span>
        </li>
    }
}
