//! Every screen in every state, on real data: for the pictures of `cargo xtask screens`, and for
//! the test that everyone can use all of it. The list is in `list.rs`.

mod list;
mod stage;
mod visit;

pub use list::SCREENS;
pub use stage::Stage;
pub use visit::Guest;

/// A screen in a state.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// What it is called: the screen, a slash, the state.
    pub name: &'static str,
    /// Who looks at it.
    pub who: Visitor,
    /// Where it is. What is in braces is on the stage.
    pub path: &'static str,
    /// A text that is on it, and on no other state of it.
    pub shows: &'static str,
    /// What is done before it looks like that.
    pub steps: &'static [Step],
    /// Whether the network keeps every answer of these endpoints back.
    pub held: &'static [&'static str],
    /// Whether something is still going on.
    pub unfinished: bool,
    /// Whether text is twice as large as usual.
    pub large_text: bool,
    /// Whether the person has colours of their own.
    pub forced_colors: bool,
    /// Whether it is more of what another screen has, which says as much of who can use it.
    pub repeats: bool,
    /// Whether its picture has all of it, however long.
    pub whole: bool,
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// Signed out.
    Nobody,
    /// Buys tickets.
    Ada,
    /// Puts on events.
    Olga,
    /// Has just created an account, and got a ticket from Ada.
    Nina,
}

/// What happens on the way to a state.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Presses the first button whose name holds this.
    Press(&'static str),
    /// Ticks a box.
    Tick(&'static str),
    /// Writes into a field: its label, and what.
    Fill(&'static str, &'static str),
    /// Goes to another path within the app, which loads nothing anew.
    Go(&'static str),
    /// Waits for a text.
    See(&'static str),
    /// Deletes the offline cache.
    Forget,
    /// The network breaks off.
    Offline,
    /// The server stops.
    Stop,
    /// Others buy all that is left of an event.
    SellOut(&'static str),
    /// Others put on five hundred events.
    PutOnMany,
    /// What would go away by itself stays from now on.
    Stay,
    /// Scrolls on and on until the list is at its end.
    LoadAll,
}

impl Visitor {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nobody, Self::Ada, Self::Olga, Self::Nina];

    /// The address of their account.
    fn email(self) -> Option<&'static str> {
        match self {
            Self::Nobody => None,
            Self::Ada => Some("ada@example.com"),
            Self::Olga => Some("olga@example.com"),
            Self::Nina => Some("nina@example.com"),
        }
    }

    /// What someone sees at a path.
    const fn sees(self, name: &'static str, path: &'static str, shows: &'static str) -> Screen {
        Screen {
            name,
            who: self,
            path,
            shows,
            steps: &[],
            held: &[],
            unfinished: false,
            large_text: false,
            forced_colors: false,
            repeats: false,
            whole: false,
        }
    }
}

impl Screen {
    /// Whether it is there as soon as one goes to its path.
    pub fn is_plain(&self) -> bool {
        self.steps.is_empty() && !self.unfinished && !self.large_text && !self.forced_colors
    }

    /// Whether everything on it works, in usual colours and sizes: nothing is awaited or typed, and
    /// neither the network nor the server is gone.
    pub fn is_whole(&self) -> bool {
        let breaks = |step: &Step| {
            matches!(
                step,
                Step::Offline
                    | Step::Stop
                    | Step::SellOut(_)
                    | Step::PutOnMany
                    | Step::Stay
                    | Step::Fill(..)
            )
        };
        let usual = !self.unfinished && !self.large_text && !self.forced_colors;
        usual && !self.repeats && !self.steps.iter().any(breaks)
    }

    /// After these steps.
    const fn after(self, steps: &'static [Step]) -> Self {
        Self { steps, ..self }
    }

    /// While answers to these are awaited.
    const fn awaiting(self, held: &'static [&'static str]) -> Self {
        Self {
            held,
            unfinished: true,
            ..self
        }
    }

    /// With something still going on.
    const fn unfinished(self) -> Self {
        Self {
            unfinished: true,
            ..self
        }
    }

    /// With text twice as large.
    const fn in_large_text(self) -> Self {
        Self {
            large_text: true,
            ..self
        }
    }

    /// In colours of the person's own.
    const fn in_forced_colors(self) -> Self {
        Self {
            forced_colors: true,
            ..self
        }
    }

    /// Nothing but more of another screen.
    const fn repeats(self) -> Self {
        Self {
            repeats: true,
            ..self
        }
    }

    /// With a picture of all of it.
    const fn whole(self) -> Self {
        Self {
            whole: true,
            ..self
        }
    }
}
