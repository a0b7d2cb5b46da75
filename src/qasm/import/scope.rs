//! Which name means what.

use crate::qasm::ast::{Interner, Span, Symbol};

/// What a name outside of gate bodies means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entity {
    /// Nothing.
    Free,
    /// A quantum register.
    Qubits { start: u32, size: u32 },
    /// A classical register.
    Bits { start: u32, size: u32 },
    /// A gate, by its number.
    Gate(u32),
    /// Something whose declaration is at fault: using it is no further fault.
    Broken,
}

/// A name with what it means and where it was declared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub entity: Entity,
    pub origin: Origin,
}

/// Where a meaning comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The language: cannot be redefined.
    Language,
    /// The header: relaxed mode lets a program's own definition win.
    Header,
    /// The program.
    Program(Span),
}

/// The names outside of gate bodies.
#[derive(Debug)]
pub(super) struct Scope {
    entries: Vec<Entry>,
}

impl Scope {
    /// A scope of `names` free names.
    pub fn new(names: usize) -> Self {
        Scope { entries: vec![Entry { entity: Entity::Free, origin: Origin::Header }; names] }
    }

    #[inline]
    pub fn get(&self, name: Symbol) -> Entity {
        self.entries[name.0 as usize].entity
    }

    pub fn entry(&self, name: Symbol) -> Entry {
        self.entries[name.0 as usize]
    }

    pub fn set(&mut self, name: Symbol, entity: Entity, origin: Origin) {
        self.entries[name.0 as usize] = Entry { entity, origin };
    }

    /// The declared name most like `name` among those of the kind.
    pub fn suggest(
        &self,
        names: &Interner,
        name: &str,
        kind: impl Fn(Entity) -> bool,
    ) -> Option<String> {
        let declared = self.entries.iter().enumerate().filter(|(_, e)| kind(e.entity));
        closest(name, declared.map(|(i, _)| names.name(Symbol(i as u32))))
    }
}

/// The candidate most like `name`, if one is near enough to be a slip.
pub(super) fn closest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let length = name.chars().count();
    if length > 40 {
        return None;
    }
    let near = if length < 3 { 1 } else { length.div_ceil(3).min(3) };
    candidates
        .filter(|c| c.len().abs_diff(name.len()) <= near && *c != name)
        .map(|c| (distance(name, c), c))
        .filter(|&(d, c)| d <= near && d < length.max(c.chars().count()))
        .min()
        .map(|(_, c)| c.to_owned())
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
        let names = ["h", "cx", "ccx", "rzz", "swap", "data"];
        let find = |name| closest(name, names.into_iter());
        assert_eq!(find("hh").as_deref(), Some("h"));
        assert_eq!(find("CX").as_deref(), Some("cx"));
        assert_eq!(find("sawp").as_deref(), Some("swap"));
        assert_eq!(find("dta").as_deref(), Some("data"));
        assert_eq!(find("q"), None);
        assert_eq!(find("teleport"), None);
    }
}
