//! Lists as programs export them.

use std::io::{Cursor, Write};

use encoding_rs::{Encoding, WINDOWS_1250, WINDOWS_1252};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn look(file: impl AsRef<[u8]>) -> GuestListPreview {
    read(file.as_ref(), &Wanted::default()).expect("a list")
}

/// Names and addresses of a list without problems.
fn guests(file: impl AsRef<[u8]>) -> Vec<(String, String)> {
    let preview = look(&file);
    let shown = String::from_utf8_lossy(file.as_ref()).into_owned();
    assert_eq!(preview.problems, [], "{shown}");
    let guests = preview.guests.into_iter();
    guests.map(|guest| (guest.name, guest.email)).collect()
}

fn names(file: impl AsRef<[u8]>) -> Vec<String> {
    guests(file).into_iter().map(|(name, _)| name).collect()
}

fn problems(file: impl AsRef<[u8]>) -> Vec<(u64, String)> {
    let problems = look(file).problems.into_iter();
    problems
        .map(|problem| (problem.line, problem.problem))
        .collect()
}

fn ada() -> Vec<(String, String)> {
    vec![("Ada Lovelace".to_owned(), "ada@example.com".to_owned())]
}

#[test]
fn tables_of_many_makes_say_the_same() {
    for table in [
        "Ada Lovelace,ada@example.com",
        "ada@example.com,Ada Lovelace\n",
        "\u{feff}Name;E-Mail\r\nAda Lovelace;ada@example.com\r\n",
        "Email\tCompany\tFull name\nada@example.com\tEngines\tAda Lovelace",
        "\"Ada Lovelace\",\"ada@example.com\"\n\n",
        "\"Ada Lovelace\" , \"ada@example.com\"\n\n",
        "sep=;\r\nName;Email\r\nAda Lovelace;ada@example.com\r\n",
        "\"sep=,\"\nName,Email\nAda Lovelace,ada@example.com",
        "SEP=\t\nName\tEmail\nAda Lovelace\tada@example.com",
        "Guest list for the event\n\nName,Email\nAda Lovelace,ada@example.com",
        "Company name: Engines Ltd;;\nExported 1.1.2026;;\nName;Note;Email\nAda Lovelace;x, y;ada@example.com",
        "Name|Email\nAda Lovelace|ada@example.com",
        "Name,Email\rAda Lovelace,ada@example.com\r",
        "Ada,Lovelace,ada@example.com",
        "Name,Email\nAda Lovelace,Ada <ADA@example.com>;",
        "Name,Email\nAda Lovelace,mailto:ada@example.com",
        "Name,Email\n\u{200b}Ada\u{a0} Lovelace\u{202e},ada@example.com\u{200b}",
        "Name,Notes,Email\nAda Lovelace,\"line\nline; line\",ada@example.com",
        "\"Name;privat, Beruf\";\"E-Mail;privat\"\nAda Lovelace;ada@example.com",
    ] {
        assert_eq!(guests(table), ada(), "{table}");
    }
}

#[test]
fn titles_say_which_columns_make_the_name_in_many_languages() {
    for titles in [
        "first_name,last_name,email",
        "firstName,lastName,emailAddress",
        "First Name,Surname,E-mail",
        "FIRST NAME,LAST NAME,EMAIL ADDRESS",
        "Given Name,Family Name,E-mail 1 - Value",
        "FNAME,LNAME,EMAIL",
        "Forename,Surname,Mail",
        "Name,Surname,Email",
        "First name,Name,Email",
        "Vorname,Nachname,E-Mail",
        "Vorname,Name,E-Mail-Adresse",
        "Vorname,Familienname,Mailadresse",
        "Prénom,Nom,Adresse e-mail",
        "Prénom,Nom de famille,Courriel",
        "PRENOM,NOM,Mél",
        "Nombre,Apellidos,Correo electrónico",
        "Nombre,Apellido,Correo",
        "Nome,Cognome,Indirizzo email",
        "Nome,Cognome,Posta elettronica",
        "Voornaam,Achternaam,E-mailadres",
        "Voornaam,Naam,E-mail",
        "Imię,Nazwisko,Adres e-mail",
        "IMIE,NAZWISKO,MAIL",
        "Imię (imiona),Nazwisko,E-mail",
        "Attendee name: Given name,Attendee name: Family name,Attendee email",
        "Teilnehmer Vorname,Teilnehmer Nachname,Teilnehmer E-Mail",
        "Participant - prénom,Participant - nom,Participant - e-mail",
        "Nombre del asistente,Apellidos del asistente,Correo electrónico del asistente",
        "Prénom du participant,Nom du participant,E-mail du participant",
        "Imię uczestnika,Nazwisko uczestnika,E-mail uczestnika",
        "Billing First Name,Billing Last Name,Billing Email",
        "x,y,z",
    ] {
        let table = format!("{titles}\nAda,Lovelace,ada@example.com\n");
        let skipped = usize::from(titles.starts_with('x'));
        let preview = look(&table);
        assert_eq!(
            preview.problems.len(),
            skipped,
            "{titles}: {:?}",
            preview.problems
        );
        assert_eq!(preview.guests[0].name, "Ada Lovelace", "{titles}");
    }
    for titles in [
        "Last name,First name,Email",
        "Nachname;Vorname;E-Mail",
        "Name;Vorname;E-Mail",
        "Nom;Prénom;E-mail",
        "Apellidos;Nombre;Correo electrónico",
        "Cognome;Nome;Email",
        "Achternaam;Voornaam;E-mail",
        "Nazwisko;Imię;E-mail",
        "Surname;Name;Email",
    ] {
        let table = format!("{titles}\nLovelace;Ada;ada@example.com\n").replace(',', ";");
        assert_eq!(guests(&table), ada(), "{titles}");
    }
    for titles in [
        "Company name,Name,Email",
        "Company,Full name,Email",
        "Organisation,Attendee,Email",
        "Firmenname,Name,E-Mail",
        "Event name,Guest name,Email",
        "Firma,Vor- und Nachname,E-Mail",
        "Société,Nom et prénom,E-mail",
        "Entreprise,Nom complet,Courriel",
        "Empresa,Nombre y apellidos,Correo",
        "Azienda,Nome e cognome,Email",
        "Bedrijf,Naam,E-mail",
        "Nazwa firmy,Imię i nazwisko,E-mail",
        "Username,Display name,E-mail",
        "Ticket type,Name,Email",
        "Nickname,Name,Email",
        "Buyer name,Attendee name,Email",
        "Organisation name,Name,Email",
        "Kundennummer,Teilnehmer,E-Mail",
        "Product,Ticket holder,Email",
    ] {
        let table = format!("{titles}\nEngines,Ada Lovelace,ada@example.com\n");
        assert_eq!(guests(&table), ada(), "{titles}");
    }
}

#[test]
fn the_address_is_found_by_what_stands_in_the_column() {
    assert_eq!(
        guests("Email sent,Kontakt,Name\nyes,ada@example.com,Ada Lovelace"),
        ada()
    );
    assert_eq!(
        guests("Buyer email,Email,Name\nbob@example.com,ada@example.com,Ada Lovelace"),
        ada()
    );
    assert_eq!(
        guests("Organizer email,Attendee email,Name\nbob@example.com,ada@example.com,Ada Lovelace"),
        ada()
    );
}

#[test]
fn a_name_is_not_put_together_of_two_people() {
    for (titles, row) in [
        ("Buyer last name,First name,Email", "Hope,Ada"),
        ("Acheteur - nom,Prénom,Email", "Hope,Ada"),
        ("Manager's name,First name,Email", "Hope,Ada"),
    ] {
        assert_eq!(
            names(format!("{titles}\n{row},ada@example.com")),
            ["Ada"],
            "{titles}"
        );
    }
}

#[test]
fn a_name_is_joined_with_sense() {
    let join =
        |titles: &str, row: &str| names(format!("{titles}\n{row},ada@example.com\n")).join("|");
    assert_eq!(
        join(
            "Voornaam,Tussenvoegsel,Achternaam,E-mail",
            "Ludwig,van,Beethoven"
        ),
        "Ludwig van Beethoven"
    );
    assert_eq!(
        join("Voornaam,Tussenvoegsel,Achternaam,E-mail", "Ada,,Lovelace"),
        "Ada Lovelace"
    );
    assert_eq!(
        join(
            "Nombre,Primer apellido,Segundo apellido,Correo",
            "Ana,García,López"
        ),
        "Ana García López"
    );
    assert_eq!(
        join("Name,First name,Last name,Email", "Ada Lovelace,,"),
        "Ada Lovelace"
    );
    assert_eq!(
        join("First name,Last name,Email", "Ada Lovelace,Lovelace"),
        "Ada Lovelace"
    );
    assert_eq!(join("First name,Last name,Email", "太郎,山田"), "山田 太郎");
    assert_eq!(join("First name,Last name,Email", "Ada,"), "Ada");
}

#[test]
fn exports_of_known_programs_are_read() {
    let google = "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value\r\nAda,King,Lovelace,,,,,,,Engines Ltd,,,\"met at\nthe fair\",,* myContacts,* Home,ada@example.com,Work,ada@work.example,Mobile,123\r\n";
    let google_before = "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Family Name Yomi,Name Prefix,Nickname,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Organization 1 - Name\nAda Lovelace,Ada,,Lovelace,,,,,,* myContacts,* ,ada@example.com,Engines\n";
    let outlook = "\"First Name\",\"Middle Name\",\"Last Name\",\"Title\",\"Suffix\",\"Nickname\",\"Given Yomi\",\"Surname Yomi\",\"E-mail Address\",\"E-mail 2 Address\",\"E-mail Display Name\",\"Company\",\"Manager's Name\",\"Assistant's Name\",\"Spouse\",\"Notes\"\r\n\"Ada\",\"\",\"Lovelace\",\"\",\"\",\"\",\"\",\"\",\"ada@example.com\",\"\",\"Ada Lovelace (ada@example.com)\",\"Engines\",\"\",\"\",\"\",\"\"\r\n";
    let mailchimp = "\"Email Address\",\"First Name\",\"Last Name\",Address,\"Phone Number\",MEMBER_RATING,OPTIN_TIME,LAST_CHANGED,LEID,EUID,NOTES,TAGS\nada@example.com,Ada,Lovelace,,,2,\"2025-01-01 10:00:00\",\"2025-01-01 10:00:00\",1,x,,\"\"\"VIP\"\"\"\n";
    let eventbrite = "Order no.,Order Date,Prefix,First Name,Surname,Email,Quantity,Price Tier,Ticket Type,Attendee no.,Group,Order Type,Currency,Total Paid,Fees Paid,Attendee Status\n123,2025-01-01,,Ada,Lovelace,ada@example.com,1,,General,17,,Free,EUR,0.00,0.00,Attending\n";
    let eventbrite_buyer = "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Buyer First Name,Buyer Last Name,Buyer Email,Event Name\n1,2025-01-01,Ada,Lovelace,ada@example.com,1,GA,Bob,Babbage,bob@example.com,Night\n";
    let pretix = "\"Order code\",\"Attendee name\",\"Attendee name: Given name\",\"Attendee name: Family name\",\"Product\",\"Price\",\"Checked in\",\"Secret\",\"E-mail\",\"Company\",\"Voucher code\",\"Order date\",\"Invoice address name\"\r\n\"A1\",\"Ada Lovelace\",\"Ada\",\"Lovelace\",\"Regular\",\"0.00\",\"\",\"x\",\"ada@example.com\",\"Engines\",\"\",\"2025-01-01\",\"Engines Ltd\"\r\n";
    let pretix_german = "Bestellnummer;Teilnehmername;Teilnehmername: Vorname;Teilnehmername: Nachname;Produkt;E-Mail;Firma;Rechnungsadresse: Name\nA1;Ada Lovelace;Ada;Lovelace;Normal;ada@example.com;Engines;Engines Ltd\n";
    let attendize = "First Name,Last Name,Email,Ticket ID,Order Reference,Ticket Type,Purchase Date,Has Arrived,Arrival Time\nAda,Lovelace,ada@example.com,1,X-1,Free,2025-01-01,NO,\n";
    let excel_german =
        "Name;Vorname;Straße;E-Mail;Anzahl\r\nLovelace;Ada;Hauptstr. 1;ada@example.com;1\r\n";
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;;\r\nFN:Ada Lovelace\r\nORG:Engines\\, Ltd;\r\nEMAIL;type=INTERNET;type=WORK:ada@work.example\r\nitem1.EMAIL;type=INTERNET;type=pref:ada@exam\r\n ple.com\r\nEND:VCARD\r\n";
    for (program, export) in [
        ("Google", google),
        ("Google before", google_before),
        ("Outlook", outlook),
        ("Mailchimp", mailchimp),
        ("Eventbrite", eventbrite),
        ("Eventbrite", eventbrite_buyer),
        ("pretix", pretix),
        ("pretix", pretix_german),
        ("Attendize", attendize),
        ("Excel", excel_german),
        ("Apple", cards),
    ] {
        assert_eq!(guests(export), ada(), "{program}");
    }
}

#[test]
fn an_address_line_of_an_email_program_is_a_list() {
    let (ada, bob) = ("Ada Lovelace|ada@example.com", "Bob Hope|bob@example.com");
    for line in [
        "Ada Lovelace <ada@example.com>, Bob Hope <bob@example.com>",
        "\"Ada Lovelace\" <ada@example.com>; 'Bob Hope' <bob@example.com>;",
        "To: Ada Lovelace <ada@example.com>,\n  Bob Hope <bob@example.com>",
        "An: ada@example.com (Ada Lovelace), bob@example.com (Bob Hope)",
        "Ada Lovelace <ada@example.com>\r\nBob Hope <mailto:bob@example.com>\r\n",
        "<ada@example.com> Ada Lovelace; <bob@example.com> Bob Hope",
    ] {
        let found: Vec<_> = guests(line)
            .iter()
            .map(|(name, email)| format!("{name}|{email}"))
            .collect();
        assert_eq!(found, [ada, bob], "{line}");
    }
    assert_eq!(
        names("Lovelace, Ada <ada@example.com>; \"Hope, Bob \\\"B.\\\"\" <bob@example.com>"),
        ["Lovelace, Ada", "Hope, Bob \"B.\""]
    );
    let missing = "The name is missing.".to_owned();
    assert_eq!(
        problems("Ada <a@x.example>, Bob <b@y.example>; c@z.example\nd@z.example <d@z.example>"),
        [(1, missing.clone()), (2, missing.clone())]
    );
    assert_eq!(
        problems("a@x.example, b@y.example; c@z.example"),
        vec![(1, missing); 3]
    );
    assert_eq!(
        look("Ada <a@x.example>\nnobody\nBob <b@y.example")
            .problems
            .len(),
        1
    );
}

#[test]
fn an_encoding_is_found_and_can_be_chosen() {
    let table =
        "Name;E-Mail\r\nJosé Müller;jose@example.com\r\nFrançois Noël;francois@example.fr\r\n";
    let encode = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
    let wide = |mark: &str| -> Vec<u8> {
        format!("{mark}{table}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect()
    };
    let wide_big: Vec<u8> = table.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, encoding) in [
        (table.as_bytes().to_vec(), "utf-8"),
        (format!("\u{feff}{table}").into_bytes(), "utf-8"),
        (wide("\u{feff}"), "utf-16le"),
        (wide(""), "utf-16le"),
        (wide_big, "utf-16be"),
        (encode(WINDOWS_1252, table), "windows-1252"),
    ] {
        let preview = look(&bytes);
        assert_eq!(preview.encoding.as_deref(), Some(encoding));
        let names: Vec<_> = preview
            .guests
            .iter()
            .map(|guest| guest.name.as_str())
            .collect();
        assert_eq!(names, ["José Müller", "François Noël"], "{encoding}");
        assert_eq!(preview.problems, []);
    }
    let polish =
        "Imię;Nazwisko;E-mail\r\nMałgorzata;Wiśniewska;m@firma.pl\r\nŁukasz;Żółć;l@firma.pl\r\n";
    let bytes = encode(WINDOWS_1250, polish);
    assert_eq!(look(&bytes).encoding.as_deref(), Some("windows-1250"));
    assert_eq!(names(&bytes), ["Małgorzata Wiśniewska", "Łukasz Żółć"]);
    let chosen = |label: &str| {
        let wanted = Wanted {
            encoding: Some(label.to_owned()),
            ..Wanted::default()
        };
        read(&bytes, &wanted)
    };
    assert_eq!(chosen("windows-1250").expect("read").guests.len(), 2);
    for label in ["utf-8", "klingon"] {
        assert_eq!(chosen(label), Err(Unreadable::Encoding), "{label}");
    }
    let none = WINDOWS_1252.encode(table).0;
    assert!(
        !look(&none)
            .guests
            .iter()
            .any(|guest| guest.name.contains('\u{fffd}'))
    );
}

#[test]
fn what_was_lost_before_is_nobodys_name() {
    let problems =
        problems("Name,Email\nJos\u{fffd} M\u{fffd}ller,jose@example.com\n\u{200b},x@example.com");
    assert_eq!(
        problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [2, 3]
    );
}

#[test]
fn columns_can_be_chosen() {
    let table = "Name,Company,Email,Private\nAda,Engines,ada@example.com,a@home.example\n";
    let preview = look(table);
    assert_eq!(
        (preview.names.as_slice(), preview.email),
        (&[0][..], Some(2))
    );
    let titles: Vec<_> = preview
        .columns
        .iter()
        .map(|column| format!("{}={}", column.title, column.example))
        .collect();
    assert_eq!(
        titles,
        [
            "Name=Ada",
            "Company=Engines",
            "Email=ada@example.com",
            "Private=a@home.example"
        ]
    );
    let wanted = Wanted {
        names: Some(vec![0, 1]),
        email: Some(3),
        ..Wanted::default()
    };
    let preview = read(table.as_bytes(), &wanted).expect("a list");
    assert_eq!(
        (
            preview.guests[0].name.as_str(),
            preview.guests[0].email.as_str()
        ),
        ("Ada Engines", "a@home.example")
    );
    let nowhere = Wanted {
        names: Some(vec![]),
        email: Some(99),
        ..Wanted::default()
    };
    assert_eq!(
        read(table.as_bytes(), &nowhere)
            .expect("a list")
            .problems
            .len(),
        1
    );
}

#[test]
fn what_cannot_be_used_is_named_by_its_line() {
    for end in ["\n", "\r\n", "\r"] {
        let table = "name,email\nAda,ada@example.com\nBob,bob\n,eve@example.com\n\nAda,ADA@example.com\nJörg,jörg@example.com"
            .replace('\n', end);
        let (local, missing) = (
            "Use only a–z, 0–9 and . _ + - before the @.",
            "The name is missing.",
        );
        let expected = [
            (3, "Enter a valid email."),
            (4, missing),
            (6, "This email is already in row 2."),
            (7, local),
        ];
        assert_eq!(
            problems(table),
            expected.map(|(line, problem)| (line, problem.to_owned())),
            "{end:?}"
        );
    }
    // Lines before the table count, and those within a cell.
    assert_eq!(problems("sep=;\r\nName;Email\r\nAda;x\r\n")[0].0, 3);
    assert_eq!(
        problems("Guests\n\nName,Notes,Email\nAda,\"a\nb\",ada@example.com\nBob,,bob")[0].0,
        6
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_one_row() {
    let unclosed = "This row has a quotation mark that’s never closed.";
    for (table, guests, lines) in [
        (
            "Name,Email\n\"Ada,ada@example.com\nBob,bob@example.com\nEve,eve@example.com",
            2,
            vec![2],
        ),
        (
            "Name,Email\n\"Ada,ada@example.com\n\"Bob\",bob@example.com\n",
            1,
            vec![2],
        ),
        (
            "Name,Email\nBob,bob@example.com\n\"Ada,ada@example.com\nEve,\"eve@example.com\"\n",
            2,
            vec![3],
        ),
        (
            "Name,Email\n\"Ada,ada@example.com\nBob,bob@example.com\"\nEve,eve@example.com",
            2,
            vec![2],
        ),
    ] {
        let preview = look(table);
        assert_eq!(preview.guests.len(), guests, "{table}: {preview:?}");
        let found: Vec<_> = preview
            .problems
            .iter()
            .map(|problem| problem.line)
            .collect();
        assert_eq!(found, lines, "{table}");
        assert_eq!(preview.problems[0].problem, unclosed, "{table}");
    }
    assert_eq!(
        names("Name,Email\nAda \"Countess\" Lovelace,ada@example.com"),
        ["Ada \"Countess\" Lovelace"]
    );
    assert_eq!(
        names("Name,Email\n\"Ada \"\"Countess\"\" Lovelace\",ada@example.com"),
        ["Ada \"Countess\" Lovelace"]
    );
}

/// A workbook with these sheets of XML rows.
fn workbook(sheets: &[&str]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &str| {
        zip.start_file(name, SimpleFileOptions::default())
            .expect("a file");
        zip.write_all(content.as_bytes()).expect("written");
    };
    let each = |line: &dyn Fn(usize) -> String| (1..=sheets.len()).map(line).collect::<String>();
    add(
        "[Content_Types].xml",
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
    );
    add(
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    );
    add(
        "xl/workbook.xml",
        &format!(
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{}</sheets></workbook>"#,
            each(&|n| format!(r#"<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>"#))
        ),
    );
    add(
        "xl/_rels/workbook.xml.rels",
        &format!(
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"#,
            each(&|n| format!(
                r#"<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>"#
            ))
        ),
    );
    for (n, rows) in (1..).zip(sheets) {
        add(
            &format!("xl/worksheets/sheet{n}.xml"),
            &format!(
                r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        );
    }
    zip.finish().expect("a workbook").into_inner()
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook_is_read_whatever_it_is_called() {
    let row = |number: u32, cells: [&str; 3]| {
        let cells = ["A", "B", "D"].iter().zip(cells);
        let cells: String = cells
            .map(|(column, text)| cell(&format!("{column}{number}"), text))
            .collect();
        format!(r#"<row r="{number}">{cells}</row>"#)
    };
    let sheet = [
        row(1, ["Nachname", "Vorname", "E-Mail"]),
        row(2, ["Müller", "José", "jose@example.com"]),
        row(7, ["Nobody", "X", "nowhere"]),
    ];
    let file = workbook(&["", &sheet.concat()]);
    let preview = look(&file);
    assert_eq!(preview.guests[0].name, "José Müller");
    assert_eq!((preview.encoding, preview.problems[0].line), (None, 7));
}

#[test]
fn what_is_no_list_is_refused_in_words() {
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0, 0];
    for (file, reason) in [
        (&old[..], Unreadable::OldExcel),
        (b"%PDF-1.7\n\0\0\x01\x02\xff\xfe\0", Unreadable::NotAList),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Unreadable::NotAList),
        (b"PK\x03\x04 and then nothing", Unreadable::NotAList),
    ] {
        assert_eq!(read(file, &Wanted::default()), Err(reason), "{file:?}");
    }
    assert_eq!(look("").guests, []);
    assert_eq!(look("\n\n  \n").problems, []);
}

#[test]
fn no_list_takes_more_than_its_size_deserves() {
    // Two cells, far apart.
    let far = format!(
        r#"<row r="1">{}</row><row r="1048576">{}</row>"#,
        cell("A1", "x"),
        cell("XFD1048576", "y")
    );
    assert_eq!(look(workbook(&[&far])).guests, []);
    // A workbook that unpacks to a hundred times its size.
    let bomb = workbook(&[&" ".repeat(49 * 1024 * 1024)]);
    assert!(bomb.len() < api::comps::GUESTS_MAX_BYTES);
    assert_eq!(read(&bomb, &Wanted::default()), Err(Unreadable::Long));
    let many = "x\n".repeat(ROWS_MAX + 1);
    assert_eq!(
        read(many.as_bytes(), &Wanted::default()),
        Err(Unreadable::Long)
    );
    // Quotation marks that are opened in every row, and cells without end.
    let quotes = "\"x\n".repeat(ROWS_MAX);
    assert_eq!(look(quotes).problems.len(), PROBLEMS_MAX);
    assert_eq!(look(",".repeat(4_000_000)).guests, []);
    let guests: String = (0..GUESTS_MAX + 5)
        .map(|n| format!("G,g{n}@example.com\n"))
        .collect();
    let preview = look(guests);
    assert_eq!(
        (preview.guests.len(), preview.problems.len()),
        (GUESTS_MAX, 5)
    );
}
