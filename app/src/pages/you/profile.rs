use ::api::users::{UpdateMe, User};
use i18n::{t, t_view};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::delete::DeleteAccount;
use super::email::Unconfirmed;
use crate::components::{Button, Field, Kind, PasswordField, use_toasts};
use crate::focus::focus_in_place;
use crate::forms::{FormError, FormErrors};
use crate::session::use_session;
use crate::{api, session};

/// Who is signed in, and what they can change.
#[component]
pub(super) fn Profile(user: User) -> impl IntoView {
    let (toasts, session) = (use_toasts(), use_session());
    let now = {
        let user = user.clone();
        Memo::new(move |_| session.user().unwrap_or_else(|| user.clone()))
    };
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
    let initial = move || {
        let first = now.with(|user| user.name.chars().next());
        first.map(|first| first.to_uppercase().to_string())
    };
    let unconfirmed = Memo::new(move |_| now.with(|user| !user.email_verified));
    let (name, email) = (user.name.clone(), StoredValue::new(user.email.clone()));
    view! {
        <section class="section section--lead profile">
            <span class="profile__initial" aria-hidden="true">
                {initial}
            </span>
            <div class="profile__who">
                <h2 class="profile__name" dir="auto">{move || now.with(|user| user.name.clone())}</h2>
                <p class="muted">{user.email.clone()}</p>
            </div>
            <Button kind=Kind::Quiet busy=leaving on_press=sign_out>
                {t!(common.sign_out)}
            </Button>
        </section>
        <Show when=move || unconfirmed.get()>
            <Unconfirmed>
                {t_view!(you.link_sent, email = email.get_value(), <b> = <strong />)}
            </Unconfirmed>
        </Show>
        <section class="section">
            <h2 class="section__title">{t!(you.account)}</h2>
            <details class="fold">
                <summary class="fold__summary">{t!(you.change_name)}</summary>
                <NameForm name=name />
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
    let clear = Callback::new(move |()| {
        current.set(String::new());
        new.set(String::new());
    });
    let change = move || UpdateMe {
        password: Some(new.get_untracked()),
        current_password: Some(current.get_untracked()),
        ..UpdateMe::default()
    };
    view! {
        <UpdateForm
            change=change
            done=t!(you.password_changed)
            on_done=clear
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
                hint=Some(t!(you.password_hint).to_owned())
                autocomplete="new-password"
            />
        </UpdateForm>
    }
}

/// A form that changes the account, in a fold that closes when it is done.
#[component]
fn UpdateForm<V: IntoView + 'static>(
    change: impl Fn() -> UpdateMe + Copy + 'static,
    done: &'static str,
    #[prop(optional, into)] on_done: Option<Callback<()>>,
    children: impl FnOnce(FormErrors) -> V,
) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = change();
        if busy.get_untracked() || !errors.check(change.validate()) {
            return;
        }
        busy.set(true);
        let fold = form
            .get_untracked()
            .and_then(|form| form.closest("details").ok().flatten());
        spawn_local(async move {
            let answer = api::update_me(&change).await;
            busy.try_set(false);
            match answer {
                Ok(user) => {
                    session.set_user(user);
                    toasts.say(done);
                    on_done.and_then(|done| done.try_run(()));
                    if let Some(fold) = fold {
                        fold_in(&fold);
                    }
                }
                Err(error) => errors.refuse(&error),
            }
        });
    };
    view! {
        <form class="form" novalidate node_ref=form on:submit=send>
            {children(errors)}
            <FormError errors=errors />
            <Button submit=true kind=Kind::Quiet busy=busy>
                {t!(common.save)}
            </Button>
        </form>
    }
}

/// With the keyboard at what opens it again.
fn fold_in(fold: &web_sys::Element) {
    if let Ok(Some(summary)) = fold.query_selector("summary") {
        focus_in_place(&summary);
    }
    let _folded = fold.remove_attribute("open");
}
