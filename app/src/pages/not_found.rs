use i18n::t;
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
                title=t!(common.nothing_here)
                text=t!(common.old_link)
                whole=true
            >
                <LinkButton href=route::EVENTS>{t!(common.see_all_events)}</LinkButton>
            </EmptyState>
        </Detail>
    }
}
