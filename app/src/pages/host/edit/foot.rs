use std::time::Duration;

use ::api::EventId;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fields::Part;
use super::notify::{Answer, NotifySheet};
use super::saver::{Progress, Saver};
use crate::components::{Button, Icon, Kind, use_toasts};
use crate::forms::FormErrors;
use crate::history::{use_go_back, use_replace};
use crate::mark::mark_page;
use crate::{api, route};

/// How saving goes, and the last step: to publish, or to save what is public.
#[component]
pub(super) fn Foot(saver: Saver, errors: FormErrors) -> impl IntoView {
    let action = if saver.published {
        view! { <SaveButton saver=saver errors=errors /> }.into_any()
    } else {
        view! { <PublishButton saver=saver errors=errors /> }.into_any()
    };
    mark_page("has-foot-bar");
    view! {
        <div class="foot-bar editor-foot">
            <SaveStatus saver=saver />
            {action}
        </div>
    }
}

#[component]
fn SaveStatus(saver: Saver) -> impl IntoView {
    let words = Memo::new(move |_| words(&saver.progress.get(), saver.published));
    let saved = move || saver.progress.get() == Progress::Saved;
    let failed = move || matches!(saver.progress.get(), Progress::Failed(_)) && !saver.published;
    let again = move |()| {
        spawn_local(async move {
            // The indicator says how it went.
            let _saved = saver.save_draft().await;
        });
    };
    view! {
        <div class="save-status">
            <p class="save-status__words" role="status">
                <Show when=saved>
                    <Icon icon=icondata::LuCheck />
                </Show>
                {words}
            </p>
            <Show when=failed>
                <Button kind=Kind::Plain on_press=again>
                    {t!(common.try_again)}
                </Button>
            </Show>
        </div>
    }
}

fn words(progress: &Progress, published: bool) -> String {
    match progress {
        Progress::Clean if published => t!(edit.is_public).to_owned(),
        Progress::Clean => String::new(),
        Progress::Changed if published => t!(edit.not_saved_yet).to_owned(),
        Progress::Changed | Progress::Saving => t!(edit.saving).to_owned(),
        Progress::Saved => t!(edit.saved).to_owned(),
        Progress::Partly(parts) => t!(edit.saved_but, parts = Part::names(parts)),
        Progress::Untitled => t!(edit.needs_title).to_owned(),
        Progress::Failed(sentence) => t!(edit.not_saved, reason = sentence),
    }
}

#[component]
fn PublishButton(saver: Saver, errors: FormErrors) -> impl IntoView {
    let toasts = use_toasts();
    let replace = use_replace();
    let busy = RwSignal::new(false);
    let press = move |()| {
        if !errors.check(untrack(|| saver.form.check()).map(drop)) {
            return;
        }
        busy.set(true);
        let replace = replace.clone();
        spawn_local(async move {
            let answer = publish(saver).await;
            busy.try_set(false);
            match answer {
                Ok(Some(id)) => {
                    replace(&route::host_event(id));
                    toasts.say_with_link(t!(host.is_live), t!(host.see_it), route::event(id));
                }
                Ok(None) => {}
                Err(error) => errors.refuse(&error),
            }
        });
    };
    view! {
        <Button busy=busy on_press=press>
            {t!(host.publish)}
        </Button>
    }
}

async fn publish(saver: Saver) -> Result<Option<EventId>, api::Error> {
    let Some(id) = saver.save_draft().await? else {
        return Ok(None);
    };
    api::publish_event(id).await?;
    saver.refresh_list();
    Ok(Some(id))
}

/// Saves what is public. Where that moves the event, the organizer is asked first how to tell people.
#[component]
fn SaveButton(saver: Saver, errors: FormErrors) -> impl IntoView {
    let toasts = use_toasts();
    let go_back = use_go_back();
    let busy = RwSignal::new(false);
    let people = RwSignal::new(None::<i32>);
    let answer = StoredValue::new(None::<Answer>);
    let done = Callback::new(
        move |(id, said, answer): (EventId, &'static str, Answer)| match answer {
            Ok(_) => {
                toasts.say(said);
                go_back(&route::host_event(id));
            }
            Err(error) => errors.refuse(&error),
        },
    );
    let press = move |()| {
        let Some(id) = saver.id.get_untracked() else {
            return;
        };
        if !errors.check(untrack(|| saver.form.check()).map(drop)) {
            return;
        }
        let moves = saver.moves();
        busy.set(true);
        spawn_local(async move {
            let told = match moves {
                true => api::audience(id).await.map(|audience| audience.people),
                false => Ok(0),
            };
            match told {
                Ok(0) => {
                    let answer = saver.save_all(id, None).await;
                    done.try_run((id, t!(edit.changes_public), answer));
                }
                Ok(told) => {
                    people.try_set(Some(told));
                }
                Err(error) => errors.refuse(&error),
            }
            busy.try_set(false);
        });
    };
    let sheet = move || {
        let (people_told, id) = people.get().zip(saver.id.get_untracked())?;
        let close = move |()| {
            people.set(None);
            // The sheet has a page of the history: the screen is left from the one below.
            if let Some(answer) = answer.try_update_value(Option::take).flatten() {
                let leave = move || {
                    done.try_run((id, t!(edit.changes_told), answer));
                };
                set_timeout(leave, Duration::ZERO);
            }
        };
        let keep = move |new| answer.set_value(Some(new));
        Some(view! {
            <NotifySheet saver=saver id=id people=people_told on_answer=keep on_close=close />
        })
    };
    view! {
        <Button busy=busy on_press=press>
            {t!(edit.save_changes)}
        </Button>
        {sheet}
    }
}
