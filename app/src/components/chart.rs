use i18n::t;
use leptos::ev;
use leptos::prelude::*;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartBar {
    pub(crate) height: i32,
    /// What it stands for: a day, an hour.
    pub(crate) label: String,
    /// How much, in words.
    pub(crate) amount: String,
}

/// Bars over time. A pointer or the arrow keys go along them and read out each; the same numbers
/// are in a table below.
#[component]
pub(crate) fn BarChart(
    #[prop(into)] label: String,
    /// What the columns of the table are called.
    columns: [&'static str; 2],
    #[prop(into)] bars: Signal<Vec<ChartBar>>,
) -> impl IntoView {
    let active = RwSignal::new(None::<usize>);
    let count = Memo::new(move |_| bars.with(Vec::len));
    let at = Memo::new(move |_| active.get().unwrap_or(usize::MAX).min(last(count.get())));
    let reading = Memo::new(move |_| {
        let (at, shown) = (at.get(), active.get().is_some());
        bars.with(|bars| bars.get(at).cloned()).filter(|_| shown)
    });
    let value_text = move || {
        let bar = bars.with(|bars| bars.get(at.get()).cloned());
        bar.map(|bar| format!("{}: {}", bar.label, bar.amount))
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if let Some(to) = step(&event.key(), at.get_untracked(), count.get_untracked()) {
            event.prevent_default();
            active.set(Some(to));
        }
    };
    let point = move |event: ev::PointerEvent| {
        let width = event_target::<web_sys::Element>(&event)
            .client_width()
            .max(1);
        let share = f64::from(event.offset_x()) / f64::from(width);
        let index = (share * count.get_untracked() as f64) as usize;
        active.set(Some(index.min(last(count.get_untracked()))));
    };
    view! {
        <div class="chart">
            <p class="chart__reading" aria-hidden="true">
                {move || reading.get().map(|bar| view! { <b>{bar.amount}</b> " " {bar.label} })}
            </p>
            <div class="chart__field">
                <Scale bars=bars />
                <div
                    class="chart__plot"
                    role="slider"
                    tabindex="0"
                    aria-label=label
                    aria-orientation="horizontal"
                    aria-valuemin="0"
                    aria-valuemax=move || last(count.get()).to_string()
                    aria-valuenow=move || at.get().to_string()
                    aria-valuetext=value_text
                    on:keydown=on_key
                    on:focus=move |_| active.set(Some(at.get_untracked()))
                    on:blur=move |_| active.set(None)
                    on:pointerdown=point
                    on:pointermove=point
                    on:pointerleave=move |_| active.set(None)
                >
                    <Plot bars=bars active=active />
                </div>
            </div>
            <Ends bars=bars />
            <Table columns=columns bars=bars />
        </div>
    }
}

#[component]
fn Scale(bars: Signal<Vec<ChartBar>>) -> impl IntoView {
    let top = Memo::new(move |_| bars.with(|bars| top(bars)));
    view! {
        <div class="chart__scale" aria-hidden="true">
            <span>{top}</span>
            <span>{move || top.get() / 2}</span>
            <span>"0"</span>
        </div>
    }
}

#[component]
fn Plot(bars: Signal<Vec<ChartBar>>, active: RwSignal<Option<usize>>) -> impl IntoView {
    const HEIGHT: f64 = 100.0;
    let drawn = move || {
        bars.with(|bars| {
            let top = f64::from(top(bars));
            let bar = |(index, bar): (usize, &ChartBar)| {
                let height = f64::from(bar.height) / top * HEIGHT;
                let on = move || active.get() == Some(index);
                view! {
                    <g class="chart__slot" class:chart__slot--active=on>
                        <rect class="chart__ground" x=index y="0" width="1" height=HEIGHT />
                        <rect
                            class="chart__bar"
                            x=index as f64 + 0.12
                            y=HEIGHT - height
                            width="0.76"
                            height=height
                        />
                    </g>
                }
            };
            bars.iter().enumerate().map(bar).collect_view()
        })
    };
    let view_box = move || format!("0 0 {} {HEIGHT}", bars.with(Vec::len).max(1));
    view! {
        <svg class="chart__svg" viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
            {drawn}
        </svg>
    }
}

/// Where the bars begin and end.
#[component]
fn Ends(bars: Signal<Vec<ChartBar>>) -> impl IntoView {
    let ends = move || {
        bars.with(|bars| {
            let label = |bar: Option<&ChartBar>| bar.map(|bar| bar.label.clone());
            (label(bars.first()), label(bars.last()))
        })
    };
    view! {
        <div class="chart__ends" aria-hidden="true">
            <span>{move || ends().0}</span>
            <span>{move || ends().1}</span>
        </div>
    }
}

#[component]
fn Table(columns: [&'static str; 2], bars: Signal<Vec<ChartBar>>) -> impl IntoView {
    let rows = move || {
        bars.with(|bars| {
            let filled = bars.iter().rev().filter(|bar| bar.height != 0);
            let row = |bar: &ChartBar| {
                view! {
                    <tr>
                        <th scope="row">{bar.label.clone()}</th>
                        <td>{bar.amount.clone()}</td>
                    </tr>
                }
            };
            filled.map(row).collect_view()
        })
    };
    view! {
        <details class="chart__table">
            <summary class="chart__summary">{t!(common.show_as_table)}</summary>
            <table class="table">
                <thead>
                    <tr>{columns.map(|name| view! { <th scope="col">{name}</th> })}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}

fn last(count: usize) -> usize {
    count.saturating_sub(1)
}

/// Where a key leads from the bar `at`.
fn step(key: &str, at: usize, count: usize) -> Option<usize> {
    let to = match key {
        "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
        "ArrowRight" | "ArrowUp" => at + 1,
        "PageDown" => at.saturating_sub(10),
        "PageUp" => at + 10,
        "Home" => 0,
        "End" => count,
        _ => return None,
    };
    Some(to.min(last(count)))
}

/// The end of the scale: a round number, no lower than the highest bar, that can be halved.
fn top(bars: &[ChartBar]) -> i32 {
    let highest = bars.iter().map(|bar| bar.height).max().unwrap_or(0).max(1);
    let mut unit = 1;
    loop {
        for step in [2, 4, 6, 8, 10] {
            if step * unit >= highest {
                return step * unit;
            }
        }
        match i32::checked_mul(unit, 10) {
            Some(larger) if larger <= i32::MAX / 10 => unit = larger,
            _ => return highest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number_above_all_bars() {
        for (highest, end) in [
            (0, 2),
            (1, 2),
            (3, 4),
            (10, 10),
            (11, 20),
            (61, 80),
            (1001, 2000),
        ] {
            let bar = ChartBar {
                height: highest,
                label: String::new(),
                amount: String::new(),
            };
            assert_eq!(top(&[bar]), end, "{highest}");
        }
        assert_eq!(top(&[]), 2);
    }

    #[test]
    fn keys_stay_within_the_bars() {
        assert_eq!(step("ArrowLeft", 0, 5), Some(0));
        assert_eq!(step("ArrowRight", 4, 5), Some(4));
        assert_eq!(step("End", 0, 5), Some(4));
        assert_eq!(step("PageUp", 1, 5), Some(4));
        assert_eq!(step("Tab", 1, 5), None);
    }
}
