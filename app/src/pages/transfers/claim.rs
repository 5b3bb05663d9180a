use ::api::transfers::{Offer, TransferState};
use ::api::users::User;
use i18n::{t, t_view};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use super::offer::{Pending, Reply, ReplyButtons, pending};
use crate::api::Error;
use crate::components::{
    Button, Cover, Detail, Heading, Kind, LinkButton, Loaded, SkeletonShape, TopBar, use_toasts,
};
use crate::feed::use_feeds;
use crate::fetch::Fetch;
use crate::history::use_replace;
use crate::session::use_session;
use crate::{api, route, session};

/// What a link in a letter offers.
#[component]
pub(crate) fn ClaimPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| {
        params
            .with(|params| params.get("token"))
            .unwrap_or_default()
    });
    let fetch = Fetch::new(
        move || token.get(),
        async |token: String| api::claim(&token).await,
    );
    view! {
        <Detail>
            <TopBar back=route::TICKETS back_label=t!(common.tickets_title) />
            <Loaded fetch=fetch skeleton=SkeletonShape::Detail let:offer>
                <Claim offer=offer token=token.get_untracked() />
            </Loaded>
        </Detail>
    }
}

#[component]
fn Claim(offer: Offer, token: String) -> impl IntoView {
    let event = offer.transfers.first().map(|first| first.event.clone());
    let of = |transfers| Pending {
        from: offer.from.clone(),
        transfers,
    };
    let all = of(offer.transfers.clone());
    let waiting = of(pending(&offer.transfers));
    let next = if waiting.transfers.is_empty() {
        let state = offer.transfers.first().map(|first| first.state);
        view! { <Decided state=state from=offer.from.clone() /> }.into_any()
    } else {
        view! { <Answer offer=waiting to=offer.to.clone() token=token /> }.into_any()
    };
    view! {
        <div class="claim">
            {event
                .map(|event| {
                    view! {
                        <div class="claim__cover">
                            <Cover id=event.id cover_url=event.cover_url.clone() />
                        </div>
                    }
                })}
            <Heading text=all.title() class="claim__title" />
            <ul class="claim__lines">
                {all.lines().into_iter().map(|line| view! { <li dir="auto">{line}</li> }).collect_view()}
            </ul>
            {next}
        </div>
    }
}

/// What to do, by who is in front of the app.
#[component]
fn Answer(offer: Pending, to: String, token: String) -> impl IntoView {
    let session = use_session();
    move || match session.user() {
        None => view! { <WayIn to=to.clone() token=token.clone() /> }.into_any(),
        Some(user) if user.email != to => {
            view! { <SomeoneElse user=user to=to.clone() /> }.into_any()
        }
        Some(user) => {
            view! { <Take user=user offer=offer.clone() token=token.clone() /> }.into_any()
        }
    }
}

#[component]
fn WayIn(to: String, token: String) -> impl IntoView {
    let [create_account, sign_in] = [route::CREATE_ACCOUNT, route::SIGN_IN]
        .map(|path| route::as_and_back(path, &to, &route::claim(&token)));
    view! {
        <p>
            {t_view!(transfers.way_in, to = to, <b> = <strong />)}
        </p>
        <div class="actions">
            <LinkButton href=create_account>{t!(common.create_account)}</LinkButton>
            <LinkButton href=sign_in kind=Kind::Quiet>
                {t!(common.sign_in)}
            </LinkButton>
        </div>
    }
}

#[component]
fn SomeoneElse(user: User, to: String) -> impl IntoView {
    let toasts = use_toasts();
    let leaving = RwSignal::new(false);
    let sign_out = move |()| {
        leaving.set(true);
        spawn_local(async move {
            let answer = session::sign_out().await;
            leaving.try_set(false);
            if let Err(error) = answer {
                toasts.say(error.to_string());
            }
        });
    };
    view! {
        <p>
            {t_view!(transfers.someone_else, to = to, you = user.email, <b> = <strong />)}
        </p>
        <div class="actions">
            <Button kind=Kind::Quiet busy=leaving on_press=sign_out>
                {t!(common.sign_out)}
            </Button>
        </div>
    }
}

#[component]
fn Take(user: User, offer: Pending, token: String) -> impl IntoView {
    let session = use_session();
    let toasts = use_toasts();
    let feeds = use_feeds();
    let replace = use_replace();
    let replying = RwSignal::new(None);
    let send = move |reply: Reply| {
        let (offer, token, replace) = (offer.clone(), token.clone(), replace.clone());
        let verified = user.email_verified;
        replying.set(Some(reply));
        spawn_local(async move {
            let answer = answer(&offer, reply, (!verified).then_some(&token)).await;
            replying.try_set(None);
            match answer {
                Ok(proved) => {
                    feeds.tickets.expire();
                    toasts.say(offer.done(reply));
                    replace(route::TICKETS);
                    if let Some(user) = proved {
                        session.set_user(user);
                    }
                }
                Err(error) => toasts.say(error.to_string()),
            }
        });
    };
    view! { <ReplyButtons replying=replying on_reply=send /> }
}

/// Answers an offer; where `prove` is a token, the address is proved by it first.
async fn answer(
    offer: &Pending,
    reply: Reply,
    prove: Option<&String>,
) -> Result<Option<User>, Error> {
    let proved = match prove {
        Some(token) => Some(api::verify_email(token).await?),
        None => None,
    };
    offer.reply(reply).await?;
    Ok(proved)
}

#[component]
fn Decided(state: Option<TransferState>, from: String) -> impl IntoView {
    let text = match state {
        Some(TransferState::Accepted) => t!(transfers.accepted).to_owned(),
        Some(TransferState::Declined) => t!(transfers.declined).to_owned(),
        Some(TransferState::Recalled) => t!(transfers.recalled, from = from),
        _ => t!(transfers.no_longer).to_owned(),
    };
    view! {
        <p>{text}</p>
        <div class="actions">
            <LinkButton href=route::TICKETS kind=Kind::Quiet>
                {t!(transfers.your_tickets)}
            </LinkButton>
        </div>
    }
}
