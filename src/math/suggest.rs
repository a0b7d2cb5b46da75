//! "Did you mean …?"

/// The candidate most like `name`, if one is near enough to be a slip.
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let length = name.chars().count();
    if length > 40 {
        return None;
    }
    let near = if length < 3 { 1 } else { length.div_ceil(3).min(3) };
    candidates
        .filter(|c| c.len().abs_diff(name.len()) <= near && *c != name)
        .map(|c| (distance(name, c), c.chars().next() != name.chars().next(), c))
        .filter(|&(d, _, c)| d <= near && d < length.max(c.chars().count()))
        .min()
        .map(|(_, _, c)| c.to_owned())
}

/// Edits (insert, delete, replace, exchange neighbours) from one name to the other: the optimal
/// string alignment distance. Case counts half as much as it looks: names are compared in lower
/// case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let replace = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j - 1] + replace).min(rows[i - 1][j] + 1);
            best = best.min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let names = ["h", "ch", "cx", "ccx", "rzz", "swap", "data"];
        let find = |name| closest(name, names.into_iter());
        assert_eq!(find("hh").as_deref(), Some("h"));
        assert_eq!(find("CX").as_deref(), Some("cx"));
        assert_eq!(find("sawp").as_deref(), Some("swap"));
        assert_eq!(find("dta").as_deref(), Some("data"));
        assert_eq!(find("q"), None);
        assert_eq!(find("teleport"), None);
    }
}
