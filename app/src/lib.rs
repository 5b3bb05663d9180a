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
mod feed;
mod fetch;
mod format;
mod forms;
mod history;
mod listen;
mod lock;
mod pages;
mod platform;
mod poster;
mod purchase;
mod refresh;
mod route;
mod scroll;
mod session;
mod shell;
mod storage;
mod theme;
mod title;
mod zoned;

use components::{provide_navigation, provide_toasts};
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;
use pages::NotFound;
use pages::buy::BuySheet;
use pages::event::{EventPage, WaitSheet};
use pages::events::EventsPage;
use pages::later;
use shell::Shell;

/// Finds out where the server is and who is signed in, then shows the app.
pub async fn start() {
    theme::Theme::kept().apply();
    if let Some(address) = platform::server_address().await {
        self::api::set_server(&address);
    }
    session::start();
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    title::provide_titles();
    session::provide_session();
    refresh::provide_refresh();
    feed::provide_feeds();
    scroll::provide_scroll_memory();
    provide_toasts();
    cart::provide_cart();
    purchase::provide_purchase();
    history::provide_back_guard();
    view! {
        <Router>
            <Screens />
        </Router>
    }
}

#[component]
fn Screens() -> impl IntoView {
    provide_navigation();
    history::provide_history();
    view! {
        <Shell>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=EventsPage>
                    <Route path=path!("") view=|| () />
                    <ParentRoute path=path!("events/:id") view=EventPage>
                        <Route path=path!("") view=|| () />
                        <Route path=path!("buy") view=BuySheet />
                        <Route path=path!("wait") view=WaitSheet />
                    </ParentRoute>
                </ParentRoute>
                <Route path=path!("cart") view=later::cart />
                <ParentRoute path=path!("tickets") view=later::tickets>
                    <Route path=path!("") view=|| () />
                    <Route path=path!(":event/:number") view=later::ticket />
                </ParentRoute>
                <ParentRoute path=path!("orders") view=later::orders>
                    <Route path=path!("") view=|| () />
                    <Route path=path!(":id/confirmation") view=later::confirmation />
                    <ParentRoute path=path!(":id") view=later::order>
                        <Route path=path!("") view=|| () />
                        <Route path=path!("refund") view=later::refund />
                    </ParentRoute>
                </ParentRoute>
                <Route path=path!("host/events/:id/door") view=later::door />
                <ParentRoute path=path!("host/events") view=later::edit_event>
                    <Route path=path!("new") view=|| () />
                    <Route path=path!(":id/edit") view=|| () />
                </ParentRoute>
                <ParentRoute path=path!("host") view=later::host>
                    <Route path=path!("") view=|| () />
                    <Route path=path!("events/:id") view=later::dashboard />
                    <Route path=path!("events/:id/guests") view=later::guests />
                    <Route path=path!("events/:id/give") view=later::give />
                </ParentRoute>
                <Route path=path!("you") view=later::you />
                <Route path=path!("you/sign-in") view=later::sign_in />
                <Route path=path!("you/create-account") view=later::create_account />
                <Route path=path!("you/forgot") view=later::forgot />
                <Route path=path!("reset/:token") view=later::reset />
                <Route path=path!("verify/:token") view=later::verify />
                <Route path=path!("claim/:token") view=later::claim />
            </Routes>
        </Shell>
    }
}
