use ::api::users::{Client, Login, Register};
use i18n::t;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::components::{
    Button, Detail, Field, FieldKind, Heading, Kind, LinkButton, PasswordField, TopBar,
};
use crate::forms::{FormError, FormErrors};
use crate::history::use_replace;
use crate::{route, session};

/// Whether the person has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMode {
    SignIn,
    CreateAccount,
}

#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    view! { <AuthPage mode=AuthMode::SignIn /> }
}

#[component]
pub(crate) fn CreateAccountPage() -> impl IntoView {
    view! { <AuthPage mode=AuthMode::CreateAccount /> }
}

#[component]
fn AuthPage(mode: AuthMode) -> impl IntoView {
    let (title, lead) = match mode {
        AuthMode::SignIn => (t!(you.welcome_back), t!(you.sign_in_lead)),
        AuthMode::CreateAccount => (t!(common.create_account), t!(you.create_account_lead)),
    };
    let (next, email) =
        use_query_map().with_untracked(|query| (query.get("next"), query.get("email")));
    let next = next
        .as_deref()
        .and_then(route::local)
        .unwrap_or(route::YOU)
        .to_owned();
    let replace = use_replace();
    let done = move |()| {
        replace(&next);
    };
    view! {
        <Detail>
            <TopBar back=route::YOU back_label=t!(common.back) />
            <div class="auth">
                <Heading text=title />
                <p class="auth__lead">{lead}</p>
                <AuthForm mode=RwSignal::new(mode) email=email.unwrap_or_default() on_done=done />
            </div>
        </Detail>
    }
}

/// Signing in and creating an account, with a way from one to the other that keeps what was typed.
#[component]
pub(crate) fn AuthForm(
    mode: RwSignal<AuthMode>,
    /// What is known of it already.
    #[prop(optional)]
    email: String,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let form = Form::new(mode, email);
    let busy = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.check() {
            let call = form.send();
            form.errors.send(busy, call, move |()| on_done.run(()));
        }
    };
    let creating = move || mode.get() == AuthMode::CreateAccount;
    let labels = move || {
        if creating() {
            (t!(common.create_account), t!(you.have_account))
        } else {
            (t!(common.sign_in), t!(you.have_no_account))
        }
    };
    let swap = move |()| {
        form.errors.clear();
        mode.update(|mode| {
            *mode = match *mode {
                AuthMode::SignIn => AuthMode::CreateAccount,
                AuthMode::CreateAccount => AuthMode::SignIn,
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=send>
            <Show when=creating>
                <Field
                    id="auth-name"
                    label=t!(common.name)
                    value=form.name
                    error=form.errors.of("name")
                    hint=t!(you.name_hint)
                    autocomplete="name"
                />
            </Show>
            <Field
                id="auth-email"
                label=t!(common.email)
                kind=FieldKind::Email
                value=form.email
                error=form.errors.of("email")
                autocomplete="email"
            />
            <Password mode=mode value=form.password error=form.errors.of("password") />
            <FormError errors=form.errors />
            <Button submit=true wide=true busy=busy>
                {move || labels().0}
            </Button>
            <Show when=move || !creating()>
                {move || {
                    view! {
                        <LinkButton
                            href=route::forgot(&form.email.get())
                            kind=Kind::Plain
                            wide=true
                        >
                            {t!(you.forgot)}
                        </LinkButton>
                    }
                }}
            </Show>
            <Button kind=Kind::Plain wide=true on_press=swap>
                {move || labels().1}
            </Button>
        </form>
    }
}

#[component]
fn Password(
    mode: RwSignal<AuthMode>,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let is_new = Memo::new(move |_| mode.get() == AuthMode::CreateAccount);
    // Password managers tell a new password from a known one by these. The field stays, with what
    // is typed into it.
    let hint = move || is_new.get().then(|| t!(you.password_hint).to_owned());
    let autocomplete = move || match is_new.get() {
        true => "new-password",
        false => "current-password",
    };
    view! {
        <PasswordField
            id="auth-password"
            label=t!(you.password)
            value=value
            error=error
            hint=Signal::derive(hint)
            autocomplete=Signal::derive(autocomplete)
        />
    }
}

#[derive(Clone, Copy)]
struct Form {
    mode: RwSignal<AuthMode>,
    name: RwSignal<String>,
    email: RwSignal<String>,
    password: RwSignal<String>,
    errors: FormErrors,
}

impl Form {
    fn new(mode: RwSignal<AuthMode>, email: String) -> Self {
        Self {
            mode,
            name: RwSignal::new(String::new()),
            email: RwSignal::new(email),
            password: RwSignal::new(String::new()),
            errors: FormErrors::new(),
        }
    }

    fn check(self) -> bool {
        let (email, password) = (self.email.get_untracked(), self.password.get_untracked());
        let client = Client::default();
        let checked = match self.mode.get_untracked() {
            AuthMode::SignIn => Login {
                email,
                password,
                client,
                device_token: None,
            }
            .validate(),
            AuthMode::CreateAccount => {
                let name = self.name.get_untracked();
                Register {
                    name,
                    email,
                    password,
                    client,
                    locale: None,
                    device_token: None,
                }
                .validate()
            }
        };
        self.errors.check(checked)
    }

    async fn send(self) -> Result<(), crate::api::Error> {
        let (email, password) = (self.email.get_untracked(), self.password.get_untracked());
        match self.mode.get_untracked() {
            AuthMode::SignIn => session::sign_in(email, password).await,
            AuthMode::CreateAccount => {
                session::create_account(self.name.get_untracked(), email, password).await
            }
        }
    }
}
