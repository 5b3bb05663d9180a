use leptos::prelude::*;

use crate::components::{Detail, EmptyState, LinkButton};
use crate::route;

/// An address that leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! {
        <Detail>
            <EmptyState
                icon=icondata::LuTicketX
                title="Nothing at this address"
                text="The link may be old or mistyped."
                whole=true
            >
                <LinkButton href=route::EVENTS>"See all events"</LinkButton>
            </EmptyState>
        </Detail>
    }
}
