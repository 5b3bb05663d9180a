use i18n::t;
use leptos::prelude::*;

use super::edit::{LATER, When};
use crate::components::{Field, FieldKind, Select};
use crate::zoned;

/// A date and a time, and which of the two where the clocks are put back over it.
#[component]
pub(super) fn WhenFields(
    /// Of the row that date and time are in.
    class: &'static str,
    /// Of the date, which the error belongs to.
    #[prop(into)]
    id: String,
    #[prop(into)] time_id: String,
    /// Of date and time.
    labels: [&'static str; 2],
    /// Of which of several things.
    #[prop(optional, into)]
    of: Signal<String>,
    when: When<RwSignal<String>>,
    #[prop(into)] timezone: Signal<String>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let [date, time] = labels;
    let which_id = format!("{id}-which");
    let comes_twice = Memo::new(move |_| {
        let typed = when.map(&|text: &RwSignal<String>| text.get());
        let choices = timezone.with(|timezone| typed.choices(timezone, &zoned::moments));
        choices.is_some()
    });
    let which = move || {
        let options = [("", t!(edit.before_change)), (LATER, t!(edit.after_change))];
        let owned = |(value, words): (&str, &str)| (value.to_owned(), words.to_owned());
        view! {
            <Select
                id=which_id.clone()
                label=t!(edit.comes_twice)
                value=when.later
                options=options.map(owned).to_vec()
            />
        }
    };
    view! {
        <div class=class>
            <Field id=id label=date of=of kind=FieldKind::Date value=when.date error=error />
            <Field id=time_id label=time of=of kind=FieldKind::Time value=when.time />
        </div>
        <Show when=move || comes_twice.get()>{which.clone()}</Show>
    }
}
