use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, FieldKind, Kind, Sheet, use_toasts};
use crate::history::Close;
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
    let warned = RwSignal::new(false);
    let save = move || {
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
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if address.with_untracked(|address| is_exposed(address)) {
            warned.set(true);
        } else {
            save();
        }
    };
    let accept = move |()| {
        warned.set(false);
        save();
    };
    view! {
        <section class="section">
            <h2 class="section__title">{t!(you.server)}</h2>
            <form class="form" novalidate on:submit=submit>
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
            <Show when=move || warned.get()>
                <Sheet title=t!(you.exposed) on_close=Close::new(move || warned.set(false))>
                    <p>{move || t!(you.exposed_text, address = address.get().trim().to_owned())}</p>
                    <Button kind=Kind::Danger wide=true on_press=accept>
                        {t!(you.exposed_accept)}
                    </Button>
                </Sheet>
            </Show>
        </section>
    }
}

/// Whether everyone on the way to the server can read along: it is not spoken to by HTTPS, and it is
/// not this device.
fn is_exposed(address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    let Some(rest) = address.strip_prefix("http:") else {
        return false;
    };
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.split_once(']') {
        Some((inside, _)) => inside.trim_start_matches('['),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_here = match host.parse::<std::net::IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    !is_here
}

/// An account, a cart and all that the screens show belong to one server.
async fn start_over() {
    session::leave().await;
    cart::forget();
    let _starting = window().location().reload();
}

#[cfg(test)]
mod tests {
    use super::is_exposed;

    #[test]
    fn an_unencrypted_server_on_another_device_brings_a_warning() {
        for exposed in [
            "http://tickets.example.org",
            " HTTP://Tickets.Example.org:8080/ ",
            "http:tickets.example.org",
            "http://192.168.0.7:8080",
            "http://[2001:db8::1]:8080",
            "http://localhost.example.org",
            "http://127.0.0.1@example.org",
            "http://127.0.0.1.example.org",
        ] {
            assert!(is_exposed(exposed), "{exposed}");
        }
        for safe in [
            "https://tickets.example.org",
            "http://localhost:8080",
            "http://LOCALHOST/",
            "http://shop.localhost",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080/",
            // Refused as it is.
            "tickets.example.org",
            "",
        ] {
            assert!(!is_exposed(safe), "{safe}");
        }
    }
}
