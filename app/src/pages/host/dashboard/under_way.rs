use ::api::host::{HostEvent, Task};
use i18n::t;
use leptos::prelude::*;

use super::Open;
use crate::components::Meter;
use crate::format;

/// What is being done to the event's tickets in the background, and how far that is.
#[component]
pub(super) fn UnderWay(open: Open) -> impl IntoView {
    let of = move |task: fn(&HostEvent) -> Option<Task>| {
        Memo::new(move |_| open.event.value.with(|event| event.as_ref().and_then(task)))
    };
    let refunding = of(|event| event.refunding);
    let giving = of(|event| event.giving);
    view! {
        <Progress label=t!(host.refunding) task=refunding />
        <Progress label=t!(host.giving) task=giving />
    }
}

#[component]
fn Progress(label: &'static str, task: Memo<Option<Task>>) -> impl IntoView {
    let part = Signal::derive(move || task.get().map_or(0, |task| task.done));
    let whole = Signal::derive(move || task.get().map_or(0, |task| task.total));
    let words = move || {
        t!(
            host.progress,
            what = label,
            done = format::Count(part.get()),
            all = format::Count(whole.get())
        )
    };
    view! {
        <Show when=move || task.get().is_some()>
            <section class="under-way" role="status">
                <p>{words}</p>
                <Meter part=part whole=whole />
            </section>
        </Show>
    }
}
