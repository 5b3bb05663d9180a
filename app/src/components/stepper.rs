use i18n::t;
use leptos::prelude::*;

use super::Icon;

/// A number and the buttons to change it. A button that cannot be used says why beside it, so it
/// stays in reach of the keyboard.
#[component]
pub(crate) fn Stepper(
    /// What is counted, for screen readers.
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<i32>,
    #[prop(into)] can_add: Signal<bool>,
    /// There are no fewer.
    #[prop(optional)]
    least: i32,
    #[prop(into)] on_change: Callback<i32>,
) -> impl IntoView {
    let less = move |_| {
        let value = value.get_untracked();
        if value > least {
            on_change.run(value - 1);
        }
    };
    let more = move |_| {
        if can_add.get_untracked() {
            on_change.run(value.get_untracked() + 1);
        }
    };
    let no = |disabled: bool| if disabled { "true" } else { "false" };
    view! {
        <div class="stepper" role="group" aria-label=label.clone()>
            <button
                class="stepper__button"
                type="button"
                aria-label=t!(common.one_less, what = &label)
                aria-disabled=move || no(value.get() <= least)
                on:click=less
            >
                <Icon icon=icondata::LuMinus />
            </button>
            <output class="stepper__value" aria-live="polite">
                {value}
            </output>
            <button
                class="stepper__button"
                type="button"
                aria-label=t!(common.one_more, what = &label)
                aria-disabled=move || no(!can_add.get())
                on:click=more
            >
                <Icon icon=icondata::LuPlus />
            </button>
        </div>
    }
}
