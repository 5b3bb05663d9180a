use i18n::t_view;
use leptos::prelude::*;

use crate::pages::you::Unconfirmed;
use crate::session::use_session;

/// What keeps an organizer from publishing, if it does: their address is not confirmed yet.
#[component]
pub(super) fn ConfirmFirst() -> impl IntoView {
    let session = use_session();
    let email = Memo::new(move |_| {
        let user = session.user().filter(|user| !user.email_verified);
        user.map(|user| user.email)
    });
    move || {
        email.get().map(|email| {
            view! {
                <Unconfirmed>
                    {t_view!(host.link_sent, email = email, <b> = <strong />)}
                </Unconfirmed>
            }
        })
    }
}
