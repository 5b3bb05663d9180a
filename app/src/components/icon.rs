use leptos::prelude::*;

/// A decorative picture in the size of the text around it. The words beside it carry the meaning.
#[component]
pub(crate) fn Icon(icon: icondata::Icon) -> impl IntoView {
    view! {
        <span class="icon" aria-hidden="true">
            <svg
                width="1em"
                height="1em"
                viewBox=icon.view_box
                fill=icon.fill.unwrap_or("currentColor")
                stroke=icon.stroke
                stroke-width=icon.stroke_width
                stroke-linecap=icon.stroke_linecap
                stroke-linejoin=icon.stroke_linejoin
                inner_html=icon.data
            ></svg>
        </span>
    }
}
