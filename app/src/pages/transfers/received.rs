use ::api::Page;
use ::api::transfers::Transfer;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::offer::{Pending, Reply, ReplyButtons};
use crate::api::{self, Error};
use crate::components::{Icon, use_toasts};
use crate::fetch::Fetch;
use crate::kept::Name;
use crate::refresh::use_refresh;
use crate::session::use_session;

/// What is on its way from and to the person who is signed in.
pub(crate) fn fetch_pending() -> Fetch<Page<Transfer>> {
    let session = use_session();
    let fetch = Fetch::new(
        move || session.user_id(),
        async |user| match user {
            Some(_) => api::pending_transfers().await,
            None => Err(Error::Nowhere),
        },
    );
    fetch.prefill_kept(move || session.user_id().map(|_| Name::PendingTransfers));
    fetch
}

/// What others have sent, above one's own tickets. It needs no place while there is nothing.
#[component]
pub(crate) fn Received(pending: Fetch<Page<Transfer>>) -> impl IntoView {
    let offers = Memo::new(move |_| {
        let pending = pending.value.get().map(|page| page.items);
        let mut transfers = pending.unwrap_or_default();
        transfers.retain(|transfer| !transfer.sent);
        Pending::group(transfers)
    });
    move || {
        let offers = offers.get();
        (!offers.is_empty()).then(|| {
            view! {
                <section class="gifts" aria-label=t!(transfers.sent_to_you)>
                    {offers
                        .into_iter()
                        .map(|offer| view! { <Offer offer=offer /> })
                        .collect_view()}
                </section>
            }
        })
    }
}

#[component]
fn Offer(offer: Pending) -> impl IntoView {
    let toasts = use_toasts();
    let refresh = use_refresh();
    let replying = RwSignal::new(None);
    let title = offer.title();
    let lines = offer.lines();
    let send = move |reply: Reply| {
        let offer = offer.clone();
        replying.set(Some(reply));
        spawn_local(async move {
            let answer = offer.reply(reply).await;
            replying.try_set(None);
            toasts.say(match answer {
                Ok(()) => offer.done(reply),
                Err(error) => error.to_string(),
            });
            refresh.all();
        });
    };
    view! {
        <article class="gift">
            <span class="gift__icon">
                <Icon icon=icondata::LuGift />
            </span>
            <div class="gift__text">
                <h2 class="gift__title" dir="auto">{title}</h2>
                {lines.into_iter().map(|line| view! { <p class="muted" dir="auto">{line}</p> }).collect_view()}
            </div>
            <ReplyButtons replying=replying on_reply=send />
        </article>
    }
}
