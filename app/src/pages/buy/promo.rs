use ::api::orders::{OrderQuote, PlaceOrder};
use ::api::promo_codes::normalize_code;
use ::api::{Code, Money, TicketTypeId};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, IconButton, Kind};
use crate::focus::{focus_first, focus_soon};
use crate::pages::later;
use crate::{api, format};

/// The field a promo code is typed into.
const FIELD: &str = "promo-code";
/// What takes the code away again.
const REMOVE: &str = ".promo--applied button";

/// A promo code, and what an order comes to with it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Applied {
    code: String,
    order: PlaceOrder,
    quote: OrderQuote,
}

/// The promo code of an order that is being chosen.
#[derive(Clone, Copy)]
pub(crate) struct Promo {
    /// What is chosen.
    order: Memo<Option<PlaceOrder>>,
    /// The code that was typed.
    wanted: RwSignal<Option<String>>,
    /// What a ticket type is called.
    name: Callback<TicketTypeId, Option<String>>,
    /// The last answer to it. It stays until there is another, also while something else is chosen.
    applied: RwSignal<Option<Applied>>,
    /// The person has just asked for the field.
    opened: StoredValue<bool>,
}

impl Promo {
    pub(crate) fn new(
        order: Memo<Option<PlaceOrder>>,
        name: impl Fn(TicketTypeId) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            order,
            wanted: RwSignal::new(None),
            name: Callback::new(name),
            applied: RwSignal::new(None),
            opened: StoredValue::new(false),
        }
    }

    /// The code that is taken off what is chosen now, and what that comes to.
    fn current(self) -> Option<Applied> {
        let order = self.order.get();
        let applied = self.applied.get();
        applied.filter(|applied| order.as_ref() == Some(&applied.order))
    }

    /// What the order comes to with the code.
    pub(crate) fn total(self) -> Option<Money> {
        self.current().map(|applied| applied.quote.total)
    }

    /// Why the code cannot be had, and what to do.
    fn words(self, refused: &api::Error) -> String {
        let problem = refused.problem();
        let others = problem.filter(|problem| problem.code == Code::PromoOtherTickets);
        let kind = others.and_then(|problem| self.name.run(problem.ticket_type_id?));
        match kind {
            Some(kind) => t!(buy.promo_for, kind = kind),
            None => refused.to_string(),
        }
    }

    /// The order with its code, at the price that was shown with it. Where that is not known yet,
    /// the code is taken off all the same.
    pub(crate) fn on(self, order: PlaceOrder) -> PlaceOrder {
        match untrack(|| (self.current(), self.applied.get())) {
            (Some(applied), _) => PlaceOrder {
                promo_code: Some(applied.code),
                expected_total: Some(applied.quote.total),
                ..order
            },
            (None, Some(before)) => PlaceOrder {
                promo_code: Some(before.code),
                expected_total: None,
                ..order
            },
            (None, None) => order,
        }
    }
}

/// The way to type a promo code.
#[component]
pub(crate) fn PromoField(promo: Promo) -> impl IntoView {
    provide_context(promo);
    let asked = RwSignal::new(promo.wanted.with_untracked(Option::is_some));
    let ask = move |()| {
        promo.opened.set_value(true);
        asked.set(true);
    };
    move || {
        if asked.get() {
            return later::promo_code();
        }
        view! {
            <Button kind=Kind::Plain on_press=ask>
                {t!(buy.have_promo)}
            </Button>
        }
        .into_any()
    }
}

/// Where a promo code is typed, and what it takes off. It is asked about again whenever something
/// else is chosen.
#[component]
pub(crate) fn PromoCode() -> impl IntoView {
    let promo: Promo = expect_context();
    let Promo {
        order,
        wanted,
        applied,
        ..
    } = promo;
    let typed = RwSignal::new(wanted.get_untracked().unwrap_or_default());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // The person asked for it; else it is asked again for another choice.
    let applying = StoredValue::new(false);
    if promo.opened.try_update_value(std::mem::take) == Some(true) {
        focus_field();
    }
    let question = Memo::new(move |_| Some((wanted.get()?, order.get()?)));
    Effect::new(move || {
        error.set(None);
        let Some((code, order)) = question.get() else {
            return busy.set(false);
        };
        busy.set(true);
        spawn_local(async move {
            let with_code = PlaceOrder {
                promo_code: Some(code.clone()),
                expected_total: None,
                ..order.clone()
            };
            let answer = api::quote(&with_code).await;
            // Something else may be chosen by now.
            if question.try_get_untracked().flatten() != Some((code.clone(), order.clone())) {
                return;
            }
            busy.try_set(false);
            let follows = applying.try_update_value(std::mem::take) == Some(true);
            match answer {
                Ok(quote) => {
                    if follows {
                        focus_soon(|| focus_first(REMOVE));
                    }
                    applied.try_set(Some(Applied { code, order, quote }));
                }
                Err(refused) => {
                    if follows {
                        focus_field();
                    }
                    applied.try_set(None);
                    error.try_set(Some(promo.words(&refused)));
                }
            }
        });
    });
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = normalize_code(&typed.get_untracked());
        wanted.set(None);
        applying.set_value(true);
        if order.with_untracked(Option::is_none) {
            error.set(Some(t!(buy.choose).to_owned()));
        }
        wanted.set((!code.is_empty()).then_some(code));
    };
    let remove = move || {
        wanted.set(None);
        applied.set(None);
        typed.set(String::new());
        focus_field();
    };
    let field = move || {
        view! {
            <form class="promo" novalidate on:submit=apply>
                <Field
                    id=FIELD
                    label=t!(buy.promo)
                    value=typed
                    error=error
                    autocomplete="off"
                />
                <Button submit=true kind=Kind::Quiet busy=busy>
                    {t!(buy.apply)}
                </Button>
            </form>
        }
    };
    let is_applied = Memo::new(move |_| applied.with(Option::is_some));
    let code = move || applied.with(|applied| applied.as_ref().map(|it| it.code.clone()));
    let off = move || {
        let applied = promo.current()?;
        Some(format!("−{}", format::money(applied.quote.discount)))
    };
    move || match is_applied.get() {
        true => view! {
            <p class="promo promo--applied" role="status">
                <b dir="auto">{code}</b>
                <span>{off}</span>
                <IconButton icon=icondata::LuX label=t!(buy.remove_promo) on_press=remove />
            </p>
        }
        .into_any(),
        false => field().into_any(),
    }
}

fn focus_field() {
    focus_soon(|| focus_first(&format!("#{FIELD}")));
}
