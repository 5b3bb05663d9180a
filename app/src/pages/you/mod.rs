//! The person's account and this device's settings.

mod about;
mod appearance;
mod auth;
mod delete;
mod email;
mod keys;
mod language;
mod profile;
mod reset;
mod server;

use ::api::users::User;
use i18n::t;
use leptos::prelude::*;

use crate::components::{Detail, Heading, Kind, LinkButton};
use crate::session::use_session;
use crate::{platform, route};

use about::About;
use appearance::Appearance;
pub(crate) use auth::{AuthForm, AuthMode};
pub(crate) use auth::{CreateAccountPage, SignInPage};
pub(crate) use email::{Unconfirmed, VerifyPage};
use keys::KeyChoice;
pub(crate) use keys::KeyList;
use language::LanguageChoice;
use profile::Profile;
pub(crate) use reset::{ForgotPage, ResetPage};
use server::ServerAddress;

#[component]
pub(crate) fn YouPage() -> impl IntoView {
    let session = use_session();
    // News of the same person leave the screen as it is: something may be typed in it.
    let user = Memo::new(move |before: Option<&Option<User>>| {
        let (before, now) = (before.cloned().flatten(), session.user());
        let is_same = |before: &User| now.as_ref().is_some_and(|now| now.id == before.id);
        before.filter(is_same).or(now)
    });
    let account = move || match user.get() {
        Some(user) => view! { <Profile user=user /> }.into_any(),
        None => view! { <SignedOut /> }.into_any(),
    };
    view! {
        <Detail>
            <div class="you">
                <Heading text=t!(common.you) />
                {account}
                <Appearance />
                <LanguageChoice />
                <KeyChoice />
                {platform::is_native().then(|| view! { <ServerAddress /> })}
                <About />
            </div>
        </Detail>
    }
}

#[component]
fn SignedOut() -> impl IntoView {
    view! {
        <section class="section section--lead">
            <h2 class="you__lead">{t!(you.lead)}</h2>
            <p class="muted">{t!(you.lead_text)}</p>
            <div class="actions">
                <LinkButton href=route::CREATE_ACCOUNT>{t!(common.create_account)}</LinkButton>
                <LinkButton href=route::SIGN_IN kind=Kind::Quiet>
                    {t!(common.sign_in)}
                </LinkButton>
            </div>
        </section>
    }
}
