use ::api::users::DeleteMe;
use i18n::t;
use leptos::prelude::*;

use crate::components::{Button, Kind, PasswordField, Sheet, use_toasts};
use crate::forms::{FormError, FormErrors};
use crate::history::Close;
use crate::{api, session};

/// The way out for good, behind a question.
#[component]
pub(super) fn DeleteAccount() -> impl IntoView {
    let asking = RwSignal::new(false);
    view! {
        <Button kind=Kind::Plain on_press=move |()| asking.set(true)>
            {t!(you.delete_ask)}
        </Button>
        <Show when=move || asking.get()>
            <Sheet
                title=t!(you.delete_title)
                on_close=Close::new(move || asking.set(false))
            >
                <DeleteForm />
            </Sheet>
        </Show>
    }
}

#[component]
fn DeleteForm() -> impl IntoView {
    let toasts = use_toasts();
    let password = RwSignal::new(String::new());
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = DeleteMe {
            password: password.get_untracked(),
        };
        let call = async move {
            api::delete_me(&body).await?;
            session::end().await;
            Ok(())
        };
        errors.send(busy, call, move |()| toasts.say(t!(you.deleted)));
    };
    view! {
        <form class="form" novalidate on:submit=send>
            <p>
                {t!(you.delete_text)}
            </p>
            <PasswordField
                id="delete-password"
                label=t!(you.password)
                value=password
                error=errors.of("password")
                autocomplete="current-password"
            />
            <FormError errors=errors />
            <Button submit=true kind=Kind::Danger wide=true busy=busy>
                {t!(you.delete)}
            </Button>
        </form>
    }
}
