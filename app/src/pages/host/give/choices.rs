//! How a list is read: what the server found out, to be corrected.

use ::api::comps::{GuestListPreview, ListColumn};
use i18n::t;
use leptos::prelude::*;

use crate::components::Select;

/// The most columns that make a name.
const NAMES_MAX: usize = 4;

/// How a list is to be read, where it is not left to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReadAs {
    encoding: Option<String>,
    columns: Option<(Vec<usize>, Option<usize>)>,
}

impl ReadAs {
    /// Text that was pasted.
    pub(super) fn utf_8() -> Self {
        Self {
            encoding: Some("utf-8".to_owned()),
            columns: None,
        }
    }

    /// The same as the server is asked.
    pub(super) fn query(&self) -> String {
        let mut query = Vec::new();
        if let Some(encoding) = &self.encoding {
            query.push(format!("encoding={encoding}"));
        }
        if let Some((names, email)) = &self.columns {
            let names: Vec<String> = names.iter().map(usize::to_string).collect();
            if !names.is_empty() {
                query.push(format!("names={}", names.join(",")));
            }
            if let Some(email) = email {
                query.push(format!("email={email}"));
            }
        }
        query.join("&")
    }
}

/// The encodings that programs save in, and what uses each.
fn encodings() -> Vec<(String, String)> {
    [
        ("utf-8", t!(give.utf_8)),
        ("utf-16le", t!(give.utf_16)),
        ("windows-1252", t!(give.western)),
        ("windows-1250", t!(give.central)),
        ("windows-1257", t!(give.baltic)),
        ("windows-1251", t!(give.cyrillic)),
        ("windows-1253", t!(give.greek)),
        ("windows-1254", t!(give.turkish)),
        ("macintosh", t!(give.mac)),
        ("shift_jis", t!(give.japanese)),
        ("gbk", t!(give.chinese)),
        ("euc-kr", t!(give.korean)),
    ]
    .map(|(label, words)| (label.to_owned(), words.to_owned()))
    .into()
}

/// The columns and the encoding that were taken, each of which can be another. They stay while a
/// list is read once more, so that the keyboard stays where it is.
#[component]
pub(super) fn Choices(
    preview: RwSignal<Option<GuestListPreview>>,
    has_file: Memo<bool>,
    /// With what was chosen; with nothing when that is again what was found.
    #[prop(into)]
    on_change: Callback<Option<ReadAs>>,
) -> impl IntoView {
    let encoding = RwSignal::new(String::new());
    let email = RwSignal::new(String::new());
    let names: [RwSignal<String>; NAMES_MAX] = std::array::from_fn(|_| RwSignal::default());
    let columns = Memo::new(move |_| {
        preview.with(|preview| preview.as_ref().map(|preview| preview.columns.clone()))
    });
    let found = Memo::new(move |_| {
        preview.with(|preview| {
            let preview = preview.as_ref()?;
            let encoding = preview.encoding.clone();
            Some((encoding, preview.names.clone(), preview.email))
        })
    });
    Effect::new(move || {
        let Some((found_encoding, found_names, found_email)) = found.get() else {
            return;
        };
        encoding.set(found_encoding.unwrap_or_default());
        email.set(found_email.map_or_else(String::new, |column| column.to_string()));
        for (at, name) in names.iter().enumerate() {
            let column = found_names.get(at).map(usize::to_string);
            name.set(column.unwrap_or_default());
        }
    });
    // What differs from what was found was chosen.
    Effect::new(move || {
        let chosen_names: Vec<usize> = names
            .iter()
            .filter_map(|name| name.get().parse().ok())
            .collect();
        let chosen_email = email.get().parse().ok();
        let chosen_encoding = encoding.get();
        let Some((found_encoding, found_names, found_email)) = found.get_untracked() else {
            return;
        };
        let other_encoding = found_encoding
            .as_ref()
            .is_some_and(|found| *found != chosen_encoding);
        let other_columns = (&chosen_names, chosen_email) != (&found_names, found_email);
        on_change.run(if other_encoding {
            // Its columns may be others.
            Some(ReadAs {
                encoding: Some(chosen_encoding),
                columns: None,
            })
        } else if other_columns {
            Some(ReadAs {
                encoding: found_encoding,
                columns: Some((chosen_names, chosen_email)),
            })
        } else {
            None
        });
    });
    let shows_encoding = Memo::new(move |_| {
        let text = found.with(|found| {
            found
                .as_ref()
                .is_some_and(|(encoding, ..)| encoding.is_some())
        });
        has_file.get() && text
    });
    let chosen = Memo::new(move |_| {
        found.with(|found| found.as_ref().map_or(0, |(_, names, _)| names.len()))
    });
    let selects = move || {
        let columns = columns.get().filter(|columns| columns.len() > 1)?;
        let all = options(&columns);
        // There is always a name, and an address.
        let some = all[1..].to_vec();
        let more = (0..NAMES_MAX).map(|at| {
            let (label, options) = match at {
                0 => (t!(give.name_column), some.clone()),
                _ => (t!(give.name_then), all.clone()),
            };
            view! {
                <Show when=move || at <= chosen.get()>
                    <Select
                        id=format!("give-name-{at}")
                        label=label
                        value=names[at]
                        options=options.clone()
                    />
                </Show>
            }
        });
        let more = more.collect_view();
        Some(view! {
            {more}
            <Select id="give-email-column" label=t!(give.email_column) value=email options=some />
        })
    };
    view! {
        <div class="give__columns">
            {selects}
            <Show when=move || shows_encoding.get()>
                <Select
                    id="give-encoding"
                    label=t!(give.encoding)
                    hint=t!(give.encoding_hint)
                    value=encoding
                    options=with(encodings(), encoding.get_untracked())
                />
            </Show>
        </div>
    }
}

/// The options, with the one that is chosen though it is rare.
fn with(mut options: Vec<(String, String)>, chosen: String) -> Vec<(String, String)> {
    if !options.iter().any(|(label, _)| *label == chosen) {
        options.push((chosen.clone(), chosen));
    }
    options
}

/// Each column by its title and what stands in it, and none.
fn options(columns: &[ListColumn]) -> Vec<(String, String)> {
    let none = (String::new(), t!(give.no_column).to_owned());
    let column = |(at, column): (usize, &ListColumn)| {
        let title = match column.title.as_str() {
            "" => t!(give.column, number = at + 1),
            title => title.to_owned(),
        };
        let words = match column.example.as_str() {
            "" => title,
            example => format!("{title} · {example}"),
        };
        (at.to_string(), words)
    };
    std::iter::once(none)
        .chain(columns.iter().enumerate().map(column))
        .collect()
}
