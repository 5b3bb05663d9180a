use leptos::prelude::*;

/// How much of a whole something is. Decorative: the numbers are beside it.
#[component]
pub(crate) fn Meter(
    #[prop(into)] part: Signal<i32>,
    #[prop(into)] whole: Signal<i32>,
) -> impl IntoView {
    let share = move || {
        let whole = f64::from(whole.get().max(1));
        (f64::from(part.get()) / whole).clamp(0.0, 1.0) * 100.0
    };
    let full = move || part.get() >= whole.get();
    view! {
        <div class="meter" aria-hidden="true">
            <div
                class="meter__fill"
                class:meter__fill--full=full
                style:inline-size=move || format!("{:.1}%", share())
            ></div>
        </div>
    }
}
