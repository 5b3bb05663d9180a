use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, FieldKind, Kind, use_toasts};
use crate::{api, platform, session};

/// Which server the installed app talks to.
#[component]
pub(super) fn ServerAddress() -> impl IntoView {
    let toasts = use_toasts();
    let address = RwSignal::new(String::new());
    let error = RwSignal::new(None);
    spawn_local(async move {
        if let Some(kept) = platform::server_address().await {
            address.try_set(kept);
        }
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let url = address.get_untracked().trim().to_owned();
        spawn_local(async move {
            match platform::set_server_address(&url).await {
                Ok(()) => {
                    // An account belongs to a server.
                    session::end().await;
                    api::set_server(&url);
                    error.try_set(None);
                    toasts.say("The app talks to this server from now on.");
                }
                Err(sentence) => {
                    error.try_set(Some(sentence));
                }
            }
        });
    };
    view! {
        <section class="section">
            <h2 class="section__title">"Server"</h2>
            <form class="form" novalidate on:submit=save>
                <Field
                    id="server-address"
                    label="Address"
                    kind=FieldKind::Url
                    value=address
                    error=error
                    hint="Changing it signs you out."
                    autocomplete="url"
                />
                <Button submit=true kind=Kind::Quiet>
                    "Save"
                </Button>
            </form>
        </section>
    }
}
