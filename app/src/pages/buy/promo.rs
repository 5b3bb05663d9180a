use ::api::orders::{OrderQuote, PlaceOrder};
use ::api::promo_codes::normalize_code;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, IconButton, Kind};
use crate::{api, format};

/// A promo code that is taken off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Applied {
    pub(crate) code: String,
    pub(crate) quote: OrderQuote,
}

impl Applied {
    /// The order with its code, at the price that was shown with it.
    pub(crate) fn to(applied: Option<&Self>, body: PlaceOrder) -> PlaceOrder {
        match applied {
            Some(applied) => PlaceOrder {
                promo_code: Some(applied.code.clone()),
                expected_total: Some(applied.quote.total),
                ..body
            },
            None => body,
        }
    }
}

/// Where a promo code is typed, and what it takes off. It is asked about again whenever something
/// else is chosen.
#[component]
pub(crate) fn PromoField(
    #[prop(into)] body: Signal<Option<PlaceOrder>>,
    applied: RwSignal<Option<Applied>>,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let wanted = RwSignal::new(None::<String>);
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let question = Memo::new(move |_| Some((wanted.get()?, body.get()?)));
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
                    error.try_set(Some(refused.to_string()));
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
                    label="Promo code"
                    value=typed
                    error=error
                    autocomplete="off"
                />
                <Button submit=true kind=Kind::Quiet busy=busy>
                    "Apply"
                </Button>
            </form>
        }
    };
    move || match (applied.get(), asked.get()) {
        (Some(applied), _) => view! {
            <p class="promo promo--applied" role="status">
                <b>{applied.code}</b>
                <span>{format!("−{}", format::money(applied.quote.discount))}</span>
                <IconButton icon=icondata::LuX label="Remove the promo code" on_press=remove />
            </p>
        }
        .into_any(),
        (None, true) => field().into_any(),
        (None, false) => view! {
            <Show when=move || body.with(Option::is_some)>
                <Button kind=Kind::Plain on_press=move |()| asked.set(true)>
                    "I have a promo code"
                </Button>
            </Show>
        }
        .into_any(),
    }
}
