//! A list of guests: chosen as a file or pasted, and checked before anything happens.

use ::api::EventId;
use ::api::comps::{GUESTS_MAX_BYTES, GuestListPreview, Invited};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use super::choices::{Choices, ReadAs};
use super::preview::Preview;
use crate::api;
use crate::components::{Button, Icon, Kind, TextArea};
use crate::focus::focus_in_place;

/// A list that is being checked: where it comes from, and what it says.
#[derive(Clone, Copy)]
struct Checking {
    event: EventId,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    /// The name of the file, when the list is one.
    file_name: RwSignal<Option<String>>,
    file: StoredValue<Option<web_sys::File>, LocalStorage>,
    text: RwSignal<String>,
    preview: RwSignal<Option<GuestListPreview>>,
    /// Which check was begun last; the answer to another is too late.
    turn: StoredValue<u32>,
}

impl Checking {
    /// Has the list looked through by the server, which reads more kinds than the app could.
    fn check(self, read_as: ReadAs) {
        let Some(list) = self.list() else { return };
        if list.size() > GUESTS_MAX_BYTES as f64 {
            return self.error.set(Some(t!(give.too_large).to_owned()));
        }
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let read = api::preview_guests(self.event, &read_as.query(), &list).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match read {
                Ok(read) => self.preview.set(Some(read)),
                Err(refused) => self.error.set(Some(refused.to_string())),
            }
            self.busy.set(false);
        });
    }

    fn list(self) -> Option<web_sys::Blob> {
        if let Some(file) = self.file.get_value() {
            return Some(file.into());
        }
        let text = JsValue::from_str(&self.text.get_untracked());
        web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&text)).ok()
    }

    /// What is checked first: a file as it is, text as the browser sends it.
    fn anew(self) -> ReadAs {
        match self.file_name.with_untracked(Option::is_some) {
            true => ReadAs::default(),
            false => ReadAs::utf_8(),
        }
    }

    /// Does not wait for the answer to a check any more.
    fn stop(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.busy.set(false);
        self.error.set(None);
    }

    fn forget(self) {
        self.stop();
        self.preview.set(None);
    }
}

#[component]
pub(super) fn GuestFile(
    event: EventId,
    text: RwSignal<String>,
    guests: RwSignal<Vec<Invited>>,
    /// Whether those who have a ticket get another.
    again: RwSignal<bool>,
) -> impl IntoView {
    let checking = Checking {
        event,
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        file_name: RwSignal::new(None),
        file: StoredValue::new_local(None),
        text,
        preview: RwSignal::new(None),
        turn: StoredValue::new(0),
    };
    let Checking {
        busy,
        error,
        file_name,
        preview,
        ..
    } = checking;
    // What was checked is not what stands there any more.
    Effect::new(move |before: Option<()>| {
        text.track();
        if before.is_some() {
            checking.forget();
        }
    });
    Effect::new(move || {
        let again = again.get();
        let chosen = preview.with(|preview| {
            let listed = preview.iter().flat_map(|preview| &preview.guests);
            let chosen = listed.filter(|guest| again || !guest.has_ticket);
            chosen.map(invited).collect()
        });
        guests.set(chosen);
    });
    let change = move |read_as: Option<ReadAs>| match read_as {
        Some(read_as) => checking.check(read_as),
        None => checking.stop(),
    };
    let has_file = Memo::new(move |_| file_name.with(Option::is_some));
    view! {
        <div class="give__list">
            <FileField checking=checking />
            <Show when=move || !has_file.get()>
                <TextArea id="give-list" label=t!(give.paste) value=text error=error />
            </Show>
            <Show when=move || has_file.get()>
                <p class="form__error" role="alert">
                    {error}
                </p>
            </Show>
            <div>
                <Button
                    kind=Kind::Quiet
                    busy=busy
                    on_press=move |()| checking.check(checking.anew())
                >
                    {t!(give.look_through)}
                </Button>
            </div>
            <Choices
                preview=preview
                has_file=has_file
                on_change=change
            />
            {move || {
                preview.get().map(|preview| view! { <Preview preview=preview again=again /> })
            }}
        </div>
    }
}

fn invited(guest: &::api::comps::ListedGuest) -> Invited {
    Invited {
        name: guest.name.clone(),
        email: guest.email.clone(),
    }
}

/// Chooses a file, says which was chosen, and lets go of it.
#[component]
fn FileField(checking: Checking) -> impl IntoView {
    let file_name = checking.file_name;
    let choose = move |input: web_sys::HtmlInputElement| {
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        let Some(file) = file else { return };
        checking.forget();
        file_name.set(Some(file.name()));
        checking.file.set_value(Some(file));
        checking.check(ReadAs::default());
    };
    let input = NodeRef::<leptos::html::Input>::new();
    let remove = move |()| {
        checking.forget();
        checking.file.set_value(None);
        file_name.set(None);
        // The button that was pressed is gone.
        if let Some(input) = input.get_untracked() {
            focus_in_place(&input);
        }
    };
    view! {
        <div class="give__file">
            <input
                class="visually-hidden file-input"
                id="give-file"
                type="file"
                node_ref=input
                accept=".csv,.tsv,.txt,.xlsx,.vcf,text/csv,text/plain,text/vcard,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                on:change:target=move |event| choose(event.target())
            />
            <label class="button button--quiet" for="give-file">
                <span class="button__label">
                    <Icon icon=icondata::LuFileUp />
                    {t!(give.choose_file)}
                </span>
            </label>
            {move || {
                file_name
                    .get()
                    .map(|name| {
                        view! {
                            <span class="give__name" dir="auto">
                                {name}
                            </span>
                            <Button kind=Kind::Quiet on_press=remove>
                                {t!(give.remove_file)}
                            </Button>
                        }
                    })
            }}
        </div>
    }
}
