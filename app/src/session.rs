//! Who is signed in. The access token lives in memory; the refresh token is a cookie the page
//! cannot read, or lies in the shell's keychain.

use std::cell::RefCell;

use api::users::{Client, Login, Refresh, Register, Reset, User};
use api::{Code, UserId};
use futures::future::{FutureExt, LocalBoxFuture, Shared, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::language::Choice;
use crate::{kept, lock, platform, storage};

/// Who was signed in last, while that session may exist: a visitor who never signed in costs no
/// request, and who did sees what this device keeps before the server answers, or without it.
const LAST_USER: &str = "signed-in";

/// After this, a tab that was first to refresh has its new token in the browser.
const OTHER_TAB_MS: u32 = 500;
/// A server that is being left for another may be gone for good.
const GOODBYE_MS: u32 = 3_000;

type Refreshing = Shared<LocalBoxFuture<'static, Result<(), crate::api::Error>>>;

thread_local! {
    static ACCESS_TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
    static REFRESHING: RefCell<Option<Refreshing>> = const { RefCell::new(None) };
    static STATE: ArcRwSignal<State> = ArcRwSignal::new(State::Starting);
}

/// What is known about the person in front of the app.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// A session may exist; the server has not said yet.
    Starting,
    SignedOut,
    SignedIn(User),
}

/// The session, as components see it.
#[derive(Clone, Copy)]
pub(crate) struct Session(RwSignal<State>);

pub(crate) fn provide_session() {
    provide_context(Session(STATE.with(|state| state.clone().into())));
}

pub(crate) fn use_session() -> Session {
    expect_context()
}

impl Session {
    pub(crate) fn user(self) -> Option<User> {
        match self.0.get() {
            State::SignedIn(user) => Some(user),
            State::Starting | State::SignedOut => None,
        }
    }

    pub(crate) fn user_id(self) -> Option<UserId> {
        self.0.with(|state| match state {
            State::SignedIn(user) => Some(user.id),
            State::Starting | State::SignedOut => None,
        })
    }

    pub(crate) fn is_signed_out(self) -> bool {
        self.0.with(|state| *state == State::SignedOut)
    }

    /// Takes over news of the person, unless they signed out meanwhile.
    pub(crate) fn set_user(self, user: User) {
        if user_id() == Some(user.id) {
            keep_user(&user);
            let news = State::SignedIn(user);
            // A screen that asks who it is would else be drawn anew by each answer, and ask again.
            if self.0.with_untracked(|state| *state != news) {
                self.0.set(news);
            }
        }
    }
}

/// Whose answers are being shown.
pub(crate) fn user_id() -> Option<UserId> {
    STATE.with(|state| {
        state.with_untracked(|state| match state {
            State::SignedIn(user) => Some(user.id),
            State::Starting | State::SignedOut => None,
        })
    })
}

/// Finds out at the start of the app whether someone is signed in.
pub(crate) fn start() {
    let last = storage::get(LAST_USER).and_then(|user| serde_json::from_str(&user).ok());
    if let Some(user) = last {
        set_state(State::SignedIn(user));
    }
    spawn_local(async {
        // Without an answer the state stays as it is; the next call asks again.
        let _answered = ready().await;
    });
}

/// Waits until the server has said whether someone is signed in.
pub(crate) async fn ready() -> Result<(), crate::api::Error> {
    if access_token().is_some() || STATE.with(ArcRwSignal::get_untracked) == State::SignedOut {
        return Ok(());
    }
    if storage::get(LAST_USER).is_none() {
        set_state(State::SignedOut);
        return Ok(());
    }
    refresh().await
}

pub(crate) fn access_token() -> Option<String> {
    ACCESS_TOKEN.with_borrow(Clone::clone)
}

pub(crate) async fn sign_in(email: String, password: String) -> Result<(), crate::api::Error> {
    let client = client();
    let device_token = device_token().await;
    let login = Login {
        email,
        password,
        client,
        device_token,
    };
    begin(crate::api::login(&login).await?).await;
    Ok(())
}

pub(crate) async fn create_account(
    name: String,
    email: String,
    password: String,
) -> Result<(), crate::api::Error> {
    let client = client();
    let device_token = device_token().await;
    let register = Register {
        name,
        email,
        password,
        client,
        locale: Some(Choice::kept().locale()),
        device_token,
    };
    begin(crate::api::register(&register).await?).await;
    Ok(())
}

/// Sets a new password by the token of a letter, and signs in.
pub(crate) async fn reset_password(
    token: String,
    password: String,
) -> Result<(), crate::api::Error> {
    let client = client();
    let device_token = device_token().await;
    let reset = Reset {
        token,
        password,
        client,
        device_token,
    };
    begin(crate::api::reset(&reset).await?).await;
    Ok(())
}

pub(crate) async fn sign_out() -> Result<(), crate::api::Error> {
    // The token that is being traded in is not the one to give up.
    ready().await?;
    crate::api::logout(&kept_token().await).await?;
    end().await;
    Ok(())
}

/// Ends the session on this device, and on the server if it answers soon.
pub(crate) async fn leave() {
    if STATE.with(ArcRwSignal::get_untracked) != State::SignedOut {
        let token = kept_token().await;
        let goodbye = Box::pin(crate::api::logout(&token));
        let _told_or_too_late = select(goodbye, TimeoutFuture::new(GOODBYE_MS)).await;
    }
    end().await;
}

/// Trades the refresh token for a new session. Calls made meanwhile wait for the same answer, and
/// other tabs of the browser wait their turn: a refresh token is good once.
pub(crate) fn refresh() -> Refreshing {
    REFRESHING.with_borrow_mut(|current| match current {
        Some(refreshing) => refreshing.clone(),
        None => {
            let refreshing = refresh_once().boxed_local().shared();
            *current = Some(refreshing.clone());
            refreshing
        }
    })
}

async fn refresh_once() -> Result<(), crate::api::Error> {
    let answer = lock::exclusive("session", async {
        let answer = next_session().await;
        if REFRESHING.with_borrow(Option::is_none) {
            return Ok(()); // The session ended here meanwhile.
        }
        match answer {
            Ok(session) => {
                begin(session).await;
                Ok(())
            }
            Err(error) if error.needs_sign_in() => {
                end().await;
                Ok(())
            }
            Err(error) => Err(error),
        }
    })
    .await;
    REFRESHING.take();
    answer
}

/// Where there are no locks two tabs may come with one token, and the second is refused. By then
/// the browser has the token that the first got, and brings that.
async fn next_session() -> Result<api::users::Session, crate::api::Error> {
    let answer = crate::api::refresh(&kept_token().await).await;
    let refused = answer.as_ref().err().and_then(crate::api::Error::code);
    if client() == Client::Web && refused == Some(Code::TokenExpired) {
        TimeoutFuture::new(OTHER_TAB_MS).await;
        return crate::api::refresh(&kept_token().await).await;
    }
    answer
}

/// Forgets the session on this device.
pub(crate) async fn end() {
    REFRESHING.take();
    if platform::is_native() {
        platform::forget_refresh_token().await;
    }
    // All at once from here: an answer that came in between would be kept again.
    ACCESS_TOKEN.take();
    REFRESHING.take();
    storage::remove(LAST_USER);
    kept::forget_all();
    set_state(State::SignedOut);
}

async fn begin(session: api::users::Session) {
    // First of all: the old one is good for nothing any more, whatever becomes of the app now.
    if let Some(token) = session.refresh_token {
        platform::keep_refresh_token(&token).await;
    }
    if let Some(token) = session.device_token {
        platform::keep_device_token(&token).await;
    }
    ACCESS_TOKEN.set(Some(session.access_token));
    keep_user(&session.user);
    set_state(State::SignedIn(session.user));
}

fn keep_user(user: &User) {
    if let Ok(text) = serde_json::to_string(user) {
        storage::set(LAST_USER, &text);
    }
}

async fn kept_token() -> Refresh {
    let refresh_token = match client() {
        Client::Native => platform::refresh_token().await,
        Client::Web => None,
    };
    Refresh {
        refresh_token,
        device_token: device_token().await,
    }
}

/// What the server knows this device by, which outlasts sessions; browsers have a cookie.
async fn device_token() -> Option<String> {
    match client() {
        Client::Native => platform::device_token().await,
        Client::Web => None,
    }
}

fn client() -> Client {
    if platform::is_native() {
        Client::Native
    } else {
        Client::Web
    }
}

fn set_state(state: State) {
    STATE.with(|current| {
        // An equal user, refreshed, is no news to the screens.
        if current.get_untracked() != state {
            current.set(state);
        }
    });
}
