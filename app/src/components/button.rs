use leptos::prelude::*;

use super::Spinner;

/// How much a button asks for attention.
#[derive(Clone, Copy, Default)]
pub(crate) enum Kind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Another good thing to do.
    Quiet,
    /// Looks like a link.
    Plain,
    /// Takes something away.
    Danger,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button--primary",
            Self::Quiet => "button button--quiet",
            Self::Plain => "button button--plain",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button. While `busy` it shows that, keeps its size, and cannot be pressed again.
#[component]
pub(crate) fn Button(
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] kind: Kind,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Sends the form it is in.
    #[prop(optional)]
    submit: bool,
    #[prop(optional)] wide: bool,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let press = move |_| {
        if let Some(on_press) = on_press
            && !busy.get_untracked()
        {
            on_press.run(());
        }
    };
    view! {
        <button
            id=id
            class=kind.class()
            class:button--wide=wide
            type=if submit { "submit" } else { "button" }
            disabled=disabled
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            <span class="button__label">{children()}</span>
            {move || busy.get().then(|| view! { <Spinner /> })}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub(crate) fn LinkButton(
    #[prop(optional)] kind: Kind,
    #[prop(optional)] wide: bool,
    /// The page it is on is left out of the history.
    #[prop(optional)]
    replace: bool,
    #[prop(into)] href: String,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() class:button--wide=wide href=href prop:replace=replace>
            <span class="button__label">{children()}</span>
        </a>
    }
}
