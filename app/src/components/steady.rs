use leptos::prelude::*;

/// Text that a press changes, in the room of the longest it can become: nothing below it moves.
#[component]
pub(crate) fn Steady(
    #[prop(into)] text: Signal<String>,
    /// What may come to stand here.
    #[prop(into)]
    longest: Signal<Vec<String>>,
) -> impl IntoView {
    let room = move || {
        let room =
            |text: String| view! { <span class="steady__room" aria-hidden="true">{text}</span> };
        longest.get().into_iter().map(room).collect_view()
    };
    view! {
        <span class="steady">
            <span>{text}</span>
            {room}
        </span>
    }
}
