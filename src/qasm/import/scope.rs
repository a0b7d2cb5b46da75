//! Which name means what.

use crate::qasm::ast::{Interner, Span, Symbol};
use crate::qasm::suggest::closest;

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
        closest(name, declared.take(5_000).map(|(i, _)| names.name(Symbol(i as u32))))
    }
}
