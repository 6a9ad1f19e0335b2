//! Names of months and weekdays, in several languages and misread.

use super::super::labels::distance;

/// Month names and their short forms, English first.
pub(super) const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janvier", "enero", "janeiro", "gennaio", "januari", "января"],
    &[
        "february",
        "februar",
        "février",
        "fevrier",
        "febrero",
        "fevereiro",
        "febbraio",
        "februari",
        "feb",
    ],
    &["march", "märz", "mars", "marzo", "março", "maart", "mär"],
    &["april", "avril", "abril", "aprile", "avr"],
    &["may", "mai", "mayo", "maio", "maggio", "mei"],
    &["june", "juni", "juin", "junio", "junho", "giugno"],
    &["july", "juli", "juillet", "julio", "julho", "luglio", "juil"],
    &["august", "août", "aout", "agosto", "augustus"],
    &["september", "septembre", "septiembre", "setembro", "settembre", "sept"],
    &["october", "oktober", "octobre", "octubre", "outubro", "ottobre", "okt"],
    &["november", "novembre", "noviembre", "novembro"],
    &[
        "december",
        "dezember",
        "décembre",
        "decembre",
        "diciembre",
        "dezembro",
        "dicembre",
        "dez",
        "déc",
    ],
];

/// English short forms.
pub(super) const SHORT: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The month a word names, with one letter misread in long names.
pub(super) fn month(word: &str) -> Option<u32> {
    if let Some(at) = SHORT.iter().position(|short| *short == word) {
        return Some(at as u32 + 1);
    }
    if let Some(at) = MONTHS.iter().position(|names| names.contains(&word)) {
        return Some(at as u32 + 1);
    }
    let length = word.chars().count();
    if length < 5 {
        return None;
    }
    let near = MONTHS.iter().position(|names| {
        length.abs_diff(names[0].len()) <= 1 && distance(word, names[0]) <= 1 && names[0].len() >= 5
    });
    near.map(|at| at as u32 + 1)
}

/// The month of which a word is the beginning, or which it names with one letter lost or two of a
/// long name misread. Asked only behind a weekday;
/// two letters count if the first is a capital.
pub(super) fn torn_month(word: &str, capital: bool) -> Option<u32> {
    let length = word.chars().count();
    if length < if capital { 2 } else { 4 } {
        return None;
    }
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut found = (1..).zip(MONTHS).filter(|(_, names)| fits(names[0]));
        let (month, _) = found.next()?;
        found.next().is_none().then_some(month)
    };
    only(&|name| name.starts_with(word)).or_else(|| {
        let most = if length >= 7 { 2 } else { usize::from(length >= 4) };
        only(&|name| name.len().abs_diff(length) <= 1 && distance(word, name) <= most)
    })
}

/// The weekday a word names, Monday being 0; one letter of a long name may be misread.
pub(super) fn weekday(word: &str) -> Option<u32> {
    const NAMES: [&[&str]; 7] = [
        &["monday", "mon", "montag", "mo", "lundi", "lun", "lunes", "lunedì", "maandag"],
        &["tuesday", "tue", "tues", "dienstag", "di", "mardi", "martes", "martedì", "dinsdag"],
        &["wednesday", "wed", "mittwoch", "mi", "mercredi", "mer", "miércoles", "woensdag"],
        &[
            "thursday",
            "thu",
            "thur",
            "thurs",
            "donnerstag",
            "do",
            "jeudi",
            "jeu",
            "jueves",
            "donderdag",
        ],
        &["friday", "fri", "freitag", "fr", "vendredi", "ven", "viernes", "vrijdag"],
        &["saturday", "sat", "samstag", "sa", "samedi", "sam", "sábado", "zaterdag"],
        &["sunday", "sun", "sonntag", "so", "dimanche", "dim", "domingo", "zondag"],
    ];
    let exact = NAMES.iter().position(|names| names.contains(&word));
    let near = || {
        let long = word.chars().count() >= 5;
        NAMES.iter().position(|names| long && distance(word, names[0]) <= 1)
    };
    exact.or_else(near).map(|at| at as u32)
}
