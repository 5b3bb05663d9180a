use leptos::prelude::*;

/// Something to choose or not, with a note and, at its end, what it comes to. What cannot be chosen
/// says why in its note.
#[component]
pub(crate) fn Pick(
    #[prop(into)] label: String,
    #[prop(optional_no_strip)] note: Option<String>,
    #[prop(optional_no_strip)] end: Option<String>,
    #[prop(into)] chosen: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="pick" class:pick--closed=disabled>
            <input
                class="pick__box"
                type="checkbox"
                prop:checked=chosen
                disabled=disabled
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span class="pick__text">
                <span class="pick__label" dir="auto">{label}</span>
                {note.map(|note| view! { <span class="pick__note" dir="auto">{note}</span> })}
            </span>
            {end.map(|end| view! { <span class="pick__end" dir="auto">{end}</span> })}
        </label>
    }
}
