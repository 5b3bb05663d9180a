use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::Icon;
use super::field::{Labelled, Note};

/// One of the values that a [`Combo`] offers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComboOption {
    pub(crate) value: String,
    /// What it is called.
    pub(crate) label: String,
    /// What tells it from others of the same name.
    pub(crate) note: String,
    /// What finds it too; a value that is one of these stands for it.
    pub(crate) also: Vec<String>,
}

impl ComboOption {
    fn is(&self, value: &str) -> bool {
        self.value == value || self.also.iter().any(|also| also == value)
    }

    /// How well it matches what is typed, best first; none when it does not.
    fn rank(&self, typed: &str) -> Option<u8> {
        let label = folded(&self.label);
        let words = |text: &str| {
            let text = folded(&text.replace(['/', '_'], " "));
            text.contains(typed)
        };
        match () {
            () if typed.is_empty() => Some(0),
            () if label.starts_with(typed) => Some(0),
            () if label.contains(typed) => Some(1),
            () if words(&self.value) || words(&self.note) => Some(2),
            () if self.also.iter().any(|also| words(also)) => Some(3),
            () => None,
        }
    }
}

/// One of many values, found by typing part of its name: the list below what is typed is gone through
/// with the arrow keys.
#[component]
pub(crate) fn Combo(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<ComboOption>>,
    /// What is said where nothing is found.
    none: &'static str,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let note = Note::new(&id, error, hint);
    let (invalid, described_by) = (note.invalid(), note.described_by());
    let list_id = format!("{id}-list");
    // What is typed, while it is looked for.
    let typed = RwSignal::new(None::<String>);
    let active = RwSignal::new(0_usize);
    let list = NodeRef::<html::Ul>::new();
    let chosen = Memo::new(move |_| {
        let value = value.get();
        let of = |options: &Vec<ComboOption>| {
            let option = options.iter().find(|option| option.is(&value));
            option.map(|option| option.label.clone())
        };
        options.with(of).unwrap_or(value)
    });
    let found = Memo::new(move |_| {
        let typed = typed.get()?;
        Some(options.with(|options| find(options, &typed)))
    });
    let open = Memo::new(move |_| typed.with(Option::is_some));
    let show = move |text: String| {
        active.set(0);
        typed.set(Some(text));
    };
    let close = move || typed.set(None);
    let choose = Callback::new(move |option: String| {
        value.set(option);
        close();
    });
    let at = move |index: usize| {
        let option = |found: &Option<Vec<ComboOption>>| {
            let option = found.as_ref()?.get(index)?;
            Some(option.value.clone())
        };
        found.with_untracked(option)
    };
    let step = move |by: isize| {
        let count = found.with_untracked(|found| found.as_ref().map_or(0, Vec::len));
        if count > 0 {
            let next = active.get_untracked() as isize + by;
            active.set(next.rem_euclid(count as isize) as usize);
            keep_in_sight(list, active.get_untracked());
        }
    };
    let strike = move |event: ev::KeyboardEvent| {
        let is_open = open.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if !is_open => show(String::new()),
            "ArrowDown" => step(1),
            "ArrowUp" if is_open => step(-1),
            "Enter" if is_open => {
                if let Some(option) = at(active.get_untracked()) {
                    choose.run(option);
                }
            }
            // What the list lies on is not closed with it.
            "Escape" if is_open => {
                event.stop_propagation();
                close();
            }
            _ => return,
        }
        event.prevent_default();
    };
    // Who types a whole name has chosen.
    let leave = move |_| {
        let named = typed.get_untracked().and_then(|typed| {
            let typed = folded(typed.trim());
            let is_named = |option: &&ComboOption| folded(&option.label) == typed;
            options.with_untracked(|options| options.iter().find(is_named).cloned())
        });
        match named {
            Some(option) => choose.run(option.value),
            None => close(),
        }
    };
    let option_id = {
        let list_id = list_id.clone();
        move |index: usize| format!("{list_id}-{index}")
    };
    let active_id = {
        let option_id = option_id.clone();
        move || open.get().then(|| option_id(active.get()))
    };
    let rows = {
        let option_id = option_id.clone();
        move || {
            let found = found.get().unwrap_or_default();
            if found.is_empty() {
                return view! { <li class="combo__none">{none}</li> }.into_any();
            }
            let row = |(index, option): (usize, ComboOption)| {
                let value = option.value.clone();
                view! {
                    <li
                        class="combo__option"
                        role="option"
                        id=option_id(index)
                        aria-selected=move || (active.get() == index).to_string()
                        on:click=move |_| choose.run(value.clone())
                    >
                        <span>{option.label}</span>
                        <span class="combo__note">{option.note}</span>
                    </li>
                }
            };
            found
                .into_iter()
                .enumerate()
                .map(row)
                .collect_view()
                .into_any()
        }
    };
    let (list_name, owned) = (label.clone(), list_id.clone());
    view! {
        <Labelled id=id.clone() label=label note=note>
            <div class="select combo">
                <input
                    class="field__input select__input"
                    id=id
                    type="text"
                    role="combobox"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    aria-autocomplete="list"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=owned
                    aria-activedescendant=active_id
                    aria-invalid=invalid
                    aria-describedby=described_by
                    placeholder=chosen
                    prop:value=move || typed.get().unwrap_or_else(|| chosen.get())
                    on:input:target=move |event| show(event.target().value())
                    on:click=move |_| {
                        if !open.get_untracked() {
                            show(String::new());
                        }
                    }
                    on:keydown=strike
                    on:blur=leave
                />
                <Icon icon=icondata::LuChevronDown />
                <Show when=move || open.get()>
                    <ul
                        class="combo__list"
                        id=list_id.clone()
                        role="listbox"
                        aria-label=list_name.clone()
                        node_ref=list
                        // A press on the list leaves the field the focus.
                        on:mousedown=|event: ev::MouseEvent| event.prevent_default()
                    >
                        {rows.clone()}
                    </ul>
                </Show>
            </div>
        </Labelled>
    }
}

/// Those that match, best first.
fn find(options: &[ComboOption], typed: &str) -> Vec<ComboOption> {
    let typed = folded(typed.trim());
    let ranked = options
        .iter()
        .filter_map(|option| Some((option.rank(&typed)?, option)));
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked
        .into_iter()
        .map(|(_, option)| option.clone())
        .collect()
}

/// Without capitals and accents: how people look for a name.
pub(crate) fn folded(text: &str) -> String {
    let text = text.to_lowercase();
    #[cfg(target_arch = "wasm32")]
    let text = String::from(js_sys::JsString::from(text.as_str()).normalize("NFD"));
    let is_accent = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    text.chars().filter(|c| !is_accent(*c)).collect()
}

/// Scrolls the list to the option that is gone to.
fn keep_in_sight(list: NodeRef<html::Ul>, index: usize) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let nth = format!("li:nth-child({})", index + 1);
    let option = list.query_selector(&nth).ok().flatten();
    let Some(option) = option.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    let (top, height) = (option.offset_top(), option.offset_height());
    let (seen, room) = (list.scroll_top(), list.client_height());
    if top < seen {
        list.set_scroll_top(top);
    } else if top + height > seen + room {
        list.set_scroll_top(top + height - room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_any_part_of_it_and_the_best_comes_first() {
        let option = |value: &str, label: &str, also: &[&str]| ComboOption {
            value: value.to_owned(),
            label: label.to_owned(),
            note: value.split('/').next().unwrap_or_default().to_owned(),
            also: also.iter().map(|also| (*also).to_owned()).collect(),
        };
        let options = [
            option("Asia/Kolkata", "Kalkutta", &["Asia/Calcutta"]),
            option("America/New_York", "New York", &["US/Eastern"]),
            option(
                "America/North_Dakota/New_Salem",
                "New Salem, North Dakota",
                &[],
            ),
            option("Europe/London", "London", &["GB"]),
        ];
        let found = |typed: &str| {
            let found = find(&options, typed);
            let labels: Vec<String> = found.into_iter().map(|option| option.label).collect();
            labels.join("; ")
        };
        assert_eq!(found("new york"), "New York");
        assert_eq!(found("NEW"), "New York; New Salem, North Dakota");
        assert_eq!(found("dakota"), "New Salem, North Dakota");
        assert_eq!(found("kolkata"), "Kalkutta");
        assert_eq!(found("calcutta"), "Kalkutta");
        assert_eq!(found("america"), "New York; New Salem, North Dakota");
        assert_eq!(found("atlantis"), "");
        assert_eq!(find(&options, " ").len(), 4);
        assert!(options[0].is("Asia/Calcutta"));
    }
}
