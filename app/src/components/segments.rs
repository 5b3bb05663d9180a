use leptos::prelude::*;

/// One of a few, all of them in sight.
#[component]
pub(crate) fn Segments<T>(
    /// Of the group of radio buttons.
    name: &'static str,
    title: &'static str,
    options: Vec<(T, &'static str)>,
    #[prop(into)] chosen: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let option = move |(value, label): (T, &'static str)| {
        view! {
            <label class="segments__option">
                <input
                    class="visually-hidden"
                    type="radio"
                    name=name
                    prop:checked=move || chosen.get() == value
                    on:change=move |_| on_choose.run(value)
                />
                <span class="segments__label">{label}</span>
            </label>
        }
    };
    view! {
        <section class="section">
            <fieldset class="segments">
                <legend class="section__title">{title}</legend>
                <div class="segments__options">
                    {options.into_iter().map(option).collect_view()}
                </div>
            </fieldset>
        </section>
    }
}
