//! A grid of characters that knows how lines join.

use std::collections::BTreeMap;

/// No line, a light one, a double one.
pub(super) type Weight = u8;

#[derive(Clone, Copy, Default, PartialEq)]
struct Cell {
    text: Option<char>,
    /// Weights of the lines to the four sides: up, down, left, right.
    lines: [Weight; 4],
    /// Whether its line is broken.
    dashed: bool,
}

const UP: usize = 0;
const DOWN: usize = 1;
const LEFT: usize = 2;
const RIGHT: usize = 3;
/// Second cell of a character that takes two.
const TAIL: char = '\0';

/// Characters on `height` lines of `width` cells.
pub(super) struct Canvas {
    width: usize,
    cells: Vec<Cell>,
    /// Accents, by the index of the cell that they stand on.
    accents: BTreeMap<usize, String>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        let cells = vec![Cell::default(); width * height];
        Canvas { width, cells, accents: BTreeMap::new() }
    }

    fn add(&mut self, x: usize, y: usize, side: usize, weight: Weight) {
        let cell = &mut self.cells[y * self.width + x];
        cell.lines[side] = weight.max(cell.lines[side]);
        cell.dashed = false;
    }

    /// A line from cell to cell.
    pub fn horizontal(&mut self, y: usize, from: usize, to: usize, weight: Weight) {
        for x in from..to {
            self.add(x, y, RIGHT, weight);
            self.add(x + 1, y, LEFT, weight);
        }
    }

    /// A line from cell to cell.
    pub fn vertical(&mut self, x: usize, from: usize, to: usize, weight: Weight) {
        for y in from..to {
            self.add(x, y, DOWN, weight);
            self.add(x, y + 1, UP, weight);
        }
    }

    /// A line through the whole width, ends included.
    pub fn wire(&mut self, y: usize, weight: Weight) {
        for x in 0..self.width {
            self.add(x, y, LEFT, weight);
            self.add(x, y, RIGHT, weight);
        }
    }

    /// A light frame round cells that are wiped; wires of the lines in `through` stay.
    pub fn boxed(
        &mut self,
        [x0, x1]: [usize; 2],
        [y0, y1]: [usize; 2],
        through: impl Fn(usize) -> bool,
    ) {
        for y in y0 + 1..y1 {
            if !through(y) {
                self.cells[y * self.width + x0].lines[RIGHT] = 0;
                self.cells[y * self.width + x1].lines[LEFT] = 0;
                let inside = y * self.width + x0 + 1..y * self.width + x1;
                self.cells[inside].fill(Cell::default());
            }
        }
        self.horizontal(y0, x0, x1, 1);
        self.horizontal(y1, x0, x1, 1);
        self.vertical(x0, y0, y1, 1);
        self.vertical(x1, y0, y1, 1);
    }

    /// [`boxed`](Self::boxed) with a broken frame, but where it lies on other lines.
    pub fn dashed_box(
        &mut self,
        [x0, x1]: [usize; 2],
        [y0, y1]: [usize; 2],
        through: impl Fn(usize) -> bool,
    ) {
        let sides = (y0..=y1).flat_map(|y| [(x0, y), (x1, y)]);
        let edge = (x0..=x1).flat_map(|x| [(x, y0), (x, y1)]).chain(sides);
        let edge: Vec<usize> = edge.map(|(x, y)| y * self.width + x).collect();
        let is_free = |cell: &Cell| cell.dashed || cell.lines == [0; 4];
        let free: Vec<bool> = edge.iter().map(|&k| is_free(&self.cells[k])).collect();
        self.boxed([x0, x1], [y0, y1], through);
        edge.into_iter().zip(free).for_each(|(k, free)| self.cells[k].dashed = free);
    }

    /// Text over whatever is there; what does not fit is cut.
    pub fn text(&mut self, x: usize, y: usize, text: &str) {
        let mut at = x;
        for c in text.chars() {
            let cells = char_width(c);
            if cells == 0 {
                if at > x {
                    self.accents.entry(y * self.width + at - 1).or_default().push(c);
                }
                continue;
            }
            if at + cells > self.width {
                break;
            }
            self.cells[y * self.width + at].text = Some(c);
            if cells == 2 {
                self.cells[y * self.width + at + 1].text = Some(TAIL);
            }
            at += cells;
        }
    }

    /// A double line where nothing else is.
    pub fn background(&mut self, y: usize, from: usize, to: usize) {
        for cell in &mut self.cells[y * self.width..][from..=to] {
            if *cell == Cell::default() {
                cell.lines = [0, 0, 2, 2];
            }
        }
    }

    /// One line as text, without spaces at its end.
    pub fn line(&self, y: usize) -> String {
        let mut line = String::new();
        for x in 0..self.width {
            let cell = self.cells[y * self.width + x];
            if cell.text != Some(TAIL) {
                let joint = match joint(cell.lines) {
                    '─' if cell.dashed => '╌',
                    '│' if cell.dashed => '╎',
                    joint => joint,
                };
                line.push(cell.text.unwrap_or(joint));
            }
            if let Some(accents) = self.accents.get(&(y * self.width + x)) {
                line.push_str(accents);
            }
        }
        line.truncate(line.trim_end_matches(' ').len());
        line
    }
}

/// The character of lines to the four sides. A line and its continuation have one weight.
fn joint([up, down, left, right]: [Weight; 4]) -> char {
    const LIGHT: [char; 16] =
        [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼'];
    const DOUBLE_ACROSS: [char; 16] =
        [' ', '│', '│', '│', '═', '╛', '╕', '╡', '═', '╘', '╒', '╞', '═', '╧', '╤', '╪'];
    const DOUBLE_DOWN: [char; 16] =
        [' ', '║', '║', '║', '─', '╜', '╖', '╢', '─', '╙', '╓', '╟', '─', '╨', '╥', '╫'];
    const DOUBLE: [char; 16] =
        [' ', '║', '║', '║', '═', '╝', '╗', '╣', '═', '╚', '╔', '╠', '═', '╩', '╦', '╬'];
    let sides = usize::from(up > 0)
        | usize::from(down > 0) << 1
        | usize::from(left > 0) << 2
        | usize::from(right > 0) << 3;
    let table = match (left.max(right) == 2, up.max(down) == 2) {
        (false, false) => LIGHT,
        (true, false) => DOUBLE_ACROSS,
        (false, true) => DOUBLE_DOWN,
        (true, true) => DOUBLE,
    };
    table[sides]
}

/// Cells that a terminal gives a character: 0 for accents, 2 for East Asian and emoji, else 1.
pub(super) fn char_width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f
        | 0x483..=0x489
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x2064
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xfeff => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Cells that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The text without what would break a line, cut to `cells` with `…` at its end.
pub(super) fn fit(text: &str, cells: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if width(&clean) <= cells {
        return clean;
    }
    let mut left = cells.saturating_sub(1);
    let kept = clean.chars().take_while(|&c| {
        let fits = char_width(c) <= left;
        left = left.saturating_sub(char_width(c));
        fits
    });
    kept.chain(['…']).collect()
}

/// The same, cut at its beginning.
pub(super) fn fit_end(text: &str, cells: usize) -> String {
    let reversed: String = text.chars().rev().collect();
    fit(&reversed, cells).chars().rev().collect()
}
