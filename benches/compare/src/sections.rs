//! The file of results: a head, and a section for each instruction set that was measured.

/// What stands before the sections.
const HEAD: &str = "# ketlab beside prism-q

Written by `benches/compare/run`, a section for each of ketlab's instruction sets; \
[README.md](README.md) says how to read it.
";

/// The text of the file with `body` as the section of that name, in place of the one that it has.
/// Other sections stay, in the order of their names.
pub fn with_section(file: &str, name: &str, body: &str) -> String {
    let mut sections: Vec<(&str, &str)> = split(file).filter(|(other, _)| *other != name).collect();
    sections.push((name, body.trim_end()));
    sections.sort_by_key(|(name, _)| *name);
    let text = |(name, body)| format!("\n## {name}\n\n{body}\n");
    HEAD.to_string() + &sections.into_iter().map(text).collect::<String>()
}

/// Names and bodies of the sections of a file.
fn split(file: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = file.split("\n## ").skip(1);
    parts.filter_map(|part| part.split_once('\n')).map(|(name, body)| (name.trim(), body.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_section_is_replaced_and_others_stay() {
        let one = with_section("", "avx512", "| a |\n\n### States\n\nrows\n");
        let two = with_section(&one, "avx2", "first");
        assert_eq!(two, with_section(&two, "avx2", "first\n"));
        let again = with_section(&two, "avx2", "second");
        let expected = [("avx2", "second"), ("avx512", "| a |\n\n### States\n\nrows")];
        assert!(split(&again).eq(expected), "{again}");
        assert!(again.starts_with(HEAD));
    }
}
