//! The screens whose code is not loaded with the app, but when one of their group is first opened:
//! who comes to buy does not wait for what organizers need.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use super::{buy, cart, event, host, orders, tickets, transfers, you};
use crate::api::Error;
use crate::components::{Loaded, SkeletonShape};
use crate::fetch::Fetch;

type Loading = LocalBoxFuture<'static, Result<fn() -> AnyView, SplitLoaderError>>;

/// Puts a function in a part of its own, in all but tests, which are not taken apart.
macro_rules! split {
    ($group:ident fn $name:ident() -> $output:ty $body:block) => {
        #[cfg(not(test))]
        #[wasm_split($group, wasm_split_path = leptos::wasm_split, fallible)]
        fn $name() -> $output $body

        #[cfg(test)]
        async fn $name() -> $output $body
    };
}

macro_rules! later {
    ($shown:ident: $($group:ident { $($part:ident: $view:expr,)+ })+) => {$($(
        pub(crate) fn $part() -> AnyView {
            split! {
                $group fn $part() -> Result<fn() -> AnyView, SplitLoaderError> {
                    Ok(|| $view().into_any())
                }
            }
            $shown(|| $part().boxed_local())
        }
    )+)+};
}

later! { screen:
    host {
        host: host::HostPage,
        edit_event: host::EditPage,
        dashboard: host::DashboardPage,
        guests: host::GuestsPage,
        give: host::GivePage,
    }
    door {
        door: host::DoorPage,
    }
    wallet {
        cart: cart::CartPage,
        tickets: tickets::TicketsPage,
        ticket: tickets::TicketPage,
        claim: transfers::ClaimPage,
        orders: orders::OrdersPage,
        order: orders::OrderPage,
        refund: orders::RefundSheet,
        confirmation: orders::ConfirmationPage,
    }
    buying {
        buy: buy::BuySheet,
    }
    you {
        you: you::YouPage,
        sign_in: you::SignInPage,
        create_account: you::CreateAccountPage,
        forgot: you::ForgotPage,
        reset: you::ResetPage,
        verify: you::VerifyPage,
    }
}

// What some need on the way to their tickets. It takes what it is about from its context.
later! { part:
    wallet {
        waiting_places: event::WaitingPlaces,
    }
    you {
        shortcuts: you::KeyList,
    }
    buying {
        sign_in_step: buy::SignInStep,
        promo_code: buy::PromoCode,
        wait: event::Wait,
    }
}

/// From when an event is shown until it is looked at, in milliseconds.
const A_LOOK: u32 = 1_000;

/// Fetches what may be needed to buy, so that nobody waits for it in the middle of that; and not
/// before what they came to see is there.
pub(crate) fn fetch_buying() {
    split! {
        buying fn fetched() -> Result<(), SplitLoaderError> {
            Ok(())
        }
    }
    spawn_local(async {
        TimeoutFuture::new(A_LOOK).await;
        // What could not be fetched is fetched when it is needed.
        let _fetched = fetched().await;
    });
}

fn screen(load: fn() -> Loading) -> AnyView {
    shown_when_loaded(load, SkeletonShape::Rows, true)
}

fn part(load: fn() -> Loading) -> AnyView {
    shown_when_loaded(load, SkeletonShape::Row, false)
}

fn shown_when_loaded(load: fn() -> Loading, skeleton: SkeletonShape, whole: bool) -> AnyView {
    let code = Fetch::new(
        || (),
        move |()| async move { load().await.map_err(|_not_loaded| Error::Unreachable) },
    );
    view! {
        <Loaded fetch=code skeleton=skeleton whole=whole let:show>
            {show()}
        </Loaded>
    }
    .into_any()
}
