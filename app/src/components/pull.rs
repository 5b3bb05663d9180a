use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::Spinner;
use crate::listen::on;
use crate::platform;

/// How far the list must be shown pulled for letting go to refresh it.
const TRIGGER: f64 = 64.0;
/// How far it can be pulled at most.
const LIMIT: f64 = 120.0;
/// What a hand feels when it is pulled far enough.
const TICK_MS: u32 = 8;

/// How far the list gives way to a finger that has moved down by `moved` pixels: almost along at
/// first, ever less, never beyond the limit.
fn rubber_band(moved: f64) -> f64 {
    LIMIT * (1.0 - (-moved.max(0.0) / LIMIT).exp())
}

/// Where a pull stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pull {
    Idle,
    /// The finger went down here, with the list at its top.
    Touched(f64),
    /// The list follows: where the finger went down, how far the list is shown.
    Pulling(f64, f64),
}

impl Pull {
    /// The finger is at `y`; `at_top` tells whether the list is. The pull, if it is one, takes the
    /// gesture over from scrolling.
    fn moved(self, y: f64, at_top: bool) -> Self {
        match self {
            Self::Touched(start) if at_top && y > start => {
                Self::Pulling(start, rubber_band(y - start))
            }
            Self::Touched(_) => Self::Idle,
            Self::Pulling(start, _) => Self::Pulling(start, rubber_band(y - start)),
            Self::Idle => Self::Idle,
        }
    }

    fn shown(self) -> f64 {
        match self {
            Self::Pulling(_, shown) => shown,
            Self::Idle | Self::Touched(_) => 0.0,
        }
    }

    fn triggers(self) -> bool {
        self.shown() >= TRIGGER
    }
}

/// A list that is refreshed by pulling it down. Moves nothing while scrolled; gives the scroll
/// gesture back as soon as it is not a pull.
#[component]
pub(crate) fn PullToRefresh(
    /// What scrolls.
    pane: NodeRef<html::Div>,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_refresh: Callback<()>,
    children: Children,
) -> impl IntoView {
    let pull = RwSignal::new(Pull::Idle);
    let waiting = RwSignal::new(false);
    listen(pane, pull, move || {
        waiting.set(true);
        on_refresh.run(());
    });
    Effect::new(move |was_busy: Option<bool>| {
        let busy = busy.get();
        if was_busy == Some(true) && !busy {
            waiting.set(false);
        }
        busy
    });
    let shown = move || match pull.get() {
        Pull::Pulling(_, shown) => shown,
        _ if waiting.get() => TRIGGER,
        _ => 0.0,
    };
    view! {
        <div
            class="pull"
            class:pull--held=move || matches!(pull.get(), Pull::Pulling(..))
            class:pull--ready=move || pull.get().triggers() || waiting.get()
            style:--pull=move || format!("{:.1}px", shown())
            style:--pull-turn=move || format!("{:.0}deg", shown() / TRIGGER * 270.0)
        >
            <div class="pull__mark" class:pull__mark--busy=waiting>
                <Spinner />
            </div>
            <div class="pull__content">{children()}</div>
        </div>
    }
}

fn listen(pane: NodeRef<html::Div>, pull: RwSignal<Pull>, refresh: impl Fn() + 'static) {
    let at_top = move || {
        pane.get_untracked()
            .is_some_and(|pane| pane.scroll_top() <= 0)
    };
    let finger = |event: &ev::TouchEvent| {
        event
            .touches()
            .item(0)
            .map(|touch| f64::from(touch.client_y()))
    };
    let start = move |event: ev::TouchEvent| {
        let single = event.touches().length() == 1;
        let start = finger(&event).filter(|_| single && at_top());
        pull.set(start.map_or(Pull::Idle, Pull::Touched));
    };
    let moved = move |event: ev::TouchEvent| {
        let Some(y) = finger(&event) else { return };
        let next = pull.get_untracked().moved(y, at_top());
        if matches!(next, Pull::Pulling(..)) && event.cancelable() {
            event.prevent_default();
        }
        let before = pull.get_untracked();
        if next.triggers() && !before.triggers() {
            platform::vibrate(TICK_MS);
        }
        if next != before {
            pull.set(next);
        }
    };
    let end = move |_: ev::TouchEvent| {
        let triggers = pull.get_untracked().triggers();
        pull.set(Pull::Idle);
        if triggers {
            refresh();
        }
    };
    let cancel = move |_: ev::TouchEvent| pull.set(Pull::Idle);
    pane.on_load(move |pane| {
        on(&pane, ev::touchstart, start);
        on(&pane, ev::touchmove, moved);
        on(&pane, ev::touchend, end);
        on(&pane, ev::touchcancel, cancel);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_gives_ever_less_and_never_beyond_its_limit() {
        let shown: Vec<f64> = (0..100)
            .map(|step| rubber_band(f64::from(step) * 20.0))
            .collect();
        assert!(shown.windows(2).all(|pair| pair[0] < pair[1]));
        let steps: Vec<f64> = shown.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.windows(2).all(|pair| pair[0] > pair[1]));
        assert!(shown.iter().all(|shown| *shown <= LIMIT));
        assert_eq!(rubber_band(-50.0), 0.0);
    }

    #[test]
    fn a_pull_starts_at_the_top_and_downwards_only() {
        let touched = Pull::Touched(100.0);
        assert_eq!(touched.moved(90.0, true), Pull::Idle);
        assert_eq!(touched.moved(150.0, false), Pull::Idle);
        assert!(matches!(touched.moved(150.0, true), Pull::Pulling(..)));
    }

    #[test]
    fn it_triggers_at_the_mark_and_not_when_pushed_back() {
        let pulled = Pull::Touched(0.0).moved(120.0, true);
        assert!(pulled.triggers(), "{pulled:?}");
        let pushed_back = pulled.moved(30.0, true);
        assert!(!pushed_back.triggers(), "{pushed_back:?}");
    }
}
