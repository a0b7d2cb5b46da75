//! Tables that fit the terminal.

use crate::text::{NARROWEST_TEXT, columns, fold, width};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, presets};
use std::fmt;
use std::ops::Range;

/// A table with a heading. Where it is wider than the terminal, sentences in its last column are
/// folded; where that is not enough, each row becomes a list of its cells.
pub struct Table {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

/// A table with a heading; the columns from the second on are aligned to the right.
pub fn table(heading: &[&str], rows: Vec<Vec<String>>) -> Table {
    aligned_table(heading, rows, 1..heading.len())
}

/// A table with a heading; these columns are aligned to the right.
pub fn aligned_table(heading: &[&str], rows: Vec<Vec<String>>, right: Range<usize>) -> Table {
    let heading: Vec<String> = heading.iter().map(|name| (*name).into()).collect();
    let right = (0..heading.len()).map(|column| right.contains(&column)).collect();
    Table { heading, rows, right }
}

impl Table {
    /// The columns from this one on are aligned to the right too.
    pub fn right_from(mut self, first: usize) -> Self {
        self.right.iter_mut().skip(first).for_each(|right| *right = true);
        self
    }

    /// Lines; with a number of columns, the last column takes what the others leave.
    fn lines(&self, columns: Option<usize>) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_header(&self.heading);
        for row in &self.rows {
            table.add_row(row);
        }
        for (column, &right) in table.column_iter_mut().zip(&self.right) {
            if right {
                column.set_cell_alignment(CellAlignment::Right);
            }
            if columns.is_some() {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        if let Some(columns) = columns {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(columns.min(usize::from(u16::MAX)) as u16);
            if let Some(last) = table.column_mut(self.heading.len() - 1) {
                last.remove_constraint();
            }
        }
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_string()).collect();
        lines.join("\n")
    }

    /// What the last column has, if it holds sentences.
    fn room_for_text(&self, columns: usize) -> Option<usize> {
        let last = self.heading.len().checked_sub(1).filter(|&last| !self.right[last])?;
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.chain([&self.heading[column]]).map(|cell| cell.chars().count() + 2).max()
        };
        let others: usize = (0..last).filter_map(widest).sum();
        columns.checked_sub(others + 2).filter(|&room| room >= NARROWEST_TEXT)
    }

    /// Each row as a list: the first cell, then a line for each of the others.
    fn lists(&self, columns: usize) -> String {
        let names = self.heading.iter().skip(1).map(|name| name.chars().count());
        let widest = names.max().unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            let title = row.first().map_or("", String::as_str);
            let of = self.heading.first().map_or("", String::as_str);
            text += &fold(&format!("{of} {title}\n"), columns);
            for (name, cell) in self.heading.iter().zip(row).skip(1).filter(|c| !c.1.is_empty()) {
                text += &fold(&format!("  {name:<widest$}  {cell}\n"), columns);
            }
        }
        text.trim_end().into()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let natural = self.lines(None);
        f.write_str(&match columns() {
            Some(columns) if width(&natural) > columns => match self.room_for_text(columns) {
                Some(_) => self.lines(Some(columns)),
                None => self.lists(columns),
            },
            _ => natural,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Table {
        let row = |name: &str, n: &str, what: &str| vec![name.into(), n.into(), what.into()];
        let words = "a sentence of some length that can be folded where there is no room for it";
        let rows = vec![row("one", "1234567", words), row("two", "8", "")];
        aligned_table(&["name", "number", "what"], rows, 1..2)
    }

    #[test]
    fn tables_fit() {
        let table = example();
        let natural = table.lines(None);
        assert!(
            natural.starts_with(" name   number  what\n one   1234567  a sentence"),
            "{natural}"
        );
        for columns in [44, 60, 80] {
            assert!(table.room_for_text(columns).is_some());
            let folded = table.lines(Some(columns));
            assert!(width(&folded) <= columns && folded.contains(" 1234567 "), "{folded}");
        }
        assert_eq!(table.room_for_text(40), None);
        let lists = table.lists(40);
        assert!(width(&lists) <= 40, "{lists}");
        assert!(lists.starts_with("name one\n  number  1234567\n  what    a sentence"), "{lists}");
        // What is empty is left out, and nothing else.
        assert!(lists.ends_with("name two\n  number  8"), "{lists}");
    }

    #[test]
    fn numbers_are_never_folded() {
        let rows = vec![vec!["long name".into(), "0.123456789".into()]];
        let table = table(&["name", "number"], rows);
        assert_eq!(table.room_for_text(15), None);
        assert_eq!(table.lists(15), "name long name\n  number\n    0.123456789");
    }
}
