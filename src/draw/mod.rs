//! Drawings of circuits: as text ([`Circuit::draw`]) and as pictures ([`Circuit::picture`]).
//!
//! A wire is a line, a classical register a double one. `●` controls at 1 and `○` at 0, `⊕` is a
//! controlled X, `●` joined to `●` a controlled phase, `×` to `×` a swap. A box over several
//! wires acts on those that end at it; others pass through. Where their order is not from top to
//! bottom it is written at the wires, from 0, the least significant; a rotation about a Pauli
//! string has its letters there. A measurement falls on its register, with the bit's index under
//! it. Double frames are branches and loops; `■` is a register that they or an assignment read. A box
//! with a broken edge is a noise channel.
//!
//! ```
//! use ketlab::Circuit;
//! let mut bell = Circuit::new(2);
//! bell.h(0).cx(0, 1).measure_all();
//! # if false {
//! println!("{bell}"); // folded at the terminal's width
//! # }
//! let picture = "
//!          ┌───┐   ┌─┐
//! q[0]: ───┤ H ├─●─┤M├────
//!          └───┘ │ └╥┘┌─┐
//! q[1]: ─────────⊕──╫─┤M├─
//!                   ║ └╥┘
//! meas: 2/══════════╩══╩══
//!                   0  1";
//! assert_eq!(format!("\n{}", bell.draw().width(80)), picture);
//! ```
//!
//! Pictures are SVG, PNG or LaTeX for the package quantikz. Boxes and the lines of their controls
//! are coloured by what a gate is: Paulis blue, other Clifford gates green, phases purple,
//! rotations orange, blocks and matrices of your own yellow, measurements and resets grey, noise
//! channels red with a dashed edge. Angles
//! stand under the name; names of Greek letters become the letters.
//!
//! ```
//! # use ketlab::Circuit;
//! use ketlab::draw::Theme;
//! # let mut bell = Circuit::new(2);
//! # bell.h(0).cx(0, 1).measure_all();
//! let svg = bell.picture().theme(Theme::Dark).width(500.0).to_svg();
//! let latex = bell.picture().to_latex();
//! # #[cfg(feature = "png")]
//! let png = bell.picture().scale(3.0).to_png()?;
//! # Ok::<(), ketlab::Error>(())
//! ```

mod canvas;
mod frames;
mod label;
mod layout;
mod pack;
mod picture;
mod place;
mod shape;
mod text;

#[cfg(test)]
mod tests;

pub use picture::{PICTURE_WIDTH, Picture, Theme};

use crate::circuit::Circuit;
use layout::Layout;
use std::fmt;

/// Columns of gates that a drawing stops after, if nothing else is said.
pub const MAX_COLUMNS: usize = 1000;
/// Width of a drawing that does not go to a terminal.
const DEFAULT_WIDTH: usize = 100;

/// A circuit as text; [`Circuit::draw`] makes it, `Display` or `to_string` writes it.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    circuit: &'a Circuit,
    width: Option<Option<usize>>,
    max_columns: Option<usize>,
}

impl<'a> Text<'a> {
    /// What [`Circuit::draw`] gives.
    pub fn new(circuit: &'a Circuit) -> Self {
        Text { circuit, width: None, max_columns: Some(MAX_COLUMNS) }
    }

    /// Folds at this many cells, `None` for never. A line is longer only where a single column is.
    pub fn width(mut self, width: impl Into<Option<usize>>) -> Self {
        self.width = Some(width.into());
        self
    }

    /// Draws this many columns of gates and then says how many operations are left, `None` for all;
    /// [`MAX_COLUMNS`] if not called.
    pub fn max_columns(mut self, columns: impl Into<Option<usize>>) -> Self {
        self.max_columns = columns.into();
        self
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = match self.width {
            Some(width) => width,
            None if f.alternate() => None,
            None => Some(terminal_width().unwrap_or(DEFAULT_WIDTH)),
        };
        let layout = Layout::new(self.circuit, self.max_columns.unwrap_or(usize::MAX));
        text::write(&layout, width, f)
    }
}

fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(usize::from(width.0))
}

impl Circuit {
    /// The circuit as text, folded at the terminal's width if standard output is a terminal, at
    /// 100 cells if not.
    pub fn draw(&self) -> Text<'_> {
        Text::new(self)
    }
}

/// [`Circuit::draw`] with its defaults; `{:#}` never folds.
impl fmt::Display for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw().fmt(f)
    }
}
