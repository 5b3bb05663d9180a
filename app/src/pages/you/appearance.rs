use i18n::t;
use leptos::prelude::*;

use crate::components::Segments;
use crate::theme::Theme;

/// Light, dark, or as the system has it.
#[component]
pub(super) fn Appearance() -> impl IntoView {
    let chosen = RwSignal::new(Theme::kept());
    let choose = move |theme: Theme| {
        chosen.set(theme);
        theme.keep();
    };
    view! {
        <Segments
            name="theme"
            title=t!(you.appearance)
            options=Theme::ALL.map(|theme| (theme, theme.label())).to_vec()
            chosen=chosen
            on_choose=choose
        />
    }
}
