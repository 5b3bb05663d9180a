//! The screens whose code is not loaded with the app, but when one of their group is first opened:
//! who comes to buy does not wait for what organizers need.

use std::future::Future;

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{cart, host, orders, tickets, transfers, you};
use crate::api::Error;
use crate::components::{Loaded, SkeletonShape};
use crate::fetch::Fetch;

macro_rules! later {
    ($($group:ident { $($screen:ident: $page:expr,)+ })+) => {$($(
        pub(crate) fn $screen() -> AnyView {
            #[wasm_split($group, wasm_split_path = leptos::wasm_split, fallible)]
            fn $screen() -> Result<fn() -> AnyView, SplitLoaderError> {
                Ok(|| $page().into_any())
            }
            shown_when_loaded($screen)
        }
    )+)+};
}

later! {
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
    you {
        you: you::YouPage,
        sign_in: you::SignInPage,
        create_account: you::CreateAccountPage,
        forgot: you::ForgotPage,
        reset: you::ResetPage,
        verify: you::VerifyPage,
    }
}

fn shown_when_loaded<F>(load: fn() -> F) -> AnyView
where
    F: Future<Output = Result<fn() -> AnyView, SplitLoaderError>> + 'static,
{
    let page = Fetch::new(
        || (),
        move |()| async move { load().await.map_err(|_not_loaded| Error::Unreachable) },
    );
    view! {
        <Loaded fetch=page skeleton=SkeletonShape::Rows let:page>
            {page()}
        </Loaded>
    }
    .into_any()
}
