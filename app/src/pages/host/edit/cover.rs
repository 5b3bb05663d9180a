use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saver::Saver;
use super::shrink::shrunk;
use crate::components::{Button, Cover, Icon, Kind, Spinner};
use crate::feed::use_feeds;
use crate::{api, api::Error};

/// The picture: the organizer's, else the poster that every event has.
#[component]
pub(super) fn CoverSection(saver: Saver) -> impl IntoView {
    let feeds = use_feeds();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let hovered = RwSignal::new(false);
    let run = move |picture: Option<web_sys::File>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = put_up(saver, picture).await;
            busy.try_set(false);
            error.try_set(answer.err());
            feeds.event_changed();
        });
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        hovered.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(picture) = files.and_then(|files| files.get(0)) {
            run(Some(picture));
        }
    };
    let drag_over = move |event: ev::DragEvent| {
        event.prevent_default();
        hovered.set(true);
    };
    view! {
        <section class="editor__section">
            <h2 class="editor__title">{t!(edit.picture)}</h2>
            <div
                class="cover-field"
                class:cover-field--hovered=hovered
                on:dragover=drag_over
                on:dragleave=move |_| hovered.set(false)
                on:drop=drop
            >
                <div class="cover-field__picture">
                    <EventCover saver=saver />
                    <Show when=move || busy.get()>
                        <div class="cover-field__busy">
                            <Spinner />
                        </div>
                    </Show>
                </div>
                <div class="cover-field__text">
                    <p class="muted">
                        {t!(edit.picture_text)}
                    </p>
                    <div class="actions">
                        <PictureInput busy=busy on_choose=move |picture| run(Some(picture)) />
                        <Show when=move || saver.cover_url.with(Option::is_some)>
                            <Button kind=Kind::Plain on_press=move |()| run(None)>
                                {t!(edit.remove_picture)}
                            </Button>
                        </Show>
                    </div>
                    <p class="field__error" role="status">
                        {move || if busy.get() { Some(t!(edit.working).to_owned()) } else { error.get() }}
                    </p>
                </div>
            </div>
        </section>
    }
}

/// The event's picture as it is now, or the poster it has without one.
#[component]
pub(super) fn EventCover(saver: Saver) -> impl IntoView {
    move || view! { <Cover id=saver.id_to_be() cover_url=saver.cover_url.get() /> }
}

#[component]
fn PictureInput(
    busy: RwSignal<bool>,
    on_choose: impl Fn(web_sys::File) + 'static,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        if let Some(picture) = input.files().and_then(|files| files.get(0)) {
            on_choose(picture);
        }
        // So that the same file can be chosen again.
        input.set_value("");
    };
    view! {
        <input
            class="visually-hidden file-input"
            id="event-cover"
            type="file"
            accept="image/jpeg,image/png,image/webp"
            disabled=busy
            node_ref=input
            on:change=chosen
        />
        <label class="button button--quiet" for="event-cover">
            <span class="button__label">
                <Icon icon=icondata::LuImagePlus />
                {t!(edit.choose_picture)}
            </span>
        </label>
    }
}

/// Puts `picture` up, or takes the one there is down. A new event is saved first.
async fn put_up(saver: Saver, picture: Option<web_sys::File>) -> Result<(), String> {
    let picture = match &picture {
        Some(picture) if picture.type_().starts_with("image/") => {
            let small = shrunk(picture).await;
            Some(small.ok_or(t!(fields.not_a_picture))?)
        }
        Some(_) => return Err(t!(fields.not_a_picture).to_owned()),
        None => None,
    };
    let id = match saver.id.get_untracked() {
        Some(id) => Some(id),
        None => saver
            .save_draft()
            .await
            .map_err(|error| error.to_string())?,
    };
    let id = id.ok_or(t!(edit.title_first))?;
    let answer = match picture {
        Some(picture) => api::put_cover(id, &picture).await,
        None => api::delete_cover(id).await,
    };
    let event = answer.map_err(|error| words(&error))?;
    saver.cover_url.try_set(event.cover_url);
    Ok(())
}

fn words(error: &Error) -> String {
    let of_field = error
        .problem()
        .and_then(|problem| problem.errors.get("cover"));
    of_field.map_or_else(|| error.to_string(), |said| api::sentence(said))
}
