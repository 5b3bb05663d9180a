use ::api::users::User;
use i18n::t;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use crate::components::{
    Button, Detail, EmptyState, Gate, Kind, LinkButton, Loaded, SkeletonShape, TopBar, use_toasts,
};
use crate::fetch::Fetch;
use crate::listen::on_window;
use crate::session::use_session;
use crate::{api, route};

/// The address is not confirmed yet: what that means, and the link once more. It goes away by itself
/// when the person comes back from their mail.
#[component]
pub(crate) fn Unconfirmed(children: Children) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let look = move || {
        spawn_local(async move {
            if let Ok(user) = api::me().await {
                session.set_user(user);
            }
        });
    };
    look();
    on_window(ev::focus, move |_| look());
    let resend = move |()| {
        busy.set(true);
        spawn_local(async move {
            let answer = api::resend_verification().await;
            busy.try_set(false);
            toasts.say(match answer {
                Ok(()) => t!(you.letter_sent).to_owned(),
                Err(error) => error.to_string(),
            });
        });
    };
    view! {
        <section class="section section--lead">
            <h2 class="section__title">{t!(you.confirm_email)}</h2>
            <p class="muted">{children()}</p>
            <Button kind=Kind::Quiet busy=busy on_press=resend>
                {t!(you.send_again)}
            </Button>
        </section>
    }
}

/// The link in the letter: it proves the address of who is signed in.
#[component]
pub(crate) fn VerifyPage() -> impl IntoView {
    view! {
        <Detail>
            <TopBar back=route::YOU back_label=t!(common.you) />
            <Gate
                icon=icondata::LuMailCheck
                title=t!(you.sign_in_to_confirm)
                text=t!(you.sign_in_to_confirm_text)
            >
                <Proof />
            </Gate>
        </Detail>
    }
}

#[component]
fn Proof() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let fetch = Fetch::new(
        move || {
            params
                .with(|params| params.get("token"))
                .unwrap_or_default()
        },
        async |token: String| api::verify_email(&token).await,
    );
    Effect::new(move || {
        if let Some(user) = fetch.value.get() {
            session.set_user(user);
        }
    });
    view! {
        <Loaded fetch=fetch skeleton=SkeletonShape::Detail let:user>
            <Proved user=user />
        </Loaded>
    }
}

#[component]
fn Proved(user: User) -> impl IntoView {
    let text = t!(you.confirmed_text, email = &user.email);
    view! {
        <EmptyState icon=icondata::LuMailCheck title=t!(you.confirmed) text=text whole=true>
            <LinkButton href=route::TICKETS>{t!(you.see_tickets)}</LinkButton>
        </EmptyState>
    }
}
