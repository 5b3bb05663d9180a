use ::api::EventId;
use ::api::staff::{AddStaff, Role, Staff, StaffMember};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::{Button, Field, FieldKind, Icon, IconButton, Select, use_toasts};
use crate::fetch::Fetch;
use crate::forms::{FormError, FormErrors};
use crate::pages::host::leave::{LeaveGuard, LeaveSheet};

/// Who helps with the event, for its organizer to choose.
#[component]
pub(super) fn StaffSection(id: EventId, staff: Fetch<Staff>) -> impl IntoView {
    let toasts = use_toasts();
    let remove = move |member: StaffMember| {
        spawn_local(async move {
            match api::remove_staff(id, member.id).await {
                Ok(()) => toasts.say(t!(host.no_longer_helps, email = member.email)),
                Err(error) => toasts.say(error.to_string()),
            }
            staff.reload();
        });
    };
    let rows = move || {
        let items = staff
            .value
            .get()
            .map(|staff| staff.items)
            .unwrap_or_default();
        items
            .into_iter()
            .map(|member| view! { <Member member=member on_remove=remove /> })
            .collect_view()
    };
    view! {
        <section class="dashboard__section">
            <h2 class="dashboard__subtitle">{t!(host.helpers)}</h2>
            <p class="muted">
                {t!(host.helpers_text)}
            </p>
            <ul class="helpers">{rows}</ul>
            <AddHelper id=id on_added=move |()| staff.reload() />
        </section>
    }
}

#[component]
fn Member(member: StaffMember, on_remove: impl Fn(StaffMember) + 'static) -> impl IntoView {
    let label = t!(host.remove_helper, email = &member.email);
    let role = match member.role {
        Role::Door => t!(host.door),
        Role::Manager | Role::Organizer => t!(host.manager),
    };
    view! {
        <li class="helpers__row">
            <Icon icon=icondata::LuUser />
            <div class="helpers__text">
                <p class="helpers__email" dir="auto">{member.email.clone()}</p>
                <p class="muted">{role}</p>
            </div>
            <IconButton
                icon=icondata::LuX
                label=label
                on_press=move || on_remove(member.clone())
            />
        </li>
    }
}

#[component]
fn AddHelper(id: EventId, #[prop(into)] on_added: Callback<()>) -> impl IntoView {
    let (email, role) = (
        RwSignal::new(String::new()),
        RwSignal::new("door".to_owned()),
    );
    let typed = Signal::derive(move || email.with(|email| !email.trim().is_empty()));
    let guard = LeaveGuard::new(typed, typed);
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = AddStaff {
            email: email.get_untracked(),
            role: match role.get_untracked().as_str() {
                "manager" => Role::Manager,
                _ => Role::Door,
            },
        };
        if busy.get_untracked() || !errors.check(body.validate()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::add_staff(id, &body).await {
                Ok(_) => {
                    email.try_set(String::new());
                    on_added.try_run(());
                }
                Err(error) => errors.refuse(&error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <form class="helpers__add" novalidate on:submit=add>
            <Field
                id="helper-email"
                label=t!(common.email)
                kind=FieldKind::Email
                value=email
                error=errors.of("email")
                autocomplete="off"
            />
            <Select
                id="helper-role"
                label=t!(host.may)
                value=role
                options=vec![
                    ("door".to_owned(), t!(host.scan_tickets).to_owned()),
                    ("manager".to_owned(), t!(host.scan_and_edit).to_owned()),
                ]
            />
            <Button submit=true busy=busy>
                {t!(host.add)}
            </Button>
        </form>
        <FormError errors=errors />
        <LeaveSheet guard=guard title=t!(common.discard_title) text=t!(common.discard_text) />
    }
}
