use ::api::tickets::PendingTransfer;
use i18n::{t, t_view};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Icon, Kind, use_toasts};
use crate::refresh::use_refresh;
use crate::{api, format};

/// In place of the code of a ticket that was sent: to whom, and the way to take it back.
#[component]
pub(crate) fn OnItsWay(transfer: PendingTransfer) -> impl IntoView {
    let toasts = use_toasts();
    let refresh = use_refresh();
    let busy = RwSignal::new(false);
    let take_back = move |()| {
        busy.set(true);
        spawn_local(async move {
            let answer = api::recall_transfer(transfer.id).await;
            busy.try_set(false);
            toasts.say(match answer {
                Ok(_) => t!(transfers.yours_again).to_owned(),
                Err(error) => error.to_string(),
            });
            refresh.all();
        });
    };
    let sent = format::ago(transfer.created_at, format::now());
    view! {
        <div class="ticket__mark">
            <div class="state__icon">
                <Icon icon=icondata::LuSend />
            </div>
            <p class="ticket__verdict">{t!(transfers.on_its_way)}</p>
            <p class="muted" dir="auto">
                {t_view!(transfers.sent_to, to = transfer.to, when = sent, <b> = <strong />)}
            </p>
            <Button kind=Kind::Quiet busy=busy on_press=take_back>
                {t!(transfers.take_back)}
            </Button>
        </div>
    }
}
