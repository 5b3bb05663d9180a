use ::api::users::RequestReset;
use i18n::t;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::components::{
    Button, Detail, EmptyState, Field, FieldKind, Heading, Kind, LinkButton, PasswordField, TopBar,
    use_toasts,
};
use crate::forms::{FormError, FormErrors};
use crate::history::use_replace;
use crate::{api, route, session};

/// The password is forgotten: a letter helps.
#[component]
pub(crate) fn ForgotPage() -> impl IntoView {
    let sent_to = RwSignal::new(None::<String>);
    let content = move || match sent_to.get() {
        None => view! { <RequestForm sent_to=sent_to /> }.into_any(),
        Some(email) => {
            let text = t!(you.reset_sent, email = email);
            view! {
                <EmptyState icon=icondata::LuMail title=t!(you.look_in_mail) text=text>
                    <LinkButton href=route::SIGN_IN kind=Kind::Quiet>
                        {t!(common.sign_in)}
                    </LinkButton>
                </EmptyState>
            }
            .into_any()
        }
    };
    view! {
        <Detail>
            <TopBar back=route::SIGN_IN back_label=t!(common.sign_in) />
            <div class="auth">
                <Heading text=t!(you.forgot) />
                {content}
            </div>
        </Detail>
    }
}

#[component]
fn RequestForm(sent_to: RwSignal<Option<String>>) -> impl IntoView {
    let known = use_query_map().with_untracked(|query| query.get("email"));
    let email = RwSignal::new(known.unwrap_or_default());
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = RequestReset {
            email: email.get_untracked(),
        };
        if errors.check(body.validate()) {
            let call = async move {
                api::request_reset(&body).await?;
                Ok(body.email)
            };
            errors.send(busy, call, move |email| sent_to.set(Some(email)));
        }
    };
    view! {
        <p class="auth__lead">{t!(you.forgot_lead)}</p>
        <form class="form" novalidate on:submit=send>
            <Field
                id="forgot-email"
                label=t!(common.email)
                kind=FieldKind::Email
                value=email
                error=errors.of("email")
                autocomplete="email"
            />
            <FormError errors=errors />
            <Button submit=true wide=true busy=busy>
                {t!(you.send_link)}
            </Button>
        </form>
    }
}

/// The link in the letter: it sets a new password and signs in.
#[component]
pub(crate) fn ResetPage() -> impl IntoView {
    let params = use_params_map();
    let toasts = use_toasts();
    let replace = use_replace();
    let password = RwSignal::new(String::new());
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let token = params.with_untracked(|params| params.get("token"));
        let (token, password) = (token.unwrap_or_default(), password.get_untracked());
        let replace = replace.clone();
        let call = session::reset_password(token, password);
        errors.send(busy, call, move |()| {
            toasts.say(t!(you.password_set));
            replace(route::YOU);
        });
    };
    view! {
        <Detail>
            <TopBar back=route::SIGN_IN back_label=t!(common.sign_in) />
            <div class="auth">
                <Heading text=t!(you.set_new_password) />
                <p class="auth__lead">{t!(you.signed_out_elsewhere)}</p>
                <form class="form" novalidate on:submit=send>
                    <PasswordField
                        id="reset-password"
                        label=t!(you.new_password)
                        value=password
                        error=errors.of("password")
                        hint=Some(t!(you.password_hint).to_owned())
                        autocomplete="new-password"
                    />
                    <OldLink errors=errors />
                    <FormError errors=errors />
                    <Button submit=true wide=true busy=busy>
                        {t!(you.set_password)}
                    </Button>
                </form>
            </div>
        </Detail>
    }
}

/// The link is no longer good: the way to another.
#[component]
fn OldLink(errors: FormErrors) -> impl IntoView {
    let complaint = errors.of("token");
    move || {
        complaint.get().map(|complaint| {
            view! {
                <p class="form__error" role="alert">
                    {complaint}
                </p>
                <LinkButton href=route::FORGOT kind=Kind::Quiet wide=true>
                    {t!(you.ask_new_link)}
                </LinkButton>
            }
        })
    }
}
