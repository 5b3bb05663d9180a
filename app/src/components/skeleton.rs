use i18n::t;
use leptos::prelude::*;

/// What will be there.
#[derive(Clone, Copy)]
pub(crate) enum SkeletonShape {
    /// Event cards.
    Cards,
    /// Lines of a list.
    Rows,
    /// One of them.
    Row,
    /// A screen about one thing.
    Detail,
}

/// The outline of what is being loaded. It appears after 200 ms, so that fast answers do not flash.
#[component]
pub(crate) fn Skeleton(shape: SkeletonShape) -> impl IntoView {
    let (class, count) = match shape {
        SkeletonShape::Cards => ("skeleton skeleton--cards", 6),
        SkeletonShape::Rows => ("skeleton skeleton--rows", 5),
        SkeletonShape::Row => ("skeleton skeleton--rows", 1),
        SkeletonShape::Detail => ("skeleton skeleton--detail", 1),
    };
    let block = || {
        view! {
            <div class="skeleton__block">
                <div class="skeleton__picture"></div>
                <div class="skeleton__line"></div>
                <div class="skeleton__line skeleton__line--short"></div>
            </div>
        }
    };
    let says = match shape {
        SkeletonShape::Detail => {
            view! { <h1 class="visually-hidden">{t!(common.loading)}</h1> }.into_any()
        }
        _ => view! { <span class="visually-hidden">{t!(common.loading)}</span> }.into_any(),
    };
    view! {
        <div class=class role="status">
            {says}
            {(0..count).map(|_| block()).collect_view()}
        </div>
    }
}
