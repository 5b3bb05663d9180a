use ::api::users::{UpdateMe, User};
use i18n::{t, t_view};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::delete::DeleteAccount;
use super::email::Unconfirmed;
use crate::components::{Button, Field, Kind, PasswordField, use_toasts};
use crate::forms::{FormError, FormErrors};
use crate::session::use_session;
use crate::{api, session};

/// Who is signed in, and what they can change.
#[component]
pub(super) fn Profile(user: User) -> impl IntoView {
    let toasts = use_toasts();
    let leaving = RwSignal::new(false);
    let sign_out = move |()| {
        leaving.set(true);
        spawn_local(async move {
            let answer = session::sign_out().await;
            leaving.try_set(false);
            if let Err(error) = answer {
                toasts.say(error.to_string());
            }
        });
    };
    let initial = user
        .name
        .chars()
        .next()
        .map(|first| first.to_uppercase().to_string());
    view! {
        <section class="section section--lead profile">
            <span class="profile__initial" aria-hidden="true">
                {initial}
            </span>
            <div class="profile__who">
                <h2 class="profile__name">{user.name.clone()}</h2>
                <p class="muted">{user.email.clone()}</p>
            </div>
            <Button kind=Kind::Quiet busy=leaving on_press=sign_out>
                {t!(common.sign_out)}
            </Button>
        </section>
        {(!user.email_verified)
            .then(|| {
                view! {
                    <Unconfirmed>
                        {t_view!(you.link_sent, email = user.email, <b> = <strong />)}
                    </Unconfirmed>
                }
            })}
        <section class="section">
            <h2 class="section__title">{t!(you.account)}</h2>
            <details class="fold">
                <summary class="fold__summary">{t!(you.change_name)}</summary>
                <NameForm name=user.name />
            </details>
            <details class="fold">
                <summary class="fold__summary">{t!(you.change_password)}</summary>
                <PasswordForm />
            </details>
            <DeleteAccount />
        </section>
    }
}

#[component]
fn NameForm(name: String) -> impl IntoView {
    let name = RwSignal::new(name);
    let change = move || UpdateMe {
        name: Some(name.get_untracked()),
        ..UpdateMe::default()
    };
    view! {
        <UpdateForm change=change done=t!(you.name_changed) let:errors>
            <Field id="you-name" label=t!(common.name) value=name error=errors.of("name") autocomplete="name" />
        </UpdateForm>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let change = move || UpdateMe {
        password: Some(new.get_untracked()),
        current_password: Some(current.get_untracked()),
        ..UpdateMe::default()
    };
    view! {
        <UpdateForm
            change=change
            done=t!(you.password_changed)
            let:errors
        >
            <PasswordField
                id="you-current"
                label=t!(you.current_password)
                value=current
                error=errors.of("current_password")
                autocomplete="current-password"
            />
            <PasswordField
                id="you-new"
                label=t!(you.new_password)
                value=new
                error=errors.of("password")
                hint=t!(you.password_hint)
                autocomplete="new-password"
            />
        </UpdateForm>
    }
}

/// A form that changes the account.
#[component]
fn UpdateForm<V: IntoView + 'static>(
    change: impl Fn() -> UpdateMe + Copy + 'static,
    done: &'static str,
    children: impl FnOnce(FormErrors) -> V,
) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = change();
        if busy.get_untracked() || !errors.check(change.validate()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::update_me(&change).await;
            busy.try_set(false);
            match answer {
                Ok(user) => {
                    session.set_user(user);
                    toasts.say(done);
                }
                Err(error) => errors.refuse(&error),
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=send>
            {children(errors)}
            <FormError errors=errors />
            <Button submit=true kind=Kind::Quiet busy=busy>
                {t!(common.save)}
            </Button>
        </form>
    }
}
