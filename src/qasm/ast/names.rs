//! Names as small numbers.

use super::Symbol;
use crate::qasm::lexer::clip;
use std::borrow::Cow;
use std::collections::HashMap;

/// Names as small numbers.
#[derive(Debug)]
pub struct Interner {
    names: Vec<Box<str>>,
    map: HashMap<Box<str>, Symbol>,
    /// Names of at most 8 bytes met last, by a hash of their bytes: most lookups end here.
    recent: Box<[(u64, Symbol); 256]>,
}

impl Default for Interner {
    fn default() -> Self {
        Interner { names: vec![], map: HashMap::new(), recent: Box::new([(0, Symbol(0)); 256]) }
    }
}

impl Interner {
    /// The symbol of `name`, new or known.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let bytes = name.as_bytes();
        if bytes.len() > 8 {
            return self.slow(name);
        }
        // Names hold no zero byte, so the packed form is unique and not 0.
        let packed = bytes.iter().fold(0u64, |w, &b| w << 8 | u64::from(b));
        let slot = (packed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize;
        if self.recent[slot].0 == packed && packed != 0 {
            return self.recent[slot].1;
        }
        let symbol = self.slow(name);
        self.recent[slot] = (packed, symbol);
        symbol
    }

    fn slow(&mut self, name: &str) -> Symbol {
        if let Some(&symbol) = self.map.get(name) {
            return symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        self.names.push(name.into());
        self.map.insert(name.into(), symbol);
        symbol
    }

    /// The symbol of `name` if it was met.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.map.get(name).copied()
    }

    /// The text of a symbol.
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.0 as usize]
    }

    /// The text of a symbol as a message shows it: not longer than a line takes.
    pub fn shown(&self, symbol: Symbol) -> Cow<'_, str> {
        let name = self.name(symbol);
        if name.len() <= 60 { name.into() } else { clip(name, 60).into() }
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
