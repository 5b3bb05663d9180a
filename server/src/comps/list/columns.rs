//! Which columns of a table hold names and addresses: by what their titles say, in the languages
//! people export in, and by what stands in them.

use api::comps::Invited;
use api::text;
use unicode_normalization::UnicodeNormalization;

use super::{Row, Wanted, address, addresses};

/// How many rows before the first address may hold titles.
const TITLES_WITHIN: usize = 10;
/// How much of a cell is shown as an example, in characters.
const EXAMPLE: usize = 40;

/// What a title says a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Email,
    Given,
    /// What some languages write between given and family name.
    Infix,
    Family,
    SecondFamily,
    /// A whole name.
    Full,
}

/// The words that titles are made of, without accents and spaces: English, German, French, Spanish,
/// Italian, Dutch, Polish.
const WORDS: &[(Role, &str)] = &[
    (
        Role::Email,
        "email emailaddress mail mailaddress attendeeemail guestemail participantemail \
         emailadresse mailadresse teilnehmeremail gastemail adresseemail adressemail \
         adresseelectronique courriel mel courrierelectronique correo correoelectronico \
         direcciondecorreo postaelettronica indirizzoemail indirizzomail \
         indirizzodipostaelettronica emailadres mailadres adresemail adresmailowy \
         adrespocztyelektronicznej",
    ),
    (
        Role::Given,
        "firstname givenname forename fname first given christianname vorname vornamen rufname \
         prenom prenoms nombredepila primernombre nomeproprio nomedibattesimo voornaam \
         voornamen roepnaam imie imiona",
    ),
    (
        Role::Infix,
        "tussenvoegsel tussenv tv voorvoegsel tussenvoegsels namensvorsatz nobiliaryparticle",
    ),
    (
        Role::Family,
        "lastname surname familyname lname last family nachname familienname zuname \
         nomdefamille nomfamille apellido apellidos primerapellido apellidopaterno cognome \
         cognomi achternaam familienaam nazwisko nazwiska",
    ),
    (
        Role::SecondFamily,
        "segundoapellido apellidomaterno secondlastname secondsurname apellido2",
    ),
    (
        Role::Full,
        "fullname displayname completename firstandlastname firstlastname attendeename \
         guestname participantname contactname holdername ticketholder ticketholdername \
         attendee guest participant vollername vollstandigername ganzername vorundnachname \
         vornameundnachname vornamenachname vornamename namevorname nachnamevorname \
         anzeigename gast gastname teilnehmer teilnehmerin teilnehmername ticketinhaber \
         nomcomplet nometprenom nomprenom prenometnom prenomnom invite participante \
         nombrecompleto nombreyapellido nombreyapellidos apellidosynombre invitado asistente \
         nomecompleto nomeecognome nomecognome cognomeenome cognomenome nominativo ospite \
         invitato partecipante volledigenaam voorenachternaam voornaamenachternaam deelnemer \
         genodigde imieinazwisko imienazwisko nazwiskoiimie uczestnik gosc",
    ),
];

/// A name; beside a family name the given one, beside a given name the family's.
const PLAIN: [&str; 5] = ["name", "nom", "nombre", "nome", "naam"];

/// Words that say whose name it is, and not which.
const THE_GUEST: &str = "attendee guest participant contact holder teilnehmer gast kontakt invite participante \
     invitado asistente partecipante ospite deelnemer uczestnik gosc uczestnika of the de del \
     du des di van der";

/// Titles of what belongs to something else than the guest.
const NOT_THE_GUEST: &str = "company organisation organization organizer organiser employer business firma unternehmen \
     societe entreprise empresa organizacion azienda societa bedrijf organisatie organizacja \
     event veranstaltung evenement evento wydarzenie tickettype ticketname tickettitle product \
     produkt username nickname filename hostname domain loginname spitzname apodo bijnaam \
     street strasse city stadt ville ciudad citta miasto venue country account list segment \
     campaign billing buyer purchaser payer invoice rechnung kaufer besteller acheteur \
     comprador acquirente koper kupujacy manager assistant spouse partner referrer emergency \
     phonetic yomi middle maiden birth geburtsname suffix prefix anrede salutation type label \
     status subject";

/// Where names and addresses are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// The row of the titles.
    pub(super) header: Option<usize>,
    /// The first row of the guests.
    pub(super) first: usize,
    /// The columns that make a name, in this order.
    pub(super) names: Vec<usize>,
    /// The column of a whole name, for rows where those are empty.
    whole: Option<usize>,
    pub(super) email: Option<usize>,
    /// Whether these are columns of a table, which can be chosen.
    table: bool,
    /// Whether the person chose them.
    chosen: bool,
}

impl Columns {
    /// Rows of a name and an address.
    pub(super) fn of_addresses() -> Self {
        Self {
            names: vec![0],
            email: Some(1),
            ..Self::default()
        }
    }

    /// What the titles and cells of a table say.
    pub(super) fn find(rows: &[Row]) -> Self {
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let has_address = |row: &Row| row.cells.iter().any(|cell| cell.contains('@'));
        let first_address = rows.iter().position(has_address);
        let before = first_address.unwrap_or(rows.len()).min(TITLES_WITHIN);
        let header = (0..before)
            .map(|row| (row, header_score(&rows[row])))
            .filter(|(_, score)| *score >= WORD)
            // Of equals the last.
            .max_by_key(|(_, score)| *score)
            .map(|(row, _)| row);
        let first = header.map_or(0, |row| row + 1);
        let titles: Vec<Title> = (0..width)
            .map(|column| match header {
                Some(row) => Title::of(rows[row].cells.get(column).map_or("", String::as_str)),
                None => Title::default(),
            })
            .collect();
        let guests = &rows[first..];
        let email = email_column(&titles, guests);
        let (names, whole) = name_columns(&titles, guests, email);
        Self {
            header,
            first,
            names,
            whole,
            email,
            table: true,
            chosen: false,
        }
    }

    /// The same but for what the person chose.
    pub(super) fn with(mut self, wanted: &Wanted) -> Self {
        if let Some(names) = &wanted.names {
            self.names.clone_from(names);
            (self.whole, self.chosen) = (None, true);
        }
        if let Some(email) = wanted.email {
            (self.email, self.chosen) = (Some(email), true);
        }
        self
    }

    /// The title of each column and what stands first in it.
    pub(super) fn titles(&self, rows: &[Row]) -> Vec<(String, String)> {
        if !self.table {
            return Vec::new();
        }
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let short = |text: &str| text::line(text).chars().take(EXAMPLE).collect::<String>();
        (0..width)
            .map(|column| {
                let cell = |row: &Row| row.cells.get(column).map(|cell| short(cell));
                let title = self.header.and_then(|row| cell(&rows[row]));
                let mut cells = rows.iter().skip(self.first).filter_map(cell);
                let example = cells.find(|cell| !cell.is_empty());
                (title.unwrap_or_default(), example.unwrap_or_default())
            })
            .collect()
    }

    /// Who a row is about.
    pub(super) fn guest(&self, row: &Row) -> Invited {
        let cell = |column: usize| row.cells.get(column).map_or("", String::as_str);
        let typed = self.email.map_or("", cell);
        // Without titles a row may have its own order.
        let free = self.table && self.header.is_none() && !self.chosen;
        if free
            && !typed.contains('@')
            && let Some(at) = row.cells.iter().position(|cell| cell.contains('@'))
        {
            let others = (0..row.cells.len()).filter(|column| *column != at);
            let mut others = others.map(cell).filter(|cell| text::is_visible(cell));
            return Invited {
                name: text::line(others.next().unwrap_or_default()),
                email: address(cell(at)),
            };
        }
        // One of several columns, with name and address in it.
        if free && self.names.is_empty() && typed.trim().contains(' ') {
            let (name, email) = addresses::name_and_address(typed);
            return Invited {
                name: text::line(&name),
                email: address(&email),
            };
        }
        let mut name = joined(self.names.iter().map(|column| cell(*column)));
        if let Some(whole) = self.whole.filter(|_| name.is_empty()) {
            name = Some(cell(whole))
                .filter(|cell| is_name(cell))
                .map(text::line)
                .unwrap_or_default();
        }
        Invited {
            name,
            email: address(typed),
        }
    }
}

/// A title says just this, has it among its words, has it in a word.
const EXACT: i32 = 100;
const WORD: i32 = 60;
const PART: i32 = 30;
/// How much less, when it says that of something else.
const OTHERS: i32 = 45;

/// What a title may say.
#[derive(Clone, Debug, Default)]
struct Title {
    scores: Vec<(Role, i32)>,
    plain: bool,
    /// How sure it is that this is a title at all, though of somebody else.
    sure: i32,
}

impl Title {
    fn of(title: &str) -> Self {
        let words = words(title);
        let whole = words.concat();
        let mut scores = Vec::new();
        for (role, known) in WORDS {
            let known = known.split_whitespace();
            let score = known.map(|known| score(&words, &whole, known)).max();
            if let Some(score) = score.filter(|score| *score > 0) {
                scores.push((*role, score));
            }
        }
        let which = words
            .iter()
            .filter(|word| !THE_GUEST.split(' ').any(|other| other == word.as_str()));
        let plain = PLAIN.contains(&which.map(String::as_str).collect::<String>().as_str());
        let has_plain = words.iter().any(|word| PLAIN.contains(&word.as_str()));
        let says = |role| {
            scores
                .iter()
                .any(|(of, score)| *of == role && *score >= WORD)
        };
        let both = says(Role::Given) && says(Role::Family);
        let full = match (both, plain, has_plain) {
            (true, _, _) | (_, true, _) => EXACT,
            (_, _, true) => WORD,
            _ if whole.contains("name") => PART,
            _ => 0,
        };
        let known_full = scores.iter().position(|(role, _)| *role == Role::Full);
        match known_full {
            Some(at) => scores[at].1 = scores[at].1.max(full),
            None if full > 0 => scores.push((Role::Full, full)),
            None => {}
        }
        let sure = scores.iter().map(|(_, score)| *score).max().unwrap_or(0);
        let stranger = NOT_THE_GUEST.split(' ').any(|other| whole.contains(other));
        let known = scores.iter().any(|(_, score)| *score == EXACT) && !whole.contains("email");
        if stranger && !known {
            scores.iter_mut().for_each(|(_, score)| *score -= OTHERS);
        }
        scores.retain(|(_, score)| *score > 0);
        // A title that says given or family name says name too.
        let particular = scores
            .iter()
            .any(|(role, score)| !matches!(role, Role::Full | Role::Email) && *score >= WORD);
        if particular && !both {
            scores.retain(|(role, score)| *role != Role::Full || *score == EXACT);
        }
        if both
            || scores
                .iter()
                .any(|(role, score)| *role == Role::Full && *score == EXACT)
        {
            scores.retain(|(role, _)| matches!(role, Role::Full | Role::Email));
        }
        Self {
            scores,
            plain,
            sure,
        }
    }

    fn score(&self, role: Role) -> i32 {
        let found = self.scores.iter().find(|(of, _)| *of == role);
        found.map_or(0, |(_, score)| *score)
    }
}

/// How much a title says `known`.
fn score(words: &[String], whole: &str, known: &str) -> i32 {
    if whole == known {
        return EXACT;
    }
    // `Last changed` is no name.
    if matches!(known, "first" | "last" | "given" | "family") {
        return 0;
    }
    let among = (0..words.len()).any(|from| {
        let mut run = String::new();
        words[from..].iter().any(|word| {
            run.push_str(word);
            run == known
        })
    });
    match among {
        true => WORD,
        false if known.len() >= 5 && whole.contains(known) => PART,
        false => 0,
    }
}

/// The words of a title in lower case, without accents: `firstName`, `First_name` and `FIRST NAME`
/// are the same two, where that can be seen.
fn words(title: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in text::line(title).nfkd() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        match c {
            'ß' => spaced.push_str("ss"),
            'ł' | 'Ł' => spaced.push('l'),
            'ø' | 'Ø' => spaced.push('o'),
            // The accent of the letter before it.
            '\u{300}'..='\u{36f}' => continue,
            _ if c.is_alphanumeric() => spaced.extend(c.to_lowercase()),
            _ => spaced.push(' '),
        }
        before = c;
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// How much a row looks like one of titles.
fn header_score(row: &Row) -> i32 {
    let cells = row.cells.iter().filter(|cell| !cell.is_empty());
    let (count, sum) = cells.fold((0, 0), |(count, sum), cell| {
        let best = Title::of(cell).sure;
        (count + 1, sum + if best >= WORD { best } else { 0 })
    });
    // `Guest list for the event` is a title of all, not of a column.
    match count {
        1 if sum < EXACT => 0,
        _ => sum,
    }
}

/// The column of the addresses: of those that have many, the one whose title says so most.
fn email_column(titles: &[Title], guests: &[Row]) -> Option<usize> {
    let count = |column: usize| {
        let cells = guests.iter().filter_map(|row| row.cells.get(column));
        cells.filter(|cell| cell.contains('@')).count()
    };
    let counts: Vec<usize> = (0..titles.len()).map(count).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    (0..titles.len())
        .filter(|column| counts[*column] * 2 >= most)
        // Of equals the first.
        .rev()
        .max_by_key(|column| (titles[*column].score(Role::Email), counts[*column]))
        .filter(|column| most > 0 || titles[*column].score(Role::Email) >= WORD)
}

/// The columns that make a name, and that of a whole name beside them.
fn name_columns(
    titles: &[Title],
    guests: &[Row],
    email: Option<usize>,
) -> (Vec<usize>, Option<usize>) {
    let filled = |column: usize| {
        let cells = guests.iter().filter_map(|row| row.cells.get(column));
        cells.filter(|cell| is_name(cell)).count()
    };
    let best = |role: Role, plain: bool| {
        (0..titles.len())
            .filter(|column| Some(*column) != email && titles[*column].plain == plain)
            .filter(|column| titles[*column].score(role) > 0)
            .rev()
            .max_by_key(|column| (titles[*column].score(role), filled(*column).min(1)))
    };
    let (mut given, mut family) = (best(Role::Given, false), best(Role::Family, false));
    // The guest's own, not one of them with the buyer's other.
    if let (Some(first), Some(last)) = (given, family) {
        let surer = titles[first].score(Role::Given) - titles[last].score(Role::Family);
        given = given.filter(|_| surer > -OTHERS);
        family = family.filter(|_| surer < OTHERS);
    }
    let (full, plain) = (best(Role::Full, false), best(Role::Full, true));
    let sure = |column: &usize| titles[*column].score(Role::Full) >= WORD;
    let whole = plain.or(full.filter(sure));
    let parts = match (given, family) {
        (Some(given), Some(family)) => Some((given, family)),
        (Some(given), None) => plain.map(|family| (given, family)),
        (None, Some(family)) => plain.map(|given| (given, family)),
        (None, None) => None,
    };
    if let Some((given, family)) = parts {
        // Some programs have the columns and leave them empty.
        if let Some(whole) = whole.filter(|whole| {
            ![given, family].contains(whole)
                && filled(family).max(filled(given)) * 2 < filled(*whole)
        }) {
            return (vec![whole], None);
        }
        let infix = best(Role::Infix, false);
        let second = best(Role::SecondFamily, false);
        let names = [Some(given), infix, Some(family), second];
        let whole = whole.filter(|whole| ![given, family].contains(whole));
        return (names.into_iter().flatten().collect(), whole);
    }
    let one = whole.or(given).or(family).or(full);
    match one {
        Some(column) => (vec![column], None),
        None => (by_content(titles.len(), guests, email), None),
    }
}

/// Without titles: the first column of names, or two beside each other of a word each.
fn by_content(width: usize, guests: &[Row], email: Option<usize>) -> Vec<usize> {
    let cells = |column: usize| {
        let cells = guests.iter().filter_map(move |row| row.cells.get(column));
        cells.filter(|cell| is_name(cell))
    };
    let count = |column: usize| cells(column).count();
    let most = (0..width).map(count).max().unwrap_or(0);
    let mut candidates = (0..width)
        .filter(|column| Some(*column) != email && most > 0 && count(*column) * 2 >= most);
    let Some(first) = candidates.next() else {
        return Vec::new();
    };
    let one_word = |column: usize| {
        let single = cells(column).filter(|cell| cell.split_whitespace().count() == 1);
        single.count() * 10 >= count(column) * 9
    };
    match candidates.next() {
        Some(second) if second == first + 1 && one_word(first) && one_word(second) => {
            vec![first, second]
        }
        _ => vec![first],
    }
}

/// Whether a cell may be a name: letters, no address, no number.
fn is_name(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic)
        && !cell.contains(['@', '/'])
        && !cell.chars().any(|c| c.is_ascii_digit())
}

/// The parts of a name as it is said: given name first, but where the family's comes first.
fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<String> = parts
        .map(text::line)
        .filter(|part| !part.is_empty())
        .collect();
    let folded: Vec<String> = parts.iter().map(|part| text::folded(part)).collect();
    let says = |whole: usize, part: usize| {
        let whole = format!(" {} ", folded[whole]);
        whole.contains(&format!(" {} ", folded[part]))
    };
    // A column of given names that holds whole ones has the family's already.
    let said_before = |part: usize| {
        (0..parts.len()).any(|other| {
            other != part && says(other, part) && (folded[other].len() > folded[part].len())
        })
    };
    let mut kept: Vec<&str> = (0..parts.len())
        .filter(|part| !said_before(*part))
        .map(|part| parts[part].as_str())
        .collect();
    let east_asian = |part: &&str| {
        part.chars().all(|c| {
            matches!(c, '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
        })
    };
    if kept.len() > 1 && kept.iter().all(east_asian) {
        kept.reverse();
    }
    kept.join(" ")
}
