//! What a text that cannot be read looks like, for messages.

use super::scan::{Line, content};

/// A format that a text may have, and the extension that says so.
pub(super) struct Look {
    pub format: &'static str,
    pub extension: &'static str,
}

/// What a text looks like by the shape of its lines, if it looks like anything.
pub(super) fn like(text: &str) -> Option<Look> {
    let look = |format, extension| Some(Look { format, extension });
    let mut lines = content(text);
    let first = lines.next()?;
    let header = first.fields();
    let rest = || content(text).skip(1);
    let whole = |field: &str| field.parse::<usize>().ok();
    let numbers = |line: &Line<'_>| line.fields().iter().all(|f| f.parse::<f64>().is_ok());
    let has = |line: &Line<'_>, count: &[usize]| count.contains(&line.fields().len());
    if header.len() == 1 && whole(header[0]).is_some() {
        let second = lines.next()?;
        let sizes =
            second.fields().len() == 2 && second.fields().iter().all(|f| whole(f).is_some());
        let triples = || content(text).skip(2).all(|line| numbers(&line) && has(&line, &[3]));
        if sizes && content(text).nth(2).is_some() && triples() {
            return look("the OR-Library's bqp", "bqp");
        }
        let entries = rest().all(|line| numbers(&line) && has(&line, &[2, 3]));
        return if entries {
            look("Ising text (`n`, then `i j J` and `i h`)", "ising")
        } else {
            None
        };
    }
    if ["e", "a"].contains(&header[0]) && header.len() >= 3 {
        return look("DIMACS without its header `p edge n m`", "col");
    }
    if let [n, m] = header[..]
        && let (Some(n), Some(m)) = (whole(n), whole(m))
    {
        let of = |line: Line<'_>| {
            let ends = line.fields();
            numbers(&line)
                && has(&line, &[2, 3])
                && ends[..2].iter().all(|f| whole(f).is_some_and(|v| (1..=n).contains(&v)))
        };
        if m > 0 && rest().count() == m && rest().all(of) {
            return look("Gset (`n m`, then `u v weight`)", "gset");
        }
    }
    if header.len() == 1 && super::ising_text::is_named(text) {
        return look("SimAn's (a name, then `i j J`)", "ising");
    }
    let same_ends = |line: Line<'_>| {
        let ends = line.fields();
        ends.len() == 3 && ends[0] == ends[1]
    };
    if content(text).all(|line| numbers(&line) && has(&line, &[3])) && content(text).any(same_ends)
    {
        return look("COO (`i j coefficient`, with `i i` for linear ones)", "coo");
    }
    if content(text).all(|line| numbers(&line) && has(&line, &[header.len()]))
        && [2, 3].contains(&header.len())
    {
        return look("an edge list (`u v` or `u v weight`)", "edges");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        for (text, extension) in [
            ("3\n0 1 -1\n1 2 1\n0 0.5\n", "ising"),
            ("3\n0 1 -1\n", "ising"),
            ("1\n3 2\n1 1 5\n1 2 -1\n", "bqp"),
            ("3 2\n1 2 1\n2 3 1\n", "gset"),
            ("0 0 1\n0 1 -1\n", "coo"),
            ("0 1 1\n1 2 -1\n", "edges"),
            ("0,1\n1,2\n", "edges"),
            ("e 1 2\ne 2 3\n", "col"),
            ("a_name\n0 1 1\n0 0 1\n", "ising"),
        ] {
            assert_eq!(like(text).map(|look| look.extension), Some(extension), "{text:?}");
        }
        for text in ["", "# a\n", "hello world\n", "3\n1 2 3 4\n", "0 1 2 3\n"] {
            assert!(like(text).is_none(), "{text:?}");
        }
    }
}
