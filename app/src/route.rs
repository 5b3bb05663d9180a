//! Every path of the app, in one place.

use api::{EventId, OrderId, TicketNumber};
use i18n::t;

pub(crate) const EVENTS: &str = "/";
pub(crate) const CART: &str = "/cart";
pub(crate) const TICKETS: &str = "/tickets";
pub(crate) const ORDERS: &str = "/orders";
pub(crate) const HOST: &str = "/host";
pub(crate) const HOST_NEW: &str = "/host/events/new";
pub(crate) const YOU: &str = "/you";
pub(crate) const SIGN_IN: &str = "/you/sign-in";
pub(crate) const CREATE_ACCOUNT: &str = "/you/create-account";
pub(crate) const FORGOT: &str = "/you/forgot";

pub(crate) fn event(id: EventId) -> String {
    format!("/events/{id}")
}

pub(crate) fn buy(id: EventId) -> String {
    format!("/events/{id}/buy")
}

pub(crate) fn wait(id: EventId) -> String {
    format!("/events/{id}/wait")
}

pub(crate) fn ticket(event: EventId, number: TicketNumber) -> String {
    format!("/tickets/{event}/{number}")
}

pub(crate) fn claim(token: &str) -> String {
    format!("/claim/{token}")
}

pub(crate) fn order(id: OrderId) -> String {
    format!("/orders/{id}")
}

pub(crate) fn refund(id: OrderId) -> String {
    format!("/orders/{id}/refund")
}

pub(crate) fn confirmation(id: OrderId) -> String {
    format!("/orders/{id}/confirmation")
}

pub(crate) fn host_event(id: EventId) -> String {
    format!("/host/events/{id}")
}

pub(crate) fn host_guests(id: EventId) -> String {
    format!("/host/events/{id}/guests")
}

pub(crate) fn host_give(id: EventId) -> String {
    format!("/host/events/{id}/give")
}

pub(crate) fn host_door(id: EventId) -> String {
    format!("/host/events/{id}/door")
}

pub(crate) fn host_edit(id: EventId) -> String {
    format!("/host/events/{id}/edit")
}

/// `SIGN_IN` or `CREATE_ACCOUNT`, and back to `path` from there.
pub(crate) fn and_back(to: &str, path: &str) -> String {
    format!("{to}?next={path}")
}

/// The same, for who has this address.
pub(crate) fn as_and_back(to: &str, email: &str, path: &str) -> String {
    format!("{}&{}", and_back(to, path), known(email))
}

/// `FORGOT`, for who has this address.
pub(crate) fn forgot(email: &str) -> String {
    format!("{FORGOT}?{}", known(email))
}

/// What a form for an account begins with.
fn known(email: &str) -> String {
    format!(
        "email={}",
        String::from(js_sys::encode_uri_component(email))
    )
}

/// The parts of the app, in the order of the tab bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tab {
    Events,
    Tickets,
    Orders,
    Host,
    You,
}

impl Tab {
    pub(crate) const ALL: [Self; 5] = [
        Self::Events,
        Self::Tickets,
        Self::Orders,
        Self::Host,
        Self::You,
    ];

    /// Where the tab begins.
    pub(crate) fn root(self) -> &'static str {
        match self {
            Self::Events => EVENTS,
            Self::Tickets => TICKETS,
            Self::Orders => ORDERS,
            Self::Host => HOST,
            Self::You => YOU,
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Events => t!(common.events),
            Self::Tickets => t!(common.tickets_title),
            Self::Orders => t!(common.orders),
            Self::Host => t!(common.host),
            Self::You => t!(common.you),
        }
    }

    /// The key that leads to it, after `g`.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Events => "e",
            Self::Tickets => "t",
            Self::Orders => "o",
            Self::Host => "h",
            Self::You => "y",
        }
    }

    /// The tab a path belongs to.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.split('/').nth(1).unwrap_or_default() {
            "" | "events" | "cart" => Some(Self::Events),
            "tickets" | "claim" => Some(Self::Tickets),
            "orders" => Some(Self::Orders),
            "host" => Some(Self::Host),
            "you" | "verify" | "reset" => Some(Self::You),
            _ => None,
        }
    }
}

/// The screen at a path, for coming back to it later: what lies under a sheet, and for a step of a
/// flow, which cannot be taken up again, what the flow was about.
pub(crate) fn screen(path: &str) -> String {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["events", event, "buy" | "wait"] => format!("/events/{event}"),
        ["orders", order, "refund" | "confirmation"] => format!("/orders/{order}"),
        ["claim" | "reset" | "verify", ..] | ["you", _] => {
            Tab::of(path).map_or(EVENTS, Tab::root).to_owned()
        }
        _ => path.to_owned(),
    }
}

/// The path a deep link or a `next` parameter may lead to: one of ours, never another site.
pub(crate) fn local(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let outside = rest.starts_with('/') || path.contains('\\') || path.contains(char::is_control);
    (!outside).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_owns_its_root() {
        for tab in Tab::ALL {
            assert_eq!(Tab::of(tab.root()), Some(tab));
        }
        assert_eq!(Tab::of("/events/1/buy"), Some(Tab::Events));
        assert_eq!(Tab::of("/nowhere"), None);
    }

    #[test]
    fn sheets_and_steps_are_no_screens() {
        let id = EventId::from_u128(7);
        for (path, under) in [
            (buy(id), event(id)),
            (wait(id), event(id)),
            (refund(id), order(id)),
            (confirmation(id), order(id)),
            (claim("token"), TICKETS.to_owned()),
            ("/verify/token".to_owned(), YOU.to_owned()),
            ("/reset/token".to_owned(), YOU.to_owned()),
            (SIGN_IN.to_owned(), YOU.to_owned()),
            (CREATE_ACCOUNT.to_owned(), YOU.to_owned()),
            (FORGOT.to_owned(), YOU.to_owned()),
        ] {
            assert_eq!(screen(&path), under);
        }
    }

    #[test]
    fn screens_are_what_they_are() {
        let id = EventId::from_u128(7);
        for path in [
            event(id),
            ticket(id, 3),
            order(id),
            host_event(id),
            host_guests(id),
            host_give(id),
            host_door(id),
            host_edit(id),
            HOST_NEW.to_owned(),
            CART.to_owned(),
        ] {
            assert_eq!(screen(&path), path);
        }
        for tab in Tab::ALL {
            assert_eq!(screen(tab.root()), tab.root());
        }
    }

    #[test]
    fn only_local_paths_are_followed() {
        assert_eq!(local("/events/1?a=b"), Some("/events/1?a=b"));
        for outside in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "events",
            "/a\nb",
        ] {
            assert_eq!(local(outside), None, "{outside}");
        }
    }
}
