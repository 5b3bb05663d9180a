use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, FieldKind, Kind, use_toasts};
use crate::{cart, platform, session};

/// Which server the installed app talks to.
#[component]
pub(super) fn ServerAddress() -> impl IntoView {
    let toasts = use_toasts();
    let address = RwSignal::new(String::new());
    let error = RwSignal::new(None);
    spawn_local(async move {
        let kept = platform::server_address().await;
        // Who was quicker to type goes on typing.
        let untouched = address.try_with_untracked(String::is_empty) == Some(true);
        if let Some(kept) = kept.filter(|_| untouched) {
            address.try_set(kept);
        }
    });
    let busy = RwSignal::new(false);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let before = platform::server_address().await;
            match platform::set_server_address(&address.get_untracked()).await {
                Ok(now) if before == Some(now.clone()) => {
                    address.try_set(now);
                    toasts.say(t!(you.same_server));
                }
                Ok(_) => start_over().await,
                Err(sentence) => {
                    error.try_set(Some(sentence));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <section class="section">
            <h2 class="section__title">{t!(you.server)}</h2>
            <form class="form" novalidate on:submit=save>
                <Field
                    id="server-address"
                    label=t!(common.address)
                    kind=FieldKind::Url
                    value=address
                    error=error
                    hint=t!(you.server_hint)
                    autocomplete="url"
                />
                <Button submit=true kind=Kind::Quiet busy=busy>
                    {t!(common.save)}
                </Button>
            </form>
        </section>
    }
}

/// An account, a cart and all that the screens show belong to one server.
async fn start_over() {
    session::leave().await;
    cart::forget();
    let _starting = window().location().reload();
}
