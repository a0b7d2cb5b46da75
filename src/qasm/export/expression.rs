//! Classical expressions and assignments in OpenQASM 3.
//!
//! The circuit's expressions are unsigned integers modulo 2^128. What has a simple form is written
//! in it:
//!
//! | expression | text |
//! |---|---|
//! | a bit, its negation | `c[0]`, `!c[0]` |
//! | a bit or a register compared with a number | `c[0] == 1`, `c == 3`, `uint[2](c[0:1]) >= 2` |
//! | `&&`, `\|\|`, `!` of conditions | `(c[0]) && (d == 1)`, `!(c == 3)` |
//! | any integer as a condition | `(…) != uint[128](0)` |
//!
//! Everything else is arithmetic on `uint[128]`, each operation in parentheses, with every leaf
//! cast: `uint[128](5)`, `uint[128](c[0])`, `uint[128](c)`, `uint[128](uint[3](c[0:2]))`,
//! `uint[128](c == 3)` for a condition. The complement is `(~(e) & uint[128](mask))`, a run over
//! several registers `(low | high << uint[128](n))`.
//!
//! Assignments are
//!
//! | to | text |
//! |---|---|
//! | one bit | `c[0] = 1;`, `c[0] = <condition>;`, `c[0] = (e & uint[128](1)) != uint[128](0);` |
//! | a run of n bits | `c[1:2] = "01";`, `c = d[0:1];`, `c = bit[n](uint[n](e));` |
//! | several runs | one of these each, from `uint[128] value;` |

use super::Exporter;
use super::names::Labels;
use crate::circuit::{Assign, BinaryOp, Expr, MAX_INTEGER_BITS};
use std::fmt::Write;
use std::ops::Range;

/// Numbers above are not `int[64]` literals.
const MAX_LITERAL: u128 = i64::MAX as u128;

impl Exporter<'_> {
    /// An expression as a boolean.
    pub fn condition(&self, e: &Expr) -> String {
        condition(&self.clbits, e)
    }

    /// Writes an assignment.
    pub fn assignment(&mut self, assign: &Assign, lead: &str, out: &mut String) {
        let runs = self.runs_of(&assign.clbits);
        // The value is read before anything is written.
        let mut value = assign.value.clone();
        if runs.len() > 1 && !matches!(value, Expr::Const(_)) {
            let variable = self.variable.get_or_insert_with(|| self.names.take("value")).clone();
            let _ = writeln!(out, "{lead}{variable} = {};", integer(&self.clbits, &value));
            for (offset, run) in runs {
                let shifted = format!("({variable} >> uint[128]({offset}))");
                let text = if offset == 0 { variable.clone() } else { shifted };
                let zero = offset >= MAX_INTEGER_BITS;
                let text = if zero { zeros(run.len()) } else { truncated(&text, run.len()) };
                let _ = writeln!(out, "{lead}{} = {text};", self.target(run));
            }
            return;
        }
        for (offset, run) in runs {
            if let Expr::Const(number) = &assign.value {
                let shift = offset.min(MAX_INTEGER_BITS) as u32;
                value = Expr::Const(number.checked_shr(shift).unwrap_or(0));
            }
            let text = self.assigned(&value, run.len());
            let _ = writeln!(out, "{lead}{} = {text};", self.target(run));
        }
    }

    /// A value for this many bits.
    fn assigned(&self, value: &Expr, len: usize) -> String {
        let labels = &self.clbits;
        match value {
            Expr::Const(number) if len == 1 => (number & 1).to_string(),
            Expr::Const(number) => {
                let digit = |k: usize| k < MAX_INTEGER_BITS && number >> k & 1 == 1;
                let digits = (0..len).rev().map(|k| if digit(k) { '1' } else { '0' });
                format!("\"{}\"", digits.collect::<String>())
            }
            value if len == 1 && is_boolean(value) => condition(labels, value),
            Expr::Register { start, len: own } if *own as usize == len && len > 1 => {
                let parts = parts(labels, *start as usize, len);
                match &parts[..] {
                    [part] => slice(labels, part.clone()),
                    _ => truncated(&integer(labels, value), len),
                }
            }
            value if len > MAX_INTEGER_BITS => {
                format!("bit[{len}](uint[{len}]({}))", integer(labels, value))
            }
            value => truncated(&integer(labels, value), len),
        }
    }

    /// Runs of consecutive bits in one register, each with the place of its first bit in the list.
    fn runs_of(&self, clbits: &[u32]) -> Vec<(usize, Range<usize>)> {
        let mut runs: Vec<(usize, Range<usize>)> = vec![];
        for (k, &bit) in clbits.iter().enumerate() {
            let bit = bit as usize;
            let start = self.clbits.of(bit).1;
            match runs.last_mut() {
                Some((_, run)) if run.end == bit && start != bit => run.end += 1,
                _ => runs.push((k, bit..bit + 1)),
            }
        }
        runs
    }

    fn target(&self, run: Range<usize>) -> String {
        if run.len() == 1 { bit(&self.clbits, run.start) } else { slice(&self.clbits, run) }
    }
}

fn zeros(len: usize) -> String {
    if len == 1 { "0".into() } else { format!("\"{}\"", "0".repeat(len)) }
}

/// The low bits of a `uint[128]`.
fn truncated(text: &str, len: usize) -> String {
    if len == 1 {
        return format!("({text} & uint[128](1)) != uint[128](0)");
    }
    format!("bit[{len}](uint[{len}]({text}))")
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp::*;
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge)
}

/// Whether an expression is 0 or 1 by its form.
fn is_boolean(e: &Expr) -> bool {
    match e {
        Expr::Bit(_) | Expr::Not(_) => true,
        Expr::Binary(op, ..) => is_comparison(*op) || matches!(op, BinaryOp::And | BinaryOp::Or),
        _ => false,
    }
}

fn condition(labels: &Labels, e: &Expr) -> String {
    match e {
        Expr::Bit(k) => bit(labels, *k as usize),
        Expr::Not(e) => match &**e {
            Expr::Bit(k) => format!("!{}", bit(labels, *k as usize)),
            e => format!("!({})", condition(labels, e)),
        },
        Expr::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
            format!("({}) {} ({})", condition(labels, a), op.symbol(), condition(labels, b))
        }
        Expr::Binary(op, a, b) if is_comparison(*op) => {
            if let Expr::Const(number) = **b
                && number <= MAX_LITERAL
            {
                let simple = match &**a {
                    Expr::Bit(k) => Some(bit(labels, *k as usize)),
                    Expr::Register { start, len } if *len > 0 => {
                        let (start, len) = (*start as usize, *len as usize);
                        match &parts(labels, start, len)[..] {
                            [part] if part.len() == labels.of(start).2 => {
                                Some(slice(labels, part.clone()))
                            }
                            [part] => Some(unsigned(labels, part.clone())),
                            _ => None,
                        }
                    }
                    _ => None,
                };
                if let Some(simple) = simple {
                    return format!("{simple} {} {number}", op.symbol());
                }
            }
            format!("{} {} {}", integer(labels, a), op.symbol(), integer(labels, b))
        }
        e => format!("{} != uint[128](0)", integer(labels, e)),
    }
}

/// An expression of type `uint[128]`, in parentheses if it is an operation.
fn integer(labels: &Labels, e: &Expr) -> String {
    match e {
        Expr::Const(number) => format!("uint[128]({number})"),
        Expr::Bit(k) => format!("uint[128]({})", bit(labels, *k as usize)),
        Expr::Register { start, len } => {
            let parts = parts(labels, *start as usize, *len as usize);
            let mut shift = 0;
            let mut terms = vec![];
            for part in &parts {
                let own = part.len() == labels.of(part.start).2 || part.len() == 1;
                let text = match own {
                    true if part.len() == 1 => format!("uint[128]({})", bit(labels, part.start)),
                    true => format!("uint[128]({})", slice(labels, part.clone())),
                    false => format!("uint[128]({})", unsigned(labels, part.clone())),
                };
                terms.push(match shift {
                    0 => text,
                    shift => format!("({text} << uint[128]({shift}))"),
                });
                shift += part.len();
            }
            match terms.len() {
                0 => "uint[128](0)".into(),
                1 => terms.swap_remove(0),
                _ => format!("({})", terms.join(" | ")),
            }
        }
        Expr::Complement { value, width } => {
            let mask = if *width >= 128 { u128::MAX } else { (1 << width) - 1 };
            format!("(~({}) & uint[128]({mask}))", integer(labels, value))
        }
        e if is_boolean(e) => format!("uint[128]({})", condition(labels, e)),
        Expr::Binary(op, a, b) => {
            format!("({} {} {})", integer(labels, a), op.symbol(), integer(labels, b))
        }
        Expr::Not(_) => unreachable!("it is boolean"),
    }
}

/// The pieces of a run of bits in one register each.
fn parts(labels: &Labels, start: usize, len: usize) -> Vec<Range<usize>> {
    let (mut at, end) = (start, start + len);
    let mut parts = vec![];
    while at < end {
        let (_, first, size) = labels.of(at);
        let next = end.min(first + size);
        parts.push(at..next);
        at = next;
    }
    parts
}

/// A slice of a register as an integer.
fn unsigned(labels: &Labels, part: Range<usize>) -> String {
    if part.len() == 1 {
        return format!("uint[1]({})", bit(labels, part.start));
    }
    format!("uint[{}]({})", part.len(), slice(labels, part))
}

fn bit(labels: &Labels, bit: usize) -> String {
    let mut text = String::new();
    labels.push_bit(bit, &mut text);
    text
}

/// A register by its name, or a part of it.
fn slice(labels: &Labels, part: Range<usize>) -> String {
    let (name, start, size) = labels.of(part.start);
    if part.len() == size {
        return name.to_string();
    }
    format!("{name}[{}:{}]", part.start - start, part.end - 1 - start)
}
