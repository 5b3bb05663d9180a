use ::api::orders::{OrderQuote, PlaceOrder};
use ::api::promo_codes::normalize_code;
use ::api::{Code, Money, TicketTypeId};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, IconButton, Kind};
use crate::pages::later;
use crate::{api, format};

/// A promo code that is taken off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Applied {
    pub(crate) code: String,
    pub(crate) quote: OrderQuote,
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
    pub(crate) applied: RwSignal<Option<Applied>>,
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
        }
    }

    /// What the order comes to with the code.
    pub(crate) fn total(self) -> Option<Money> {
        self.applied
            .with(|applied| applied.as_ref().map(|applied| applied.quote.total))
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

    /// The order with its code, at the price that was shown with it.
    pub(crate) fn on(self, order: PlaceOrder) -> PlaceOrder {
        match self.applied.get_untracked() {
            Some(applied) => PlaceOrder {
                promo_code: Some(applied.code),
                expected_total: Some(applied.quote.total),
                ..order
            },
            None => order,
        }
    }
}

/// The way to type a promo code.
#[component]
pub(crate) fn PromoField(promo: Promo) -> impl IntoView {
    provide_context(promo);
    let asked = RwSignal::new(promo.wanted.with_untracked(Option::is_some));
    move || {
        if asked.get() {
            return later::promo_code();
        }
        view! {
            <Show when=move || promo.order.with(Option::is_some)>
                <Button kind=Kind::Plain on_press=move |()| asked.set(true)>
                    {t!(buy.have_promo)}
                </Button>
            </Show>
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
    let question = Memo::new(move |_| Some((wanted.get()?, order.get()?)));
    Effect::new(move || {
        applied.set(None);
        error.set(None);
        let Some((code, order)) = question.get() else {
            return;
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
            if question.try_get_untracked().flatten() != Some((code.clone(), order)) {
                return;
            }
            busy.try_set(false);
            match answer {
                Ok(quote) => {
                    applied.try_set(Some(Applied { code, quote }));
                }
                Err(refused) => {
                    error.try_set(Some(promo.words(&refused)));
                }
            }
        });
    });
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = normalize_code(&typed.get_untracked());
        wanted.set(None);
        wanted.set((!code.is_empty()).then_some(code));
    };
    let remove = move || {
        wanted.set(None);
        typed.set(String::new());
    };
    let field = move || {
        view! {
            <form class="promo" novalidate on:submit=apply>
                <Field
                    id="promo-code"
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
    move || match applied.get() {
        Some(applied) => view! {
            <p class="promo promo--applied" role="status">
                <b>{applied.code}</b>
                <span>{format!("−{}", format::money(applied.quote.discount))}</span>
                <IconButton icon=icondata::LuX label=t!(buy.remove_promo) on_press=remove />
            </p>
        }
        .into_any(),
        None => field().into_any(),
    }
}
