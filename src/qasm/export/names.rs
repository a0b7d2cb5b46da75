//! Identifiers: valid, unique, and the same every time.

use super::dialect::Version;
use std::collections::{HashMap, HashSet};

/// Words of OpenQASM 2 that are no names (arXiv:1707.03429, figure 2), and its two gates.
const WORDS_2: [&str; 18] = [
    "OPENQASM", "include", "qreg", "creg", "gate", "opaque", "if", "measure", "reset", "barrier",
    "pi", "sin", "cos", "tan", "exp", "ln", "sqrt", "U",
];

/// Words of OpenQASM 3 that are no names (its lexer), its constants, functions and built-in gate.
const WORDS_3: [&str; 82] = [
    "OPENQASM",
    "include",
    "defcalgrammar",
    "def",
    "cal",
    "defcal",
    "gate",
    "extern",
    "box",
    "let",
    "break",
    "continue",
    "if",
    "else",
    "end",
    "return",
    "for",
    "while",
    "in",
    "switch",
    "case",
    "default",
    "nop",
    "pragma",
    "input",
    "output",
    "const",
    "readonly",
    "mutable",
    "qreg",
    "qubit",
    "creg",
    "bool",
    "bit",
    "int",
    "uint",
    "float",
    "angle",
    "complex",
    "array",
    "void",
    "duration",
    "stretch",
    "gphase",
    "inv",
    "pow",
    "ctrl",
    "negctrl",
    "dim",
    "durationof",
    "delay",
    "reset",
    "measure",
    "barrier",
    "true",
    "false",
    "im",
    "pi",
    "tau",
    "euler",
    "arccos",
    "arcsin",
    "arctan",
    "ceiling",
    "cos",
    "exp",
    "floor",
    "imag",
    "log",
    "mod",
    "popcount",
    "real",
    "rotl",
    "rotr",
    "sin",
    "sizeof",
    "sqrt",
    "tan",
    "U",
    "opaque",
    "ns",
    "dt",
];

const GREEK: [&str; 25] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi",
    "chi", "psi", "omega",
];

/// The names of a program.
pub(super) struct Names {
    version: Version,
    taken: HashSet<String>,
    /// The next number to try behind a name, so that many equal names take linear time.
    next: HashMap<String, usize>,
}

impl Names {
    pub fn new(version: Version) -> Self {
        Names { version, taken: HashSet::new(), next: HashMap::new() }
    }

    /// An identifier as much like `wanted` as there is.
    pub fn take(&mut self, wanted: &str) -> String {
        let base = self.identifier(wanted);
        let mut name = base.clone();
        while !self.is_free(&name) {
            let k = self.next.entry(base.clone()).or_insert(0);
            *k += 1;
            name = format!("{base}_{k}");
        }
        self.taken.insert(name.clone());
        name
    }

    fn is_free(&self, name: &str) -> bool {
        let words: &[&str] = match self.version {
            Version::V2 => &WORDS_2,
            Version::V3 => &WORDS_3,
        };
        let language = words.contains(&name) || name == "CX" || self.version.provides(name);
        !language && !self.taken.contains(name)
    }

    fn identifier(&self, wanted: &str) -> String {
        let mut name = String::new();
        for c in wanted.chars() {
            match c {
                '†' => name.push_str("dg"),
                'α'..='ω' => name.push_str(GREEK[c as usize - 'α' as usize]),
                c if c.is_ascii_alphanumeric() => name.push(c),
                _ => name.push('_'),
            }
        }
        // `theta[0]` is `theta_0`.
        if wanted.ends_with(']') {
            name.pop();
        }
        match (name.chars().next(), self.version) {
            (Some('a'..='z'), _) | (Some('A'..='Z' | '_'), Version::V3) => name,
            (Some(c @ 'A'..='Z'), Version::V2) => {
                format!("{}{}", c.to_ascii_lowercase(), &name[1..])
            }
            _ => format!("id_{name}"),
        }
    }
}

/// Registers with the names that they are written by; empty ones are not among them.
pub(super) struct Labels(Vec<(String, usize, usize)>);

impl Labels {
    /// From names and sizes in order of declaration.
    pub fn new(registers: impl Iterator<Item = (String, usize)>) -> Self {
        let mut end = 0;
        let placed = registers.filter(|r| r.1 > 0).map(|(name, size)| {
            end += size;
            (name, end - size, size)
        });
        Labels(placed.collect())
    }

    /// Names and sizes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, _, size)| (name.as_str(), *size))
    }

    /// Name, first bit and size of a bit's register.
    #[inline]
    pub fn of(&self, bit: usize) -> (&str, usize, usize) {
        let after = self.0.partition_point(|r| r.1 <= bit);
        let (name, start, size) = &self.0[after - 1];
        (name, *start, *size)
    }

    /// Writes `name[k]`.
    #[inline]
    pub fn push_bit(&self, bit: usize, out: &mut String) {
        let (name, start, _) = self.of(bit);
        out.push_str(name);
        out.push('[');
        push_integer(bit - start, out);
        out.push(']');
    }
}

/// Writes a number without the cost of formatting.
fn push_integer(mut value: usize, out: &mut String) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&d| char::from(d)));
}

/// The name of qubit k of a gate definition.
pub(super) fn local_qubit(k: usize) -> String {
    format!("q{k}")
}

/// The name of angle k of a definition.
pub(super) fn local_angle(k: usize) -> String {
    format!("t{k}")
}

/// Names that parameters and qubits of definitions have: no gate and no parameter is called so,
/// because OpenQASM 3 would take one for the other.
pub(super) fn is_local(name: &str) -> bool {
    let numbered = |first: char| {
        name.strip_prefix(first)
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    numbered('q') || numbered('t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_unique_and_stable() {
        let mut v3 = Names::new(Version::V3);
        let taken: Vec<String> = ["theta[0]", "theta_0", "x", "if", "Q", "β†", "3", "", "_a b"]
            .into_iter()
            .map(|name| v3.take(name))
            .collect();
        let expected =
            ["theta_0", "theta_0_1", "x_1", "if_1", "Q", "betadg", "id_3", "id_", "_a_b"];
        assert_eq!(taken, expected);
        let mut v2 = Names::new(Version::V2);
        assert_eq!([v2.take("Q"), v2.take("q"), v2.take("_a")], ["q", "q_1", "id__a"]);
        assert!(is_local("q12") && !is_local("q") && !is_local("q1x"));
    }
}
