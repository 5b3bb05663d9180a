//! What a source file says: the texts in it, and the names of those it takes from the catalogue.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprCall, ExprMethodCall, ItemFn, ItemMod, LitStr, Macro};

/// What attributes of views hold that is for the browser or for the style. All others hold texts.
const TECHNICAL: [&str; 47] = [
    "accept",
    "aria-autocomplete",
    "aria-busy",
    "aria-controls",
    "aria-current",
    "aria-describedby",
    "aria-hidden",
    "aria-invalid",
    "aria-labelledby",
    "aria-live",
    "aria-orientation",
    "aria-pressed",
    "autocapitalize",
    "autocomplete",
    "capture",
    "class",
    "d",
    "decoding",
    "dir",
    "enterkeyhint",
    "fill",
    "fill-rule",
    "for",
    "height",
    "href",
    "id",
    "inputmode",
    "loading",
    "maxlength",
    "name",
    "preserveAspectRatio",
    "rel",
    "role",
    "scope",
    "shape-rendering",
    "spellcheck",
    "stroke",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-width",
    "tabindex",
    "target",
    "time_id",
    "type",
    "value",
    "viewBox",
    "width",
];

/// What looks like a text and is none: names that browsers and other programs gave.
const NAMES: [&str; 42] = [
    "12-K7QF2M",
    "AbortError",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "Auto-Submitted",
    "Bearer {token}",
    "End",
    "Enter",
    "Esc",
    "Escape",
    "F5",
    "Home",
    "INPUT",
    "Intl",
    "NFD",
    "NotAllowedError",
    "NotFoundError",
    "OverconstrainedError",
    "PageDown",
    "PageUp",
    "QR_CODE",
    "TEXTAREA",
    "Tab",
    "UTC",
    "__TAURI__",
    "en-US",
    "text/calendar; charset=utf-8; method={method}",
    "%H:%M",
    "%Y-%m-%d",
    "%m/%d/%Y, %H:%M:%S",
    ".error-summary, [aria-invalid=true]",
    "M{x} {y}h{length}v1h-{length}z",
    "{user} {name}",
    "input:not([type=checkbox]), select, textarea, dialog",
    "Europe/Berlin",
    "#main h1[tabindex]",
    ".promo--applied button",
    "a, button, input, select, textarea, summary",
    "a, button, input, select, textarea, summary, label, video",
    "{top:.0}px auto",
];

/// The macros that take texts from the catalogue.
const TAKES_TEXTS: [&str; 4] = ["t", "t_view", "td_string", "in_catalogue"];

#[derive(Default)]
pub(crate) struct Found {
    /// Texts that are not from the catalogue, with their lines.
    pub(crate) texts: Vec<(usize, String)>,
    /// `events.going`
    pub(crate) names: BTreeSet<String>,
}

pub(crate) fn scan(source: &str) -> Found {
    let file = syn::parse_file(source).expect("Rust");
    let mut found = Found::default();
    found.visit_file(&file);
    found
}

impl Found {
    fn note(&mut self, literal: &LitStr, is_text: fn(&str) -> bool) {
        let text = literal.value();
        if is_text(&text) {
            self.texts.push((literal.span().start().line, text));
        }
    }

    /// The texts that a macro takes from the catalogue: what looks like `events.going` up to a comma.
    fn note_names(&mut self, called: &str, tokens: TokenStream) {
        if !TAKES_TEXTS.contains(&called) {
            return;
        }
        let mut path = String::new();
        for token in tokens {
            match token {
                TokenTree::Punct(point) if point.as_char() == ',' => {
                    self.names.insert(std::mem::take(&mut path));
                }
                other => path += &other.to_string(),
            }
        }
        self.names.insert(path);
    }

    /// Tokens of a macro whose grammar is its own. In a view what follows `name=` is an attribute,
    /// and what stands alone is shown.
    fn walk(&mut self, tokens: TokenStream, in_view: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Literal(literal) => {
                    let Ok(literal) = syn::parse_str::<LitStr>(&literal.to_string()) else {
                        continue;
                    };
                    let literal = LitStr::new(&literal.value(), token.span());
                    match attribute(&tokens[..index]).filter(|_| in_view) {
                        Some(name) if is_technical(&name) => {}
                        Some(_) => self.note(&literal, has_letters),
                        None if in_view && is_child(&tokens, index) => {
                            self.note(&literal, has_letters);
                        }
                        None => self.note(&literal, looks_like_a_text),
                    }
                }
                TokenTree::Group(group) => self.walk_group(&tokens[..index], group, in_view),
                _ => {}
            }
        }
    }

    fn walk_group(&mut self, before: &[TokenTree], group: &Group, in_view: bool) {
        let inside = group.stream();
        let is_attribute =
            matches!(before.last(), Some(TokenTree::Punct(mark)) if mark.as_char() == '#');
        if is_attribute {
            return;
        }
        if let Some(name) = called(before) {
            let of_attribute = attribute(&before[..before.len() - 2]).filter(|_| in_view);
            match name.as_str() {
                "view" => return self.walk(inside, true),
                "env" => return,
                name => self.note_names(name, inside.clone()),
            }
            if of_attribute.is_some_and(|name| is_technical(&name)) {
                return;
            }
        }
        // In braces is Rust again.
        let in_view = in_view && group.delimiter() == Delimiter::None;
        self.walk(inside, in_view);
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if !is_test(&function.attrs) {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        // What `expect` says is for those who read a crash.
        if call.method == "expect" {
            return self.visit_expr(&call.receiver);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        // What is wrong inside is for those who read the log.
        let of_the_log = |path: &syn::ExprPath| {
            path.path
                .segments
                .last()
                .is_some_and(|name| name.ident == "internal")
        };
        if !matches!(&*call.func, Expr::Path(path) if of_the_log(path)) {
            visit::visit_expr_call(self, call);
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast LitStr) {
        self.note(literal, looks_like_a_text);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let name = called
            .path
            .segments
            .last()
            .map(|name| name.ident.to_string());
        match name.as_deref() {
            Some("view") => self.walk(called.tokens.clone(), true),
            Some("env" | "json" | "path") => {}
            name => {
                self.note_names(name.unwrap_or_default(), called.tokens.clone());
                self.walk(called.tokens.clone(), false);
            }
        }
    }
}

fn is_technical(attribute: &str) -> bool {
    let of_style = attribute.starts_with("class:") || attribute.starts_with("style:");
    of_style || TECHNICAL.contains(&attribute)
}

fn is_test(attributes: &[Attribute]) -> bool {
    let tests = |attribute: &Attribute| {
        let is_cfg = attribute.path().is_ident("cfg");
        let condition = attribute
            .meta
            .require_list()
            .map(|list| list.tokens.to_string());
        is_cfg && condition.is_ok_and(|tokens| tokens.contains("test") && !tokens.contains("not"))
    };
    attributes.iter().any(tests)
}

/// The macro that these tokens call, if they end with a name and `!`.
fn called(before: &[TokenTree]) -> Option<String> {
    let [.., TokenTree::Ident(name), TokenTree::Punct(mark)] = before else {
        return None;
    };
    (mark.as_char() == '!').then(|| name.to_string())
}

/// The attribute whose value comes after these tokens: `aria-label=`, `class:on=`.
fn attribute(before: &[TokenTree]) -> Option<String> {
    let (TokenTree::Punct(equals), before) = before.split_last()? else {
        return None;
    };
    if equals.as_char() != '=' {
        return None;
    }
    let mut name = String::new();
    let mut wants_ident = true;
    for token in before.iter().rev() {
        match token {
            TokenTree::Ident(part) if wants_ident => name.insert_str(0, &part.to_string()),
            TokenTree::Punct(joint) if !wants_ident && matches!(joint.as_char(), '-' | ':') => {
                name.insert(0, joint.as_char());
            }
            _ => break,
        }
        wants_ident = !wants_ident;
    }
    (!name.is_empty()).then_some(name)
}

/// Whether a literal is between tags or beside other children, not in an expression.
fn is_child(tokens: &[TokenTree], index: usize) -> bool {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == '>',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Literal(_) => true,
        TokenTree::Ident(_) => false,
    };
    let begins = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == '<',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Literal(_) => true,
        TokenTree::Ident(_) => false,
    };
    index
        .checked_sub(1)
        .is_none_or(|before| ends(&tokens[before]))
        && tokens.get(index + 1).is_none_or(begins)
}

/// Outside of the places for values and of tags.
fn letters(text: &str) -> String {
    let mut depth = 0;
    let outside = |letter: &char| {
        match letter {
            '{' | '<' => depth += 1,
            '}' | '>' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(outside).collect()
}

fn has_letters(text: &str) -> bool {
    !NAMES.contains(&text) && letters(text).contains(char::is_alphabetic)
}

/// `margin:0;color:red`
fn is_style(text: &str) -> bool {
    let is_property = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let mut declarations = text.split(';');
    declarations.all(|one| {
        one.split_once(':')
            .is_some_and(|(name, _)| is_property(name))
    })
}

/// `EventCancelled`
fn is_type_name(text: &str) -> bool {
    let capitals = text.chars().filter(char::is_ascii_uppercase).count();
    capitals > 1
        && text.chars().all(|c| c.is_ascii_alphabetic())
        && text.contains(char::is_lowercase)
}

/// Several words, or one that begins like a sentence.
fn looks_like_a_text(text: &str) -> bool {
    if is_style(text) || is_type_name(text) {
        return false;
    }
    let outside = letters(text);
    let words: Vec<&str> = outside.split_whitespace().collect();
    let has_word = |word: &&&str| word.contains(char::is_alphabetic);
    let is_class = |word: &&str| {
        let css = |letter: char| letter.is_ascii_lowercase() || "-_0123456789".contains(letter);
        word.chars().all(css)
    };
    let classes = words.iter().all(is_class) && outside.contains(['-', '_']);
    let sentence = outside.trim_start().starts_with(char::is_uppercase);
    let several =
        outside.trim().contains(' ') || outside.starts_with(' ') || outside.ends_with(' ');
    has_letters(text)
        && !classes
        && words.iter().any(|word| has_word(&word))
        && (sentence || several)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let function = format!("fn f() {{ {source} }}");
        scan(&function)
            .texts
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn texts_are_found_wherever_they_stand() {
        for (source, text) in [
            (r#"say("Link copied.");"#, "Link copied."),
            (r#"let label = format!("{count} left");"#, "{count} left"),
            (r#"view! { <p>"ticket"</p> };"#, "ticket"),
            (r#"view! { <p>{count} " left"</p> };"#, " left"),
            (r#"view! { <Heading text="Tickets" /> };"#, "Tickets"),
            (r#"view! { <nav aria-label="main"></nav> };"#, "main"),
            (
                r#"view! { <p>{if one { "One" } else { "Many of them" }}</p> };"#,
                "One",
            ),
            (
                r#"view! { <Show when=x fallback=|| view! { <p>"none"</p> }></Show> };"#,
                "none",
            ),
            (
                r#"format!("<p>Box Office: {text}</p>");"#,
                "<p>Box Office: {text}</p>",
            ),
            (r#"move || { one.then(|| view! { <b>"in"</b> }) };"#, "in"),
        ] {
            assert!(texts(source).contains(&text.to_owned()), "{source}");
        }
    }

    #[test]
    fn what_is_for_programs_is_no_text() {
        for source in [
            r#"get("theme");"#,
            r#"let class = "badge badge--good";"#,
            r#"view! { <p class="muted wide" id="x">{t!(common.sign_in)}</p> };"#,
            r#"view! { <p>{a} " · " {b}</p> };"#,
            r#"format!("/events/{id}/buy");"#,
            r#"value.expect("A number is there");"#,
            r#"format!("{kind} · {place}");"#,
            r#"let style = "margin:0 16px;color:red";"#,
            r#"format!("<p style=\"{PAGE}\">{text}</p>");"#,
            r#"let kind = "EventCancelled";"#,
            r#"Error::internal("a page without a size");"#,
        ] {
            assert_eq!(texts(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn names_are_read_from_every_kind_of_use() {
        let found = scan(
            r"fn f() {
                t!(events.going, count = 3);
                view! { <p title=t!(common.close)>{move || t_view!(you.link_sent, <b> = <b />)}</p> };
                leptos_i18n::td_string!(language, you.language_name);
            }",
        );
        for name in [
            "common.close",
            "events.going",
            "you.language_name",
            "you.link_sent",
        ] {
            assert!(found.names.contains(name), "{name}");
        }
    }
}
