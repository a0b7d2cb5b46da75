//! Which name means what, and where.

use crate::math::closest;
use crate::qasm::ast::{Interner, Span, Symbol};

/// What a name outside of gate bodies means. Numbers are indices in the importer's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entity {
    /// Nothing.
    Free,
    /// A quantum register.
    Qubits { start: u32, size: u32 },
    /// A classical register.
    Bits { start: u32, size: u32 },
    /// A qubit that is no register.
    Qubit(u32),
    /// A classical bit that is no register.
    Bit(u32),
    /// Qubits that `let` or a parameter names.
    QubitList(u32),
    /// Bits that `let` or a parameter names.
    BitList(u32),
    /// A gate.
    Gate(u32),
    /// A variable.
    Variable(u32),
    /// A constant: a variable that no scope hides and nothing changes.
    Const(u32),
    /// A subroutine.
    Subroutine(u32),
    /// A subroutine of another program.
    Extern,
    /// Something whose declaration is at fault: using it is no further fault.
    Broken,
}

/// A name with what it means and where it was declared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub entity: Entity,
    pub origin: Origin,
    /// Blocks around the declaration.
    depth: u32,
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

/// The names outside of gate bodies, innermost block last.
#[derive(Debug)]
pub(super) struct Scope {
    entries: Vec<Entry>,
    /// What the open blocks have replaced.
    undo: Vec<(Symbol, Entry)>,
    /// For each open block the length of `undo` at its start.
    marks: Vec<usize>,
    /// In a subroutine or gate body: the depth of its first block. What is declared between the
    /// program's level and here is hidden.
    floor: u32,
}

/// Names that a subroutine and a gate see of the program around them.
fn is_global(entry: &Entry) -> bool {
    match entry.entity {
        Entity::Gate(_) | Entity::Const(_) | Entity::Subroutine(_) | Entity::Extern => true,
        Entity::Broken => true,
        _ => entry.origin == Origin::Language,
    }
}

impl Scope {
    /// A scope of `names` free names.
    pub fn new(names: usize) -> Self {
        let free = Entry { entity: Entity::Free, origin: Origin::Header, depth: 0 };
        Scope { entries: vec![free; names], undo: vec![], marks: vec![], floor: 0 }
    }

    #[inline]
    pub fn get(&self, name: Symbol) -> Entity {
        if self.floor > 0 {
            return self.entry(name).entity;
        }
        self.entries[name.0 as usize].entity
    }

    /// What the name means here.
    pub fn entry(&self, name: Symbol) -> Entry {
        let entry = self.entries[name.0 as usize];
        if self.floor == 0 || entry.depth >= self.floor {
            return entry;
        }
        // The program's own meaning may be covered by one of a block that is hidden from here.
        let program = match entry.depth {
            0 => Some(entry),
            _ => self.undo.iter().find(|(n, e)| *n == name && e.depth == 0).map(|(_, e)| *e),
        };
        match program {
            Some(entry) if is_global(&entry) => entry,
            _ => Entry { entity: Entity::Free, origin: Origin::Header, depth: 0 },
        }
    }

    /// Whether the name means something that cannot be seen from here.
    pub fn is_hidden(&self, name: Symbol) -> bool {
        self.get(name) == Entity::Free && self.entries[name.0 as usize].entity != Entity::Free
    }

    /// What the name means outside of the body that hides it.
    pub fn beyond(&self, name: Symbol) -> Entity {
        self.entries[name.0 as usize].entity
    }

    /// Whether the name was declared in the innermost open block.
    pub fn is_local(&self, name: Symbol) -> bool {
        let entry = self.entry(name);
        entry.entity != Entity::Free && entry.depth as usize == self.marks.len()
    }

    pub fn set(&mut self, name: Symbol, entity: Entity, origin: Origin) {
        let new = Entry { entity, origin, depth: self.marks.len() as u32 };
        let old = std::mem::replace(&mut self.entries[name.0 as usize], new);
        if !self.marks.is_empty() {
            self.undo.push((name, old));
        }
    }

    /// Whether this is inside of a subroutine or gate.
    pub fn in_body(&self) -> bool {
        self.floor > 0
    }

    /// Number of open blocks.
    pub fn depth(&self) -> usize {
        self.marks.len()
    }

    /// Opens a block.
    pub fn enter(&mut self) {
        self.marks.push(self.undo.len());
    }

    /// Opens the body of a subroutine or gate; gives back what [`leave_body`](Self::leave_body)
    /// needs.
    pub fn enter_body(&mut self) -> u32 {
        self.enter();
        std::mem::replace(&mut self.floor, self.marks.len() as u32)
    }

    /// Closes the innermost block.
    pub fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or(0);
        while self.undo.len() > mark {
            if let Some((name, entry)) = self.undo.pop() {
                self.entries[name.0 as usize] = entry;
            }
        }
    }

    /// Closes a body that [`enter_body`](Self::enter_body) opened.
    pub fn leave_body(&mut self, floor: u32) {
        self.leave();
        self.floor = floor;
    }

    /// The declared name most like `name` among those of the kind.
    pub fn suggest(
        &self,
        names: &Interner,
        name: &str,
        kind: impl Fn(Entity) -> bool,
    ) -> Option<String> {
        let numbers = 0..self.entries.len() as u32;
        let declared = numbers.map(Symbol).filter(|&s| kind(self.get(s)));
        closest(name, declared.take(5_000).map(|s| names.name(s)))
    }
}
