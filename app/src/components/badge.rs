use api::events::SaleState;
use i18n::t;
use leptos::prelude::*;

/// What a badge says beside its words.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Neutral,
    Good,
    Warn,
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => "badge",
            Self::Good => "badge badge--good",
            Self::Warn => "badge badge--warn",
            Self::Bad => "badge badge--bad",
        }
    }
}

/// A word or two about a state.
#[component]
pub(crate) fn Badge(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=tone.class()>{text}</span> }
}

/// The one thing to know about an event's tickets, if there is one.
#[component]
pub(crate) fn SaleBadge(state: SaleState, left: i32, free: bool) -> impl IntoView {
    sale_badge(state, left, free).map(|(tone, text)| view! { <Badge tone=tone text=text /> })
}

fn sale_badge(state: SaleState, left: i32, free: bool) -> Option<(Tone, String)> {
    match state {
        SaleState::SoldOut => Some((Tone::Neutral, t!(common.sold_out).to_owned())),
        SaleState::FewLeft if left <= 10 => Some((Tone::Warn, t!(common.left, count = left))),
        SaleState::FewLeft => Some((Tone::Warn, t!(common.few_left).to_owned())),
        SaleState::Cancelled => Some((Tone::Bad, t!(common.cancelled).to_owned())),
        SaleState::Ended => Some((Tone::Neutral, t!(common.ended).to_owned())),
        SaleState::NotYet => Some((Tone::Neutral, t!(common.on_sale_soon).to_owned())),
        SaleState::Closed => Some((Tone::Neutral, t!(common.sale_closed).to_owned())),
        SaleState::OnSale => free.then(|| (Tone::Good, t!(common.free).to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_badge_and_the_weightiest() {
        let text = |state, left, free| sale_badge(state, left, free).map(|(_, text)| text);
        assert_eq!(text(SaleState::OnSale, 100, false), None);
        assert_eq!(text(SaleState::OnSale, 100, true).as_deref(), Some("Free"));
        assert_eq!(text(SaleState::FewLeft, 3, true).as_deref(), Some("3 left"));
        assert_eq!(
            text(SaleState::FewLeft, 40, false).as_deref(),
            Some("Few left")
        );
    }
}
