//! Where the person was in each tab: it leads back there. A tab remembers screens, not the sheets
//! over them, nor the steps of a flow that may have ended meanwhile.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::cart::{Cart, use_cart};
use crate::history::{use_go_back, use_replace};
use crate::route::{self, Tab};

#[derive(Clone, Copy)]
pub(crate) struct Places {
    here: Memo<Option<Tab>>,
    left: RwSignal<HashMap<Tab, String>>,
    cart: RwSignal<Cart>,
}

/// Belongs inside the router.
pub(crate) fn provide_places() {
    let location = use_location();
    let here = Memo::new(move |_| location.pathname.with(|path| Tab::of(path)));
    let left = RwSignal::new(HashMap::new());
    Effect::new(move || {
        let path = location.pathname.get();
        let screen = route::screen(&path);
        let place = match screen == path {
            true => path + &location.query.with(|query| query.to_query_string()),
            // What is asked for is asked of the sheet.
            false => screen,
        };
        if let Some(tab) = here.get() {
            left.update(|left| {
                left.insert(tab, place);
            });
        }
    });
    let cart = use_cart();
    provide_context(Places { here, left, cart });
}

pub(crate) fn use_places() -> Places {
    expect_context()
}

/// A function that leads to a tab: like pressing it, it leaves the screen one is on, not behind.
pub(crate) fn use_enter_tab() -> impl Fn(Tab) + 'static {
    let (places, go_back, replace) = (use_places(), use_go_back(), use_replace());
    move |tab| match untrack(|| places.is_here(tab)) {
        true => go_back(tab.root()),
        false => replace(&untrack(|| places.path(tab))),
    }
}

impl Places {
    pub(crate) fn is_here(self, tab: Tab) -> bool {
        self.here.get() == Some(tab)
    }

    /// Where the tab leads: to its beginning, for who is in it.
    pub(crate) fn path(self, tab: Tab) -> String {
        let left = self.left.with(|left| left.get(&tab).cloned());
        // What was in the cart has been bought since.
        let is_over = |place: &str| place == route::CART && self.cart.with(Cart::is_empty);
        left.filter(|place| !self.is_here(tab) && !is_over(place))
            .unwrap_or_else(|| tab.root().to_owned())
    }
}
