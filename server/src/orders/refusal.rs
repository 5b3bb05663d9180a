//! Why an order is refused. These are values, not failures: the database was asked and said no.

use api::{Code, Money, Problem, TicketTypeId, Time};
use axum::http::StatusCode;

/// Why an order is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fewer tickets are left than asked for.
    #[error("{}", sold_out_sentence(*left))]
    SoldOut {
        /// Of which type.
        ticket_type: TicketTypeId,
        /// How many remain.
        left: i32,
    },
    /// More than one order may have.
    #[error("Limit {max} of these tickets per order.")]
    OrderLimit {
        /// Of which type.
        ticket_type: TicketTypeId,
        /// How many it may have.
        max: i32,
    },
    /// More than one person may buy.
    #[error("{}", user_limit_sentence(*left))]
    UserLimit {
        /// One of the types at fault.
        ticket_type: TicketTypeId,
        /// How many this person may still buy.
        left: i32,
    },
    /// The sale is over, or the event cancelled.
    #[error("These tickets are no longer on sale.")]
    SalesClosed {
        /// Of which type.
        ticket_type: TicketTypeId,
    },
    /// The organizer has paused the sale.
    #[error("Sales are paused. Try again later.")]
    SalesPaused {
        /// Of which type.
        ticket_type: TicketTypeId,
    },
    /// The sale has not begun.
    #[error("These tickets aren’t on sale yet.")]
    NotOnSaleYet {
        /// Of which type.
        ticket_type: TicketTypeId,
        /// When it begins.
        opens_at: Time,
    },
    /// The total is no longer what the buyer was shown.
    #[error("{}", price_changed_sentence(*total))]
    PriceChanged {
        /// The total of now; none with a promo code, of which it would tell.
        total: Option<Money>,
    },
    /// There is no such promo code, or it is not good now.
    #[error("We don’t recognise this promo code. Check the spelling or continue without it.")]
    PromoInvalid,
    /// The promo code is for none of these tickets.
    #[error("This promo code is for other tickets. Choose those or continue without it.")]
    PromoOtherTickets {
        /// The type it is for.
        ticket_type: TicketTypeId,
    },
    /// The promo code was used as often as it may be.
    #[error("This promo code has been used up.")]
    PromoUsedUp,
    /// The promo code was used as often as this person may.
    #[error("You’ve already used this promo code as often as you can.")]
    PromoUsedByYou,
    /// The key was used for another request.
    #[error("Something changed while we were sending this. Try again.")]
    KeyReused,
    /// Tickets in different currencies.
    #[error("These tickets are in different currencies. Buy them in separate orders.")]
    MixedCurrencies,
    /// The session the request was made in has ended.
    #[error("{}", crate::error::SESSION_OVER)]
    SessionEnded,
    /// More than an account with an unconfirmed address may have.
    #[error("{}", crate::error::EMAIL_UNVERIFIED)]
    EmailUnverified {
        /// How many it may still get.
        left: i32,
    },
    /// There is no such ticket type.
    #[error("One of these ticket types no longer exists.")]
    UnknownTicketType {
        /// Which.
        ticket_type: TicketTypeId,
    },
}

fn sold_out_sentence(left: i32) -> String {
    match left {
        ..=0 => "These tickets are sold out.".to_owned(),
        1 => "Only 1 of these tickets left.".to_owned(),
        left => format!("Only {left} of these tickets left."),
    }
}

fn price_changed_sentence(total: Option<Money>) -> String {
    match total {
        Some(total) => format!("The price has changed. The total is now {total}."),
        None => "The price has changed. Check your promo code again.".to_owned(),
    }
}

fn user_limit_sentence(left: i32) -> String {
    match left {
        ..=0 => "You already have the maximum number of tickets for this event.".to_owned(),
        left => format!("You can buy {left} more for this event."),
    }
}

impl Refusal {
    /// How it looks on the wire.
    pub fn status_and_code(&self) -> (StatusCode, Code) {
        let code = match self {
            Self::SoldOut { .. } => Code::SoldOut,
            Self::OrderLimit { .. } | Self::UserLimit { .. } => Code::LimitReached,
            Self::SalesClosed { .. } => Code::SalesClosed,
            Self::SalesPaused { .. } => Code::SalesPaused,
            Self::NotOnSaleYet { .. } => Code::NotOnSaleYet,
            Self::PriceChanged { .. } => Code::PriceChanged,
            Self::PromoInvalid => Code::PromoInvalid,
            Self::PromoOtherTickets { .. } => Code::PromoOtherTickets,
            Self::PromoUsedUp | Self::PromoUsedByYou => Code::PromoUsedUp,
            Self::KeyReused => Code::KeyReused,
            Self::MixedCurrencies => Code::MixedCurrencies,
            Self::EmailUnverified { .. } => Code::EmailUnverified,
            Self::SessionEnded => return (StatusCode::UNAUTHORIZED, Code::TokenExpired),
            Self::UnknownTicketType { .. } => {
                return (StatusCode::NOT_FOUND, Code::NotFound);
            }
        };
        (StatusCode::CONFLICT, code)
    }

    /// Adds what a client needs to go on.
    pub fn describe(&self, problem: &mut Problem) {
        match self {
            Self::SoldOut { ticket_type, left } => {
                problem.ticket_type_id = Some(*ticket_type);
                problem.left = Some(*left);
            }
            Self::OrderLimit { ticket_type, max } => {
                problem.ticket_type_id = Some(*ticket_type);
                problem.left = Some(*max);
            }
            Self::UserLimit { ticket_type, left } => {
                problem.ticket_type_id = Some(*ticket_type);
                problem.left = Some(*left);
            }
            Self::EmailUnverified { left } => problem.left = Some(*left),
            Self::NotOnSaleYet {
                ticket_type,
                opens_at,
            } => {
                problem.ticket_type_id = Some(*ticket_type);
                problem.opens_at = Some(*opens_at);
            }
            Self::SalesClosed { ticket_type }
            | Self::SalesPaused { ticket_type }
            | Self::PromoOtherTickets { ticket_type }
            | Self::UnknownTicketType { ticket_type } => {
                problem.ticket_type_id = Some(*ticket_type);
            }
            Self::PriceChanged { total } => problem.total = *total,
            Self::PromoInvalid
            | Self::PromoUsedUp
            | Self::PromoUsedByYou
            | Self::KeyReused
            | Self::MixedCurrencies
            | Self::SessionEnded => {}
        }
    }
}
