//! Good states as text.

use super::good::GoodStates;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use std::ops::Range;

impl GoodStates {
    /// Reads a predicate on the qubits of a circuit: conditions joined by `,` or `&`, all of which
    /// must hold, or groups of such joined by `|`, one of which must. A condition compares an integer that qubits form, the first least significant, by
    /// `=`, `!=`, `<`, `<=`, `>`, `>=` or `in {…}`. The qubits are a register (`price`), one or a
    /// range of its qubits (`price[2]`, `price[0:3]`, both ends included as in OpenQASM), or a qubit
    /// by its number (`q3`, whatever the registers are called). A text of `0`, `1` and `-` alone is
    /// a pattern `q(n-1)…q0`, where `-` may be either.
    ///
    /// ```
    /// use ketlab::{Circuit, estimation::GoodStates};
    /// let c = Circuit::new(4); // its register is called q
    /// let good = GoodStates::parse("q3=1, q[0:2] < 5", &c)?;
    /// assert!(good.contains(0b1100) && !good.contains(0b1101) && !good.contains(0b0100));
    /// assert_eq!(GoodStates::parse("1--0", &c)?, GoodStates::pattern(&[(3, true), (0, false)])?);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the text cannot be read, or names a qubit that does not exist or a value that the qubits
    /// cannot have.
    pub fn parse(text: &str, circuit: &Circuit) -> Result<Self> {
        let text = text.trim();
        if !text.is_empty() && text.chars().all(|c| "01-".contains(c)) {
            return pattern(text, circuit.num_qubits());
        }
        let mut good = GoodStates::none();
        for group in text.replace("||", "|").split('|') {
            let mut all = GoodStates::all();
            for part in conditions(group) {
                all = all.and(&condition(part.trim(), circuit)?)?;
            }
            good = good.or(&all)?;
        }
        Ok(good)
    }
}

fn wrong(text: &str, expected: impl Into<String>) -> Error {
    Error::Invalid {
        what: "the condition on good states".into(),
        value: format!("`{text}`"),
        expected: expected.into(),
    }
}

fn pattern(text: &str, num_qubits: usize) -> Result<GoodStates> {
    if text.len() != num_qubits {
        return Err(wrong(
            text,
            format!("a pattern has one character for each of the {num_qubits} qubits"),
        ));
    }
    let values: Vec<(usize, bool)> = text
        .chars()
        .rev()
        .enumerate()
        .filter(|c| c.1 != '-')
        .map(|(qubit, c)| (qubit, c == '1'))
        .collect();
    GoodStates::pattern(&values)
}

/// Pieces between commas and ampersands outside of braces.
fn conditions(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' | '&' if depth <= 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    // `&&` leaves an empty piece, and nothing at all is one to complain about.
    let whole = pieces.iter().all(|p| p.trim().is_empty());
    let mut kept: Vec<&str> = pieces.into_iter().filter(|p| !p.trim().is_empty()).collect();
    if whole {
        kept.push(text);
    }
    kept
}

fn condition(text: &str, circuit: &Circuit) -> Result<GoodStates> {
    const HELP: &str = "write a register or qubits, a comparison and a number, for example `q3=1`, \
                        `q[0:2]<5` or `price in {1, 3}`";
    if let Some((operand, set)) = membership(text) {
        let inner = set.trim().strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        let inner = inner.ok_or_else(|| wrong(text, HELP))?;
        let values = inner.split(',').filter(|v| !v.trim().is_empty());
        let values = values.map(|v| number(v, text)).collect::<Result<Vec<u64>>>()?;
        return GoodStates::set(&qubits(operand, circuit)?, &values);
    }
    let at = text.find(['<', '>', '=', '!']).ok_or_else(|| wrong(text, HELP))?;
    let (operand, rest) = text.split_at(at);
    let operators = ["==", "!=", "<=", ">=", "=", "<", ">"];
    let operator = operators.into_iter().find(|o| rest.starts_with(o));
    let operator = operator.ok_or_else(|| wrong(text, HELP))?;
    let value = number(&rest[operator.len()..], text)?;
    let qubits = qubits(operand, circuit)?;
    let next = value.checked_add(1).ok_or_else(|| wrong(text, "the number is too large"))?;
    match operator {
        "=" | "==" => GoodStates::set(&qubits, &[value]),
        "!=" => GoodStates::set(&qubits, &[value])?.not(),
        "<" => GoodStates::less_than(&qubits, value),
        "<=" => GoodStates::less_than(&qubits, next),
        ">" => GoodStates::at_least(&qubits, next),
        _ => GoodStates::at_least(&qubits, value),
    }
}

/// The two sides of `in {…}`.
fn membership(text: &str) -> Option<(&str, &str)> {
    let (before, _) = text.split_once('{')?;
    let operand = before.trim_end().strip_suffix("in")?;
    let apart = operand.ends_with([' ', '\t', ']']);
    apart.then(|| (operand, &text[before.len()..]))
}

fn number(text: &str, whole: &str) -> Result<u64> {
    let text = text.trim();
    let parsed = match text.get(..2) {
        Some("0b") => u64::from_str_radix(&text[2..], 2).ok(),
        Some("0x") => u64::from_str_radix(&text[2..], 16).ok(),
        _ => text.parse().ok(),
    };
    parsed
        .ok_or_else(|| wrong(whole, format!("`{text}` is no number; write it as 5, 0b101 or 0x5")))
}

fn qubits(text: &str, circuit: &Circuit) -> Result<Vec<usize>> {
    let text = text.trim();
    let (name, index) = match text.split_once('[') {
        None => (text, None),
        Some((name, index)) => {
            let index = index.strip_suffix(']').ok_or_else(|| wrong(text, "`]` is missing"))?;
            (name.trim(), Some(index))
        }
    };
    let register: Option<Range<usize>> = circuit.qubits().find(name).map(|r| r.range());
    let Some(range) = register else {
        // A qubit by its number.
        let number = name.strip_prefix('q').and_then(|n| n.parse::<usize>().ok());
        return match number {
            Some(qubit) if qubit < circuit.num_qubits() && index.is_none() => Ok(vec![qubit]),
            Some(qubit) if index.is_none() => {
                Err(Error::QubitOutOfRange { qubit, num_qubits: circuit.num_qubits() })
            }
            _ => {
                let names: Vec<&str> = circuit.qubits().iter().map(|r| r.name.as_str()).collect();
                let all = "single qubits are q0, q1, …, and the registers";
                Err(Error::unknown_name("register of qubits", name, all, &names))
            }
        };
    };
    let Some(index) = index else { return Ok(range.collect()) };
    let place = |text: &str| -> Result<usize> {
        let k = text.trim().parse::<usize>().map_err(|_| wrong(text, "an index is a number"))?;
        if k < range.len() {
            return Ok(k);
        }
        let expected = format!("register {name} has {} qubits, numbered from 0", range.len());
        Err(wrong(&format!("{name}[{}]", index), expected))
    };
    let (first, last) = match index.split_once(':') {
        None => (place(index)?, place(index)?),
        Some((a, b)) => (place(a)?, place(b)?),
    };
    if first > last {
        return Err(wrong(text, "the range is empty; write the lower index first"));
    }
    Ok((range.start + first..=range.start + last).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuit() -> Circuit {
        let mut c = Circuit::empty();
        c.add_qubits("price", 3);
        c.add_qubits("payoff", 1);
        c
    }

    fn good(text: &str) -> Vec<u64> {
        let states = GoodStates::parse(text, &circuit()).unwrap();
        (0..16).filter(|&s| states.contains(s)).collect()
    }

    #[test]
    fn conditions_are_what_they_say() {
        assert_eq!(good("payoff = 1"), (8..16).collect::<Vec<_>>());
        assert_eq!(good("q3==1 & price>=6"), [14, 15]);
        assert_eq!(good("price < 2, payoff[0]=0"), [0, 1]);
        assert_eq!(good("price in {1, 5,} && q3=0"), [1, 5]);
        assert_eq!(good("price[0:2] in{1}, q3=0"), [1]);
        assert_eq!(good("price[0:2]in {1}, q3=0"), [1]);
        assert_eq!(good("price[1:2] = 0b10, q3=0"), [4, 5]);
        assert_eq!(good("price != 3, payoff=0"), [0, 1, 2, 4, 5, 6, 7]);
        assert_eq!(good("price <= 0x1, price > 0, q3=0"), [1]);
        assert_eq!(good("0-1-"), [2, 3, 6, 7]);
        assert_eq!(good("q3=0, price=1 | price in {1,2}, q3=0 || price=7"), [1, 2, 7, 15]);
        // A number that they do not have is an answer for comparisons.
        assert_eq!(good("price < 9, q3=0").len(), 8);
        assert_eq!(good("price > 7"), [0; 0]);
    }

    #[test]
    fn faults_are_named() {
        let message = |text: &str| GoodStates::parse(text, &circuit()).unwrap_err().to_string();
        for (text, part) in [
            ("", "for example `q3=1`"),
            (",", "for example `q3=1`"),
            ("q0=1|", "for example `q3=1`"),
            ("price", "for example `q3=1`"),
            ("cost=1", "the registers price, payoff"),
            ("q4=1", "qubit 4 is out of range"),
            ("price=8", "values below 8"),
            ("price=x", "`x` is no number"),
            ("price[3]=1", "3 qubits, numbered from 0"),
            ("price[2:1]=1", "lower index first"),
            ("01", "each of the 4 qubits"),
            ("price in 3", "for example"),
            ("price=-1", "`-1` is no number"),
        ] {
            assert!(message(text).contains(part), "{text}: {}", message(text));
        }
    }
}
