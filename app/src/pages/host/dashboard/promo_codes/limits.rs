//! How often and how long a promo code can be used, as it is typed.

use std::collections::BTreeMap;

use ::api::promo_codes::{PromoCode, UpdatePromoCode};
use ::api::{FieldErrors, Time};
use i18n::t;
use leptos::prelude::*;

use crate::components::{Field, FieldKind};
use crate::forms::FormErrors;
use crate::pages::host::edit::When;
use crate::pages::host::when::WhenFields;
use crate::zoned;

/// What stands in the fields.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    uses: RwSignal<String>,
    uses_per_person: RwSignal<String>,
    from: When<RwSignal<String>>,
    until: When<RwSignal<String>>,
}

impl Limits {
    /// None.
    pub(super) fn blank() -> Self {
        let text = || RwSignal::new(String::new());
        let when = || When {
            date: text(),
            time: text(),
            later: text(),
        };
        Self {
            uses: text(),
            uses_per_person: text(),
            from: when(),
            until: when(),
        }
    }

    /// Those of a code, by the clocks of `timezone`.
    pub(super) fn of(promo: &PromoCode, timezone: &str) -> Self {
        let limits = Self::blank();
        let number = |limit: Option<i32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        limits.uses.set(number(promo.max_uses));
        limits.uses_per_person.set(number(promo.max_per_user));
        for (fields, time) in [
            (limits.from, promo.starts_at),
            (limits.until, promo.ends_at),
        ] {
            let when = |time| When::at(time, zoned::wall, &zoned::moments, timezone);
            if let Some(when) = time.and_then(when) {
                fields.date.set(when.date);
                fields.time.set(when.time);
                fields.later.set(when.later);
            }
        }
        limits
    }

    /// What is typed, and what of it cannot be read.
    pub(super) fn read(self, timezone: &str) -> (UpdatePromoCode, FieldErrors) {
        let mut wrong = BTreeMap::new();
        let mut moment = |fields: When<RwSignal<String>>, field: &str| -> Option<Time> {
            let when = fields.map(&|text: &RwSignal<String>| text.get_untracked());
            if when.is_empty() {
                return None;
            }
            when.moment(timezone, &zoned::moments)
                .map_err(|sentence| wrong.insert(field.to_owned(), sentence.to_owned()))
                .ok()
        };
        let limits = UpdatePromoCode {
            starts_at: moment(self.from, "starts_at"),
            ends_at: moment(self.until, "ends_at"),
            max_uses: limit(&self.uses.get_untracked()),
            max_per_user: limit(&self.uses_per_person.get_untracked()),
        };
        (limits, FieldErrors(wrong))
    }
}

/// No number is no limit; what cannot be read is below every limit and refused at its field.
fn limit(text: &str) -> Option<i32> {
    match text.trim() {
        "" => None,
        number => Some(number.parse().unwrap_or(-1)),
    }
}

/// The fields; `id` begins the ids of each.
#[component]
pub(super) fn LimitFields(
    id: &'static str,
    limits: Limits,
    /// Where the event is.
    #[prop(into)]
    timezone: Signal<String>,
    errors: FormErrors,
) -> impl IntoView {
    let count = |name: &str, label: &'static str, value, field| {
        view! {
            <Field
                id=format!("{id}-{name}")
                label=label
                kind=FieldKind::Count
                value=value
                error=errors.of(field)
                autocomplete="off"
                hint=t!(host.uses_hint)
            />
        }
    };
    let moment = |name: &str,
                  labels: [&'static str; 2],
                  when: When<RwSignal<String>>,
                  field: &'static str| {
        view! {
            <WhenFields
                class="promo-form__row"
                id=format!("{id}-{name}")
                time_id=format!("{id}-{name}-time")
                labels=labels
                when=when
                timezone=timezone
                error=errors.of(field)
            />
        }
    };
    view! {
        <div class="promo-form__row">
            {count("uses", t!(host.uses), limits.uses, "max_uses")}
            {count("person", t!(host.uses_per_person), limits.uses_per_person, "max_per_user")}
        </div>
        {moment("from", [t!(host.from_date), t!(host.from_time)], limits.from, "starts_at")}
        {moment("until", [t!(host.until_date), t!(host.until_time)], limits.until, "ends_at")}
        <p class="field__note">{t!(host.window_hint)}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_no_limit() {
        assert_eq!(
            (limit(""), limit(" 5 "), limit("x")),
            (None, Some(5), Some(-1))
        );
    }
}
