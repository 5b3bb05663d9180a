//! Making events and watching them sell.

mod confirm;
mod dashboard;
mod door;
mod edit;
mod give;
mod guests;
mod leave;
mod row;
mod section;
mod when;

use futures::FutureExt;
use i18n::t;
use leptos::prelude::*;

use crate::api;
use crate::components::{
    EmptyState, FeedFrame, Gate, Icon, LinkButton, ListScreen, Panes, SkeletonShape,
};
use crate::feed::use_feeds;
use crate::kept::Name;
use crate::route::{self, Tab};
use crate::session::use_session;
pub(crate) use dashboard::DashboardPage;
pub(crate) use door::DoorPage;
pub(crate) use edit::EditPage;
pub(crate) use give::GivePage;
pub(crate) use guests::GuestsPage;
use section::{HostedSection, Section};

/// My events, and the one that is open.
#[component]
pub(crate) fn HostPage() -> impl IntoView {
    let feed = use_feeds().hosted;
    let session = use_session();
    Effect::new(move || {
        if !session.is_signed_out() {
            feed.show_own(session.user_id(), Name::Hosted, |limit, cursor| {
                api::host_events(limit, cursor).boxed_local()
            });
        }
    });
    let create = move || (!session.is_signed_out()).then(|| view! { <Create /> });
    view! {
        <Panes tab=Tab::Host own=true>
            <ListScreen title=t!(common.host) feed=feed class="hosted" action=create>
                <Gate
                    icon=icondata::LuMegaphone
                    title=t!(host.put_on)
                    text=t!(host.sign_in)
                    whole=false
                >
                    <FeedFrame feed=feed skeleton=SkeletonShape::Rows empty=|| view! { <NoEvents /> }>
                        {Section::ALL
                            .map(|section| view! { <HostedSection section=section feed=feed /> })}
                    </FeedFrame>
                </Gate>
            </ListScreen>
        </Panes>
    }
}

#[component]
fn Create() -> impl IntoView {
    view! {
        <LinkButton href=route::HOST_NEW>
            <Icon icon=icondata::LuPlus />
            {t!(common.create)}
        </LinkButton>
    }
}

#[component]
fn NoEvents() -> impl IntoView {
    view! {
        <EmptyState
            icon=icondata::LuCalendarPlus
            title=t!(host.first)
            text=t!(host.first_text)
        >
            <LinkButton href=route::HOST_NEW>{t!(host.create_event)}</LinkButton>
        </EmptyState>
    }
}
