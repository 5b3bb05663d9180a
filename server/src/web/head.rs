//! What a page says of its event to those who do not run the app: chats and search engines.

use api::Time;
use api::events::{EventDetail, SaleState};
use chrono::SecondsFormat;
use chrono_tz::Tz;
use i18n::Language;
use leptos_i18n::td_string;
use serde_json::{Value, json};

use super::preview;
use crate::events::recent::Event;
use crate::html::escape;

/// Chats show about this much.
const DESCRIPTION_MAX: usize = 200;

/// The app's page in a language, and in the theme that somebody chose.
pub(super) fn in_look(page: &str, language: Language, theme: Option<&str>) -> String {
    let description = escape(td_string!(language, common.about_app));
    let page = with_description(page, &description);
    let page = replace_between(&page, "<html lang=\"", "\"", i18n::tag(language));
    replace_between(&page, "data-theme=\"", "\"", theme.unwrap_or_default())
}

/// The page leaves it to the app's script when the rest of the app is fetched.
pub(super) fn without_preload(page: &str) -> String {
    let parts = page
        .split_once("<link rel=\"preload\"")
        .and_then(|(before, rest)| {
            let (_, after) = rest.split_once("/>")?;
            Some([before, after].concat())
        });
    parts.unwrap_or_else(|| page.to_owned())
}

fn with_description(page: &str, text: &str) -> String {
    let start = "<meta name=\"description\" content=\"";
    replace_between(page, start, "\" />", text)
}

/// The app's page with its title, description and preview told of `event`.
pub(super) fn with_event(page: &str, event: &Event, public_url: &str) -> String {
    let facts = Facts::of(event, public_url);
    let language = i18n::tag(event.organizer.language);
    let page = replace_between(page, "<html lang=\"", "\"", language);
    let page = replace_between(&page, "<title>", "</title>", &escape(&facts.page_title()));
    let page = with_description(&page, &escape(&facts.description));
    page.replacen("</head>", &format!("{}  </head>", facts.tags()), 1)
}

fn replace_between(page: &str, start: &str, end: &str, text: &str) -> String {
    let parts = page.split_once(start).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some([before, start, text, end, after].concat())
    });
    parts.unwrap_or_else(|| page.to_owned())
}

/// What a link calls the event.
pub(super) fn title(event: &Event) -> String {
    let (about, language) = (&event.detail.summary, event.organizer.language);
    match about.state {
        SaleState::Cancelled => {
            td_string!(language, letters.cancelled_subject, event = &about.title)
        }
        _ => about.title.clone(),
    }
}

/// When it is, as its organizer writes it.
pub(super) fn when(event: &Event) -> String {
    let about = &event.detail.summary;
    event
        .organizer
        .occasion(about.starts_at, about.ends_at, &about.timezone)
}

struct Facts<'a> {
    event: &'a EventDetail,
    brand: &'static str,
    title: String,
    description: String,
    url: String,
    picture: String,
    /// Of the generated picture; the organizer's has any.
    size: Option<(u32, u32)>,
}

impl<'a> Facts<'a> {
    fn of(whole: &'a Event, public_url: &str) -> Self {
        let event = &whole.detail;
        let (about, language) = (&event.summary, whole.organizer.language);
        let title = title(whole);
        let when = when(whole);
        let place = [about.venue.as_str(), about.city.as_str()].join(", ");
        let text = format!("{when} · {place}. {}", event.description);
        let url = format!("{public_url}/events/{}", about.id);
        let (picture, size) = match &about.cover_url {
            Some(cover) => (format!("{public_url}{cover}"), None),
            None => (format!("{url}/preview.png"), Some(preview::SIZE)),
        };
        Self {
            event,
            brand: td_string!(language, common.brand),
            title: one_line(&title),
            description: shorten(&one_line(&text), DESCRIPTION_MAX),
            url,
            picture,
            size,
        }
    }

    fn page_title(&self) -> String {
        format!("{} · {}", self.title, self.brand)
    }

    fn tags(&self) -> String {
        let mut tags = String::new();
        let properties = [
            ("og:site_name", self.brand),
            ("og:type", "website"),
            ("og:title", &self.title),
            ("og:description", &self.description),
            ("og:url", &self.url),
            ("og:image", &self.picture),
            ("og:image:alt", &self.title),
        ];
        for (property, content) in properties {
            tags += &meta("property", property, content);
        }
        if let Some((width, height)) = self.size {
            tags += &meta("property", "og:image:width", &width.to_string());
            tags += &meta("property", "og:image:height", &height.to_string());
        }
        tags += &meta("name", "twitter:card", "summary_large_image");
        tags += &format!(
            "  <link rel=\"canonical\" href=\"{}\" />\n  ",
            escape(&self.url)
        );
        // In a script nothing is escaped; a `<` could end it.
        let data = self.structured().to_string().replace('<', "\\u003c");
        tags += &format!("  <script type=\"application/ld+json\">{data}</script>\n");
        tags
    }

    /// The event in the words of schema.org, as search engines list it.
    fn structured(&self) -> Value {
        let (event, about) = (self.event, &self.event.summary);
        let status = match about.state {
            SaleState::Cancelled => "EventCancelled",
            _ => "EventScheduled",
        };
        let offers = about.price_from.map(|price| {
            let amount = price.to_string();
            let mut offer = json!({
                "@type": "AggregateOffer",
                "url": self.url,
                "lowPrice": amount.split(' ').next(),
                "priceCurrency": price.currency,
            });
            if let Some(availability) = availability(about.state) {
                offer["availability"] = json!(format!("https://schema.org/{availability}"));
            }
            let begins = event
                .ticket_types
                .iter()
                .filter_map(|kind| kind.sale_starts_at);
            if let (SaleState::NotYet, Some(begins)) = (about.state, begins.min()) {
                offer["validFrom"] = json!(local(begins, &about.timezone));
            }
            offer
        });
        let mut address = json!({"@type": "PostalAddress"});
        for (name, part) in [
            ("streetAddress", &event.address),
            ("addressLocality", &about.city),
        ] {
            if !part.is_empty() {
                address[name] = json!(part);
            }
        }
        json!({
            "@context": "https://schema.org",
            "@type": "Event",
            "name": about.title,
            "description": self.description,
            "startDate": local(about.starts_at, &about.timezone),
            "endDate": local(about.ends_at, &about.timezone),
            "eventStatus": format!("https://schema.org/{status}"),
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "image": [self.picture],
            "url": self.url,
            "location": {
                "@type": "Place",
                "name": about.venue,
                "address": address,
            },
            "organizer": {"@type": "Organization", "name": event.organizer.name},
            "offers": offers,
        })
    }
}

/// Whether tickets can be had, in the words of schema.org; none where it has no word for why not.
fn availability(state: SaleState) -> Option<&'static str> {
    match state {
        SaleState::OnSale | SaleState::FewLeft => Some("InStock"),
        SaleState::SoldOut => Some("SoldOut"),
        SaleState::NotYet => Some("PreOrder"),
        SaleState::Paused | SaleState::Closed | SaleState::Cancelled | SaleState::Ended => None,
    }
}

/// By the clock where the event is, with what that is from UTC.
fn local(time: Time, timezone: &str) -> String {
    let zone: Tz = timezone.parse().unwrap_or(Tz::UTC);
    time.with_timezone(&zone)
        .to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn meta(kind: &str, name: &str, content: &str) -> String {
    format!(
        "  <meta {kind}=\"{name}\" content=\"{}\" />\n  ",
        escape(content)
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters, ended at a word.
fn shorten(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.to_owned();
    };
    let whole = text[..end].rfind(' ').unwrap_or(end);
    format!("{}…", text[..whole].trim_end_matches([' ', '.', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_at_a_word() {
        assert_eq!(shorten("short", 10), "short");
        assert_eq!(shorten("one two three", 9), "one two…");
        assert_eq!(shorten("ääääää", 3), "äää…");
    }

    #[test]
    fn the_page_of_the_app_has_what_is_replaced() {
        let page = include_str!("../../../app/index.html");
        for (start, end) in [
            ("<html lang=\"", "\""),
            ("data-theme=\"", "\""),
            ("<title>", "</title>"),
            ("<meta name=\"description\" content=\"", "\" />"),
            ("<link rel=\"preload\"", "/>"),
        ] {
            let other = replace_between(page, start, end, "something else");
            assert!(other.contains(&format!("{start}something else{end}")));
        }
        for tag in ["</head>", "<body>"] {
            assert_eq!(page.matches(tag).count(), 1, "{tag}");
        }
    }
}
