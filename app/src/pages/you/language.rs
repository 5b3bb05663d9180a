use ::api::users::UpdateMe;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::{Segments, use_toasts};
use crate::language::{Choice, use_language};
use crate::session::{use_session, user_id};

/// The language of the app, and of letters to who is signed in.
#[component]
pub(super) fn LanguageChoice() -> impl IntoView {
    let (spoken, session, toasts) = (use_language(), use_session(), use_toasts());
    let choose = move |choice: Choice| {
        spoken.choose(choice);
        if user_id().is_none() {
            return;
        }
        let change = UpdateMe {
            locale: Some(choice.locale()),
            ..UpdateMe::default()
        };
        spawn_local(async move {
            match api::update_me(&change).await {
                Ok(user) => session.set_user(user),
                Err(error) => toasts.say(error.to_string()),
            }
        });
    };
    view! {
        <Segments
            name="language"
            title=t!(you.language)
            options=Choice::all().map(|choice| (choice, choice.label())).collect()
            chosen=Signal::derive(move || spoken.choice())
            on_choose=choose
        />
    }
}
