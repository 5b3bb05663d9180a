use std::io::Write;
use std::process::{Command, Stdio};

use api::events::EventRef;
use api::tickets::TicketState;
use api::{Currency, EventId, Money, Time};

use super::*;

/// Titles of concerts, and names, in scripts of the world.
const SCRIPTS: [(&str, &str, &str); 22] = [
    ("Latin", "Łódź – ąęśćżź, Đặng & Þórðar", "Þórður Đặng"),
    ("Greek", "Συναυλία στην Αθήνα", "Ελένη Παπαδοπούλου"),
    ("Cyrillic", "Концерт в Києві, ґанок", "Їжак Ґалаґан"),
    ("Armenian", "Համերգ Երևանում", "Արամ Խաչատրյան"),
    ("Georgian", "კონცერტი თბილისში", "ნინო ბერიძე"),
    ("Hebrew", "קונצרט בתל אביב", "נועה כהן"),
    ("Arabic", "حفلة موسيقية في القاهرة", "فاطمة الزهراء"),
    ("Persian", "کنسرت در تهران ۱۴۰۵", "پژمان گلچین"),
    ("Urdu", "لاہور میں کنسرٹ", "نصرت فتح"),
    ("Hindi", "दिल्ली में संगीत समारोह", "श्रीकृष्ण क्षत्रिय"),
    ("Bengali", "কলকাতায় কনসার্ট", "রবীন্দ্রনাথ ঠাকুর"),
    ("Tamil", "சென்னையில் இசை நிகழ்ச்சி", "கோவிந்தன்"),
    ("Telugu", "హైదరాబాద్‌లో కచేరీ", "శ్రీనివాస్"),
    ("Gujarati", "અમદાવાદમાં સંગીત", "નરેન્દ્ર"),
    ("Thai", "คอนเสิร์ตที่กรุงเทพมหานคร", "สมชาย ใจดี"),
    ("Lao", "ຄອນເສີດຢູ່ວຽງຈັນ", "ສົມພອນ"),
    ("Khmer", "ការប្រគុំតន្ត្រីនៅភ្នំពេញ", "សុខា"),
    ("Amharic", "ኮንሰርት በአዲስ አበባ", "አበበ ቢቂላ"),
    ("Chinese", "北京國家大劇院音樂會 上海音乐会", "王小明"),
    ("Japanese", "東京の夜コンサート", "山田 太郎"),
    ("Korean", "서울 콘서트의 밤", "김철수"),
    ("Emoji", "Party 🎉👩‍👩‍👧‍👦🏳️‍🌈 🇩🇪 ☀️", "Zoë 💃"),
];

const CODE: &str = "TICKET-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789-ABCDEFGHIJKLMNOPQRSTUV";

fn ticket(title: &str, holder: &str) -> Ticket {
    let starts_at: Time = "2031-03-04T19:00:00Z".parse().expect("a time");
    Ticket {
        event: EventRef {
            id: EventId::nil(),
            title: title.to_owned(),
            starts_at,
            ends_at: starts_at + chrono::TimeDelta::hours(3),
            timezone: "Europe/Berlin".to_owned(),
            venue: format!("Venue {holder}"),
            address: "Street 1".to_owned(),
            city: "Berlin".to_owned(),
            cover_url: None,
            cancelled: false,
            sequence: 0,
        },
        number: 12,
        ticket_type: holder.to_owned(),
        holder: holder.to_owned(),
        state: TicketState::Valid,
        checked_in_at: None,
        transfer: None,
        code: Some(CODE.to_owned()),
        short_code: Some("12-K7QF2M".to_owned()),
        due: Some(Money::new(2500, Currency::EUR)),
        order_id: None,
        asked_back_by: None,
        revoked_because: None,
    }
}

fn fonts() -> Fonts {
    Fonts::new(None)
}

fn with<T>(fonts: &Fonts, locale: &str, look: impl FnOnce(&Holder<'_>) -> T) -> T {
    look(&Holder {
        reader: &Reader::of(locale),
        email: "ada@example.com",
        fonts,
    })
}

/// Runs a program on this input.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("`cargo xtask setup` installs {program}: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // Anyone who has read enough hears no more.
        let _heard = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("written");
    output.stdout
}

fn text_of(pdf: &[u8]) -> String {
    let text = run("pdftotext", &["-layout", "-", "-"], pdf);
    String::from_utf8(text).expect("text")
}

/// Letters and digits alone, in one form, sorted: in which order a reader of PDF tells those that run
/// from right to left is its own affair.
fn letters_of(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    letters.sort_unstable();
    letters
}

#[test]
fn every_script_is_written_and_no_letter_is_lost() {
    let fonts = fonts();
    for (script, title, name) in SCRIPTS {
        for text in [title, name] {
            let room = Room {
                width: 200.0,
                lines: 3,
            };
            let block = fonts.fit(text, true, &[12.0], room);
            let block = block.unwrap_or_else(|| panic!("{script}: {text} is in no font"));
            let glyphs = block.lines.iter().flat_map(|line| &line.runs);
            let glyphs: Vec<u32> = glyphs.flat_map(|run| &run.glyphs).map(|g| g.id).collect();
            assert!(
                !glyphs.is_empty() && glyphs.iter().all(|id| *id != 0),
                "{script}: {text}"
            );
            assert_eq!(letters_of(&block.text), letters_of(text), "{script}");
        }
    }
}

#[test]
fn what_is_written_can_be_read_back() {
    let fonts = fonts();
    for script in [
        "Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Chinese", "Japanese", "Korean",
    ] {
        let (_, title, name) = SCRIPTS.iter().find(|of| of.0 == script).expect("a script");
        let pdf = with(&fonts, "en", |holder| {
            draw(holder, &[ticket(title, name)]).expect("a PDF")
        });
        let read = text_of(&pdf);
        let is_there = |text: &str| text.split_whitespace().all(|word| read.contains(word));
        assert!(
            is_there(title) && is_there(name),
            "{script}: {title} {name} in {read}"
        );
        assert!(read.contains("€25") && read.contains("12-K7QF2M"), "{read}");
    }
}

#[test]
fn a_festival_has_its_end_on_the_ticket_and_a_night_has_none() {
    let fonts = fonts();
    let read = |days: i64, locale: &str| {
        let mut ticket = ticket("Festival", "Ada");
        ticket.event.ends_at = ticket.event.starts_at + chrono::TimeDelta::days(days);
        let pdf = with(&fonts, locale, |holder| {
            draw(holder, &[ticket]).expect("a PDF")
        });
        text_of(&pdf)
    };
    for (locale, first, last) in [("en", "March 4", "March 6"), ("de", "4. März", "6. März")] {
        let festival = read(2, locale);
        assert!(
            festival.contains(first) && festival.contains(last),
            "{festival}"
        );
        let night = read(0, locale);
        assert!(night.contains(first) && !night.contains(last), "{night}");
    }
}

/// However long the texts and whatever the script: nothing leaves its column, lies over another or
/// reaches the code.
#[test]
fn nothing_is_written_over_anything_else() {
    let fonts = fonts();
    let long = |text: &str, length: usize| -> String {
        text.chars()
            .cycle()
            .take(length)
            .collect::<String>()
            .trim()
            .to_owned()
    };
    let mut texts: Vec<(String, String)> = vec![
        ("Night".to_owned(), "Christopher Montgomery".to_owned()),
        ("W".repeat(120), "W".repeat(100)),
        (
            "Donaudampfschifffahrtsgesellschaft".to_owned(),
            "Wolfeschlegelsteinhausenbergerdorff".to_owned(),
        ),
        ("i".repeat(120), "MMMM WWWW ".repeat(10)),
    ];
    for (_, title, name) in SCRIPTS {
        texts.push((
            long(&format!("{title} "), 120),
            long(&format!("{name} "), 60),
        ));
    }
    for locale in ["en", "de"] {
        for (title, name) in &texts {
            let mut ticket = ticket(title, name);
            ticket.event.address = long(&format!("{name} "), 200);
            let placed = with(&fonts, locale, |holder| holder.lay_out(&ticket));
            assert!(placed.len() >= 10, "{title}");
            for (index, one) in placed.iter().enumerate() {
                let right = |of: &Placed| {
                    let widths = of.block.lines.iter().map(|line| line.width);
                    of.x + widths.fold(0.0, f32::max)
                };
                assert!(right(one) <= WIDTH - MARGIN + 0.5, "{}", one.block.text);
                assert!(one.end() <= PERFORATION, "{}", one.block.text);
                for other in &placed[index + 1..] {
                    let beside = right(one) <= other.x + 0.5 || right(other) <= one.x + 0.5;
                    let apart = one.end() <= other.y + 0.01 || other.end() <= one.y + 0.01;
                    let (text, over) = (&one.block.text, &other.block.text);
                    assert!(beside || apart, "{text} lies over {over}");
                }
            }
        }
    }
}

#[test]
fn names_get_the_room_there_is_before_they_are_cut() {
    let fonts = fonts();
    let name_of = |name: &str| {
        let placed = with(&fonts, "en", |holder| {
            holder.lay_out(&ticket("Night", name))
        });
        let at = MARGIN + FACTS[1].0;
        let values = placed
            .into_iter()
            .filter(|placed| placed.x == at && placed.ink == INK);
        values.last().expect("a name").block
    };
    let name = name_of("Christopher Montgomery");
    assert_eq!(
        (name.text.as_str(), name.lines.len()),
        ("Christopher Montgomery", 2)
    );
    let sixty = "Maximiliane Alexandra von und zu Hohenlohe-Waldenburg-Schill";
    assert_eq!(name_of(sixty).text, sixty);
    let endless = name_of(&"Wolfeschlegelsteinhausen ".repeat(9));
    assert!(
        endless.text.ends_with('…') && endless.lines.len() == 3,
        "{}",
        endless.text
    );
}

/// A server without fonts tells at least whose ticket it is, and which.
#[test]
fn number_and_address_stand_for_what_no_font_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let bare = Fonts::new(Some(folder.path().to_owned()));
    let laid_out = |title: &str, name: &str| -> Vec<String> {
        let placed = with(&bare, "en", |holder| holder.lay_out(&ticket(title, name)));
        placed.into_iter().map(|placed| placed.block.text).collect()
    };
    let texts = laid_out("東京の夜", "山田 太郎");
    let instead = texts
        .iter()
        .filter(|text| *text == "Number 12 · ada@example.com");
    assert_eq!(instead.count(), 4, "title, place, type and name: {texts:?}");
    let signs = laid_out("Party 🎉 tonight", "Zoë");
    assert_eq!(signs[0], "Party tonight", "a sign is left out");
}

#[test]
fn a_document_has_of_its_fonts_what_it_needs() {
    let fonts = fonts();
    let (_, title, name) = SCRIPTS[18];
    let pdf = with(&fonts, "en", |holder| {
        draw(holder, &[ticket(title, name)]).expect("a PDF")
    });
    assert!(pdf.len() < 200_000, "{} bytes", pdf.len());
    let began = std::time::Instant::now();
    let many: Vec<Ticket> = SCRIPTS
        .iter()
        .map(|(_, title, name)| ticket(title, name))
        .collect();
    let pdf = with(&fonts, "en", |holder| draw(holder, &many).expect("a PDF"));
    assert!(pdf.len() < 2_000_000, "{} bytes", pdf.len());
    let (each, took) = (many.len() as u32, began.elapsed());
    assert!(took / each < std::time::Duration::from_secs(1), "{took:?}");
}

/// On a bad screen, or from a bad printer.
#[test]
fn the_code_can_be_scanned_at_eighty_dots_an_inch() {
    let fonts = fonts();
    for (_, title, name) in SCRIPTS {
        let pdf = with(&fonts, "de", |holder| {
            draw(holder, &[ticket(title, name)]).expect("a PDF")
        });
        let picture = run("pdftoppm", &["-r", "80", "-png", "-"], &pdf);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ticket.png");
        std::fs::write(&file, picture).expect("written");
        let file = file.to_str().expect("a path");
        let read = run("zbarimg", &["--quiet", "--raw", file], &[]);
        assert_eq!(String::from_utf8_lossy(&read).trim(), CODE, "{title}");
    }
}
