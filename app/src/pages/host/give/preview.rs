//! What a list says: who would get a ticket, who has one, and which rows cannot be used.

use ::api::comps::{GuestListPreview, ListedGuest, RowProblem};
use i18n::t;
use leptos::prelude::*;

use crate::components::{Button, Kind, Pick};
use crate::{api, format};

/// How many rows of a kind are shown at first.
const SHOWN: usize = 5;

fn count(length: usize) -> format::Count {
    format::Count(i32::try_from(length).unwrap_or(i32::MAX))
}

#[component]
pub(super) fn Preview(preview: GuestListPreview, again: RwSignal<bool>) -> impl IntoView {
    let GuestListPreview {
        guests,
        problems,
        more_problems,
        ..
    } = preview;
    let (having, new): (Vec<_>, Vec<_>) = guests.into_iter().partition(|guest| guest.has_ticket);
    let found = match new.len() {
        0 => t!(give.nobody).to_owned(),
        many => t!(give.guests, count = count(many)),
    };
    let wrong = match problems.len() + usize::try_from(more_problems).unwrap_or(usize::MAX) {
        0 => None,
        many => Some(t!(give.left_out, count = count(many))),
    };
    let have = (!having.is_empty()).then(|| {
        let many = count(having.len());
        view! {
            <p class="give__wrong">{t!(give.have, count = many)}</p>
            <Rows rows=having.into_iter().map(Row::guest).collect() />
            <Pick
                label=t!(give.again)
                chosen=again
                on_change=move |chosen| again.set(chosen)
            />
        }
    });
    let wrong = wrong.map(|wrong| {
        view! {
            <p class="give__wrong">{wrong}</p>
            <Rows rows=problems.into_iter().map(Row::problem).collect() />
        }
    });
    view! {
        <div class="give__preview" role="status">
            <p class="give__found">{found}</p>
            <Rows rows=new.into_iter().map(Row::guest).collect() />
            {have}
            {wrong}
        </div>
    }
}

/// A row of the list, as it is shown.
#[derive(Clone)]
struct Row {
    line: Option<String>,
    text: String,
    /// Said more quietly beside it.
    email: Option<String>,
    /// What stands in the file.
    cells: Option<String>,
}

impl Row {
    fn guest(guest: ListedGuest) -> Self {
        Self {
            line: None,
            text: guest.name,
            email: Some(guest.email),
            cells: None,
        }
    }

    fn problem(problem: RowProblem) -> Self {
        Self {
            line: Some(t!(give.line, number = problem.line)),
            text: api::sentence(&problem.problem),
            email: None,
            cells: Some(problem.text),
        }
    }

    fn view(self) -> impl IntoView {
        let line = self.line.map(|line| view! { <b>{line} " "</b> });
        let email = self
            .email
            .map(|email| view! { <span class="muted">" · " {email}</span> });
        let cells = self.cells.map(|cells| {
            view! {
                <span class="give__line" dir="auto">
                    {cells}
                </span>
            }
        });
        view! { <li>{line} <bdi>{self.text}</bdi> {email} {cells}</li> }
    }
}

/// The first rows, and the others when they are asked for.
#[component]
fn Rows(rows: Vec<Row>) -> impl IntoView {
    let all = RwSignal::new(false);
    let rest = rows.len().saturating_sub(SHOWN);
    let has_more = rest > 0;
    let rows = StoredValue::new(rows);
    let shown = move || {
        let many = if all.get() { usize::MAX } else { SHOWN };
        let shown = rows.with_value(|rows| rows.iter().take(many).cloned().collect::<Vec<_>>());
        shown.into_iter().map(Row::view).collect_view()
    };
    view! {
        <ul>{shown}</ul>
        <Show when=move || has_more>
            <div>
                // It stays where it is pressed, and so does the keyboard.
                <Button kind=Kind::Quiet on_press=move |()| all.update(|all| *all = !*all)>
                    {move || match all.get() {
                        true => t!(give.show_fewer).to_owned(),
                        false => t!(give.show_more, count = count(rest)),
                    }}
                </Button>
            </div>
        </Show>
    }
}
