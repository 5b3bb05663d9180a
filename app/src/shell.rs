//! The frame around every screen: the tabs, below on phones and at the left where there is room.

use i18n::t;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::components::{Icon, Toasts};
use crate::connection::watch_connection;
use crate::focus::focus_main;
use crate::history::use_go_back;
use crate::listen::on_window;
use crate::places::{provide_places, use_places};
use crate::platform;
use crate::refresh::use_refresh;
use crate::route::{self, Tab};
use crate::shortcuts::Shortcuts;

#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    refresh_by_keys();
    watch_connection();
    provide_places();
    view! {
        <div class="shell">
            <a class="skip-link" href="#main" on:click=skip>
                {t!(common.skip_to_content)}
            </a>
            <Tabs />
            <main class="shell__main" id="main">
                {children()}
                <Toasts />
                <Shortcuts />
            </main>
        </div>
    }
}

/// Past the tabs. Their router would take it for another screen.
fn skip(event: ev::MouseEvent) {
    event.prevent_default();
    focus_main();
}

#[component]
fn Tabs() -> impl IntoView {
    let (places, go_back) = (use_places(), use_go_back());
    let tab = move |tab: Tab| {
        let current = Memo::new(move |_| places.is_here(tab));
        let go_back = go_back.clone();
        // In the tab one is in, it is the way up.
        let press = move |event: ev::MouseEvent| {
            let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key();
            if current.get_untracked() && !elsewhere && !event.default_prevented() {
                event.prevent_default();
                go_back(tab.root());
            }
        };
        view! {
            <li class="tabs__item">
                <a
                    class="tabs__link"
                    href=move || places.path(tab)
                    prop:replace=true
                    on:click=press
                    aria-current=move || current.get().then_some("page")
                >
                    <Icon icon=icon(tab) />
                    <span class="tabs__label">{tab.label()}</span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="tabs" aria-label=t!(common.main)>
            <a class="tabs__logo" href=route::EVENTS aria-label=t!(common.brand)>
                <Logo />
            </a>
            <ul class="tabs__list">{Tab::ALL.map(tab).collect_view()}</ul>
        </nav>
    }
}

fn icon(tab: Tab) -> icondata::Icon {
    match tab {
        Tab::Events => icondata::LuSparkles,
        Tab::Tickets => icondata::LuTicket,
        Tab::Orders => icondata::LuReceiptText,
        Tab::Host => icondata::LuMegaphone,
        Tab::You => icondata::LuCircleUserRound,
    }
}

/// The mark of the app's icon: a ticket that is a B.
#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 1024 1024" aria-hidden="true">
            <path
                fill="currentColor"
                fill-rule="evenodd"
                d=poster::LOGO
            />
        </svg>
    }
}

/// In the shell there is no browser to reload the page.
fn refresh_by_keys() {
    let refresh = use_refresh();
    if !platform::is_native() {
        return;
    }
    on_window(ev::keydown, move |event| {
        let reload =
            event.key().eq_ignore_ascii_case("r") && (event.ctrl_key() || event.meta_key());
        if reload || event.key() == "F5" {
            event.prevent_default();
            refresh.all();
        }
    });
}

/// Links that open the app lead to a screen of it, and nowhere else.
pub(crate) fn follow_deep_links() {
    let navigate = use_navigate();
    let follow = move |path: String| {
        if let Some(path) = route::local(&path) {
            navigate(path, leptos_router::NavigateOptions::default());
        }
    };
    leptos::task::spawn_local(async move {
        // The link that started the app is kept until it is asked for; later ones are sent.
        platform::on_deep_link(follow.clone()).await;
        if let Some(path) = platform::pending_deep_link().await {
            follow(path);
        }
    });
}
