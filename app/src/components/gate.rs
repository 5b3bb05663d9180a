use leptos::prelude::*;

use super::{EmptyState, Kind, LinkButton};
use crate::route;
use crate::session::use_session;

/// A screen for people who are signed in; for others, what they would find and the way in.
#[component]
pub(crate) fn Gate(
    icon: icondata::Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    children: ChildrenFn,
) -> impl IntoView {
    let session = use_session();
    let signed_out = Memo::new(move |_| session.is_signed_out());
    move || {
        if !signed_out.get() {
            return children().into_any();
        }
        view! {
            <EmptyState icon=icon title=title.clone() text=text.clone()>
                <LinkButton href=route::SIGN_IN>"Sign in"</LinkButton>
                <LinkButton href=route::CREATE_ACCOUNT kind=Kind::Quiet>
                    "Create account"
                </LinkButton>
            </EmptyState>
        }
        .into_any()
    }
}
