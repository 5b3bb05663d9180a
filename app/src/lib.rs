//! Box Office, the app: finding events, buying tickets and keeping them, in a browser and in the
//! desktop and phone shell.

#![expect(
    unreachable_pub,
    reason = "the component macro makes the props of every component `pub`"
)]

mod api;
mod cart;
mod choice;
mod components;
mod connection;
mod feed;
mod fetch;
mod focus;
mod format;
mod forms;
mod history;
mod intl;
mod kept;
mod language;
mod list_filter;
mod listen;
mod lock;
mod mark;
mod pages;
mod places;
mod platform;
mod prerendered;
mod purchase;
mod refresh;
mod retry;
mod route;
#[cfg(test)]
mod samples;
mod scroll;
mod session;
mod shell;
mod shortcuts;
mod storage;
mod theme;
mod title;
mod zoned;

use std::sync::Arc;
use std::time::Duration;

use components::{provide_navigation, provide_toasts};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{PossibleRouteMatch, path};
use pages::NotFound;
use pages::event::{EventPage, WaitSheet};
use pages::events::EventsPage;
use pages::later;
use prerendered::Prerendered;
use shell::Shell;

/// The frame, the screen in it, and what the screen lists.
const BUILDING_TASKS: usize = 3;

/// Finds out where the server is and who is signed in, then shows the app.
pub async fn start() {
    theme::Theme::kept().apply();
    language::Choice::kept().apply();
    if let Some(address) = platform::server_address().await {
        self::api::set_server(&address);
    }
    session::start();
    kept::take_over();
    // The browser does what waits before all is built.
    TimeoutFuture::new(0).await;
    let prerendered = Prerendered::find();
    if let Some(splash) = document().get_element_by_id("splash") {
        splash.remove();
    }
    leptos::mount::mount_to_body(App);
    if let Some(prerendered) = prerendered {
        for _ in 0..BUILDING_TASKS {
            TimeoutFuture::new(0).await;
        }
        prerendered.give_way().await;
    }
}

#[component]
fn App() -> impl IntoView {
    language::provide_language();
    title::provide_titles();
    session::provide_session();
    refresh::provide_refresh();
    feed::provide_feeds();
    scroll::provide_scroll_memory();
    provide_toasts();
    cart::provide_cart();
    purchase::provide_purchase();
    history::provide_back();
    focus::keep_focus();
    shortcuts::provide_keys();
    view! {
        <Router>
            <Screens />
        </Router>
    }
}

type Path = Arc<dyn PossibleRouteMatch + Send + Sync>;

/// One type for all paths and one for all screens, or each would bring its own copy of the router.
fn at(path: impl PossibleRouteMatch + Send + Sync + 'static) -> Path {
    Arc::new(path)
}

fn shows(screen: fn() -> AnyView) -> fn() -> AnyView {
    screen
}

/// What is beside a list as long as nothing of it is open.
fn nothing() -> AnyView {
    ().into_any()
}

#[component]
fn Screens() -> impl IntoView {
    provide_navigation();
    history::provide_history();
    shell::follow_deep_links();
    let spoken = language::use_language();
    // One task for the frame and one for the screen: both at once would keep a finger waiting.
    let framed = RwSignal::new(false);
    set_timeout(move || framed.set(true), Duration::ZERO);
    // Texts are written when a screen is built, so another language builds all of them anew.
    view! {
        <For each=move || [spoken.choice()] key=|choice| *choice let:_choice>
            <AllScreens framed=framed />
        </For>
    }
}

#[component]
fn AllScreens(framed: RwSignal<bool>) -> impl IntoView {
    view! {
        <Shell>
            <Show when=move || framed.get()>
            <Routes fallback=NotFound>
                <ParentRoute path=at(path!("")) view=shows(|| EventsPage().into_any())>
                    <Route path=at(path!("")) view=shows(nothing) />
                    <ParentRoute path=at(path!("events/:id")) view=shows(|| EventPage().into_any())>
                        <Route path=at(path!("")) view=shows(nothing) />
                        <Route path=at(path!("buy")) view=shows(later::buy) />
                        <Route path=at(path!("wait")) view=shows(|| WaitSheet().into_any()) />
                    </ParentRoute>
                </ParentRoute>
                <Route path=at(path!("cart")) view=shows(later::cart) />
                <ParentRoute path=at(path!("tickets")) view=shows(later::tickets)>
                    <Route path=at(path!("")) view=shows(nothing) />
                    <Route path=at(path!(":event/:number")) view=shows(later::ticket) />
                </ParentRoute>
                <ParentRoute path=at(path!("orders")) view=shows(later::orders)>
                    <Route path=at(path!("")) view=shows(nothing) />
                    <Route path=at(path!(":id/confirmation")) view=shows(later::confirmation) />
                    <ParentRoute path=at(path!(":id")) view=shows(later::order)>
                        <Route path=at(path!("")) view=shows(nothing) />
                        <Route path=at(path!("refund")) view=shows(later::refund) />
                    </ParentRoute>
                </ParentRoute>
                <Route path=at(path!("host/events/:id/door")) view=shows(later::door) />
                <ParentRoute path=at(path!("host/events")) view=shows(later::edit_event)>
                    <Route path=at(path!("new")) view=shows(nothing) />
                    <Route path=at(path!(":id/edit")) view=shows(nothing) />
                </ParentRoute>
                <ParentRoute path=at(path!("host")) view=shows(later::host)>
                    <Route path=at(path!("")) view=shows(nothing) />
                    <Route path=at(path!("events/:id")) view=shows(later::dashboard) />
                    <Route path=at(path!("events/:id/guests")) view=shows(later::guests) />
                    <Route path=at(path!("events/:id/give")) view=shows(later::give) />
                </ParentRoute>
                <Route path=at(path!("you")) view=shows(later::you) />
                <Route path=at(path!("you/sign-in")) view=shows(later::sign_in) />
                <Route path=at(path!("you/create-account")) view=shows(later::create_account) />
                <Route path=at(path!("you/forgot")) view=shows(later::forgot) />
                <Route path=at(path!("reset/:token")) view=shows(later::reset) />
                <Route path=at(path!("verify/:token")) view=shows(later::verify) />
                <Route path=at(path!("claim/:token")) view=shows(later::claim) />
            </Routes>
            </Show>
        </Shell>
    }
}
