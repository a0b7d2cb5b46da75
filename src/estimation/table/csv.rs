//! Tables as lines of two columns.

use super::row::{Row, TableKind, finite};

/// The rows of a text, or what is wrong in which line.
pub fn rows(text: &str, kind: TableKind) -> Result<Vec<Row>, String> {
    // Lines may end in the ways of all systems.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut rows = Vec::new();
    let (mut swapped, mut first) = (false, true);
    for (k, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let place = |message: String| format!("line {}: {message}", k + 1);
        let fields = fields(line);
        let &[a, b] = fields.as_slice() else {
            return Err(place(format!(
                "`{line}` has {}; a table has two columns, x and {}",
                match fields.len() {
                    1 => "one column".into(),
                    n => format!("{n} columns"),
                },
                kind.names()[0]
            )));
        };
        let is_name = |field: &str| field.parse::<f64>().is_err();
        if std::mem::take(&mut first) && is_name(a) && is_name(b) {
            let is = |names: &[&str], field: &str| names.contains(&field.to_lowercase().as_str());
            swapped = is(kind.names(), a) && !is(kind.names(), b);
            continue;
        }
        let number = |field: &str| {
            field.parse::<f64>().map_err(|_| place(format!("`{field}` must be a number")))
        };
        let (x, y) = if swapped { (b, a) } else { (a, b) };
        let x = finite("x", number(x)?).map_err(place)?;
        let y = kind.check(number(y)?).map_err(place)?;
        rows.push(Row { line: Some(k + 1), x, y });
    }
    Ok(rows)
}

/// What stands between the separators of a line, without quotes.
fn fields(line: &str) -> Vec<&str> {
    match [';', '\t', ','].into_iter().find(|&s| line.contains(s)) {
        Some(separator) => line.split(separator).map(unquoted).collect(),
        None => line.split_whitespace().map(unquoted).collect(),
    }
}

fn unquoted(field: &str) -> &str {
    field.trim().trim_matches('"').trim()
}
