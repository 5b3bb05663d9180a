use ::api::host::HostEvent;
use ::api::promo_codes::{PromoCode, PromoCodes, UpdatePromoCode};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::limits::{LimitFields, Limits};
use crate::components::{Button, Kind, Sheet, use_toasts};
use crate::fetch::Fetch;
use crate::forms::{FormError, FormErrors};
use crate::history::Close;
use crate::{api, format};

/// Changes how often and how long a code can be used, or ends it.
#[component]
pub(super) fn ChangeCode(
    event: HostEvent,
    promo: PromoCode,
    codes: Fetch<PromoCodes>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let close = Close::new(move || on_close.run(()));
    let toasts = use_toasts();
    let limits = Limits::of(&promo, &event.timezone);
    let timezone = Signal::stored(event.timezone.clone());
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let title = t!(host.change_code, code = promo.code.clone());
    let ended = promo.ends_at.is_some_and(|end| end <= format::now());
    let promo = StoredValue::new(promo);
    let event = StoredValue::new(event);
    let send = move |body: UpdatePromoCode, said: String| {
        busy.set(true);
        let (event, promo) = (
            event.with_value(|event| event.id),
            promo.with_value(|promo| promo.id),
        );
        spawn_local(async move {
            match api::update_promo_code(event, promo, &body).await {
                Ok(_) => {
                    toasts.say(said);
                    codes.reload();
                    close.run();
                }
                Err(error) => errors.refuse(&error),
            }
            busy.try_set(false);
        });
    };
    let save = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        let (typed, mut wrong) = event.with_value(|event| limits.read(&event.timezone));
        let body = promo.with_value(|promo| event.with_value(|event| change(promo, event, typed)));
        wrong.0.extend(body.validate().err().unwrap_or_default().0);
        if !busy.get_untracked() && errors.check(wrong.into_result()) {
            send(
                body,
                t!(
                    host.code_changed,
                    code = promo.with_value(|promo| promo.code.clone())
                ),
            );
        }
    };
    let end = move |()| {
        let body = UpdatePromoCode {
            ends_at: Some(format::now()),
            ..UpdatePromoCode::default()
        };
        send(
            body,
            t!(
                host.code_over,
                code = promo.with_value(|promo| promo.code.clone())
            ),
        );
    };
    view! {
        <Sheet title=title on_close=close tall=true>
            <form class="form" novalidate on:submit=save>
                <LimitFields id="code" limits=limits timezone=timezone errors=errors />
                <FormError errors=errors />
                <Button submit=true busy=busy>
                    {t!(common.save)}
                </Button>
                {(!ended)
                    .then(|| {
                        view! {
                            <Button kind=Kind::Quiet on_press=end>
                                {t!(host.end_code)}
                            </Button>
                        }
                    })}
            </form>
        </Sheet>
    }
}

/// What to ask for. An emptied number takes the limit away; an emptied moment is the one that makes
/// no difference.
fn change(promo: &PromoCode, event: &HostEvent, typed: UpdatePromoCode) -> UpdatePromoCode {
    UpdatePromoCode {
        starts_at: typed.starts_at.or(promo.starts_at.map(|_| format::now())),
        ends_at: typed.ends_at.or(promo.ends_at.map(|_| event.ends_at)),
        max_uses: Some(typed.max_uses.unwrap_or(0)),
        max_per_user: Some(typed.max_per_user.unwrap_or(0)),
    }
}
