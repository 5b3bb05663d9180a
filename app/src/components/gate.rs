use i18n::t;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{EmptyState, Kind, LinkButton};
use crate::route;
use crate::session::use_session;

/// A screen for people who are signed in; for others, what they would find and the way in.
#[component]
pub(crate) fn Gate(
    icon: icondata::Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// There is nothing beside it on the screen.
    #[prop(default = true)]
    whole: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let signed_out = Memo::new(move |_| session.is_signed_out());
    move || {
        if !signed_out.get() {
            return children().into_any();
        }
        let [sign_in, create_account] = [route::SIGN_IN, route::CREATE_ACCOUNT]
            .map(|to| route::and_back(to, &path.get_untracked()));
        view! {
            <EmptyState icon=icon title=title.clone() text=text.clone() whole=whole>
                <LinkButton href=sign_in>{t!(common.sign_in)}</LinkButton>
                <LinkButton href=create_account kind=Kind::Quiet>
                    {t!(common.create_account)}
                </LinkButton>
            </EmptyState>
        }
        .into_any()
    }
}
