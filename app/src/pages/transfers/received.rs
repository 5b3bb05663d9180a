use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::offer::{Pending, Reply, ReplyButtons};
use crate::api;
use crate::components::{Icon, use_toasts};
use crate::fetch::Fetch;
use crate::refresh::use_refresh;
use crate::session::use_session;

/// What others have sent, above one's own tickets. It needs no place while there is nothing.
#[component]
pub(crate) fn Received() -> impl IntoView {
    let session = use_session();
    let fetch = Fetch::new(
        move || session.user_id(),
        async |user| match user {
            Some(_) => {
                let mut transfers = api::pending_transfers().await?.items;
                transfers.retain(|transfer| !transfer.sent);
                Ok(Pending::group(transfers))
            }
            None => Ok(Vec::new()),
        },
    );
    let offers = Memo::new(move |_| fetch.value.get().unwrap_or_default());
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
