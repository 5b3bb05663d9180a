use i18n::t;
use leptos::prelude::*;

use super::Sheet;
use crate::components::{Button, Kind};
use crate::history::Close;

/// Asks before something is lost by leaving it. Back from the question is to stay.
#[component]
pub(crate) fn Question(
    title: &'static str,
    #[prop(into)] text: Signal<String>,
    /// What leaving is called here.
    leave: &'static str,
    #[prop(into)] on_stay: Callback<()>,
    #[prop(into)] on_leave: Callback<()>,
) -> impl IntoView {
    let close = Close::known_to_back(move || on_stay.run(()));
    view! {
        <Sheet title=title on_close=close>
            <p>{text}</p>
            <div class="actions">
                <Button on_press=on_stay>{t!(common.keep_editing)}</Button>
                <Button kind=Kind::Danger on_press=on_leave>
                    {leave}
                </Button>
            </div>
        </Sheet>
    }
}
