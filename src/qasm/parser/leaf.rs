//! Operands of expressions: numbers, names, strings.

use super::{Halt, Parse, Parser};
use crate::circuit::{Duration, TimeUnit};
use crate::qasm::ast::{BigInt, Ident, Leaf, Symbol};
use crate::qasm::lexer::{Token, clip};

/// Digits of an integer of OpenQASM 3: converting more would take too long.
const MAX_DIGITS: usize = 20_000;

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// The operand under the cursor, if it is one.
    #[inline]
    pub(super) fn leaf(&mut self) -> Parse<Option<Leaf>> {
        Ok(Some(match self.token {
            Token::Int => self.int_leaf(),
            Token::Float => {
                if self.strict() && !self.v3() && !self.token_text().contains('.') {
                    let span = self.here();
                    self.strict_error(span, "a real number has a decimal point");
                }
                Leaf::Float(self.float(&self.text[self.start as usize..self.end as usize])?)
            }
            Token::Pi => Leaf::Pi,
            Token::Name => {
                let text = &self.text[self.start as usize..self.end as usize];
                Leaf::Name(self.session.ast.names.intern(text))
            }
            Token::Str if self.v3() => self.bit_string()?,
            token if token > Token::End => return self.leaf_3(),
            _ => return Ok(None),
        }))
    }

    /// An operand that only OpenQASM 3 has.
    fn leaf_3(&mut self) -> Parse<Option<Leaf>> {
        let text = &self.text[self.start as usize..self.end as usize];
        Ok(Some(match self.token {
            Token::Tau => Leaf::Tau,
            Token::Euler => Leaf::Euler,
            Token::Bool => Leaf::Bool(text == "true"),
            Token::Physical => Leaf::Name(self.physical()?),
            Token::OddInt => self.odd_int()?,
            Token::Imaginary => {
                Leaf::Imaginary(self.float(text[..text.len() - 2].trim_ascii_end())?)
            }
            Token::Timing => {
                let units =
                    text.trim_start_matches(|c: char| !c.is_alphabetic() || c == 'e' || c == 'E');
                let number = text[..text.len() - units.len()].trim_ascii_end();
                let unit = match units {
                    "dt" => TimeUnit::Dt,
                    "ns" => TimeUnit::Ns,
                    "ms" => TimeUnit::Ms,
                    "s" => TimeUnit::S,
                    _ => TimeUnit::Us,
                };
                let value = self.float(number)?;
                let durations = &mut self.session.ast.durations;
                durations.push(Duration { value, unit });
                Leaf::Duration(durations.len() as u32 - 1)
            }
            _ => return Ok(None),
        }))
    }

    /// A number of the lexer as a value.
    fn float(&mut self, text: &str) -> Parse<f64> {
        let value = match text.contains('_') {
            true => text.replace('_', "").parse(),
            false => text.parse(),
        };
        // Rust reads every form that the lexer lets through.
        value.map_err(|_| self.unexpected("a number"))
    }

    /// The integer under the cursor.
    #[inline]
    pub(super) fn int_leaf(&mut self) -> Leaf {
        let bytes = &self.text.as_bytes()[self.start as usize..self.end as usize];
        if bytes[0] == b'0' && bytes.len() > 1 && !self.v3() {
            let (span, text) = (self.here(), self.token_text());
            let shorter = text.trim_start_matches('0');
            let help =
                format!("write `{}`", clip(if shorter.is_empty() { "0" } else { shorter }, 40));
            self.error(span, "an integer cannot begin with 0").help(help);
            return Leaf::Int(0);
        }
        if bytes.len() < 20 {
            return Leaf::Int(bytes.iter().fold(0, |v, b| v * 10 + u64::from(b - b'0')));
        }
        let text = self.token_text().to_owned();
        if let Ok(value) = text.parse() {
            return Leaf::Int(value);
        }
        if self.v3() && text.len() > MAX_DIGITS {
            let span = self.here();
            self.error(span, format!("an integer of more than {MAX_DIGITS} digits"));
            return Leaf::Int(0);
        }
        let big = &mut self.session.ast.big_ints;
        big.push(BigInt::new(text));
        Leaf::BigInt(big.len() as u32 - 1)
    }

    /// An integer with a base or underscores.
    #[cold]
    fn odd_int(&mut self) -> Parse<Leaf> {
        let digits = self.token_text().replace('_', "");
        let base = match digits.get(..2) {
            Some("0b" | "0B") => 2,
            Some("0o") => 8,
            Some("0x" | "0X") => 16,
            _ => 10,
        };
        let digits = if base == 10 { &digits[..] } else { &digits[2..] };
        if let Ok(value) = u64::from_str_radix(digits, base) {
            return Ok(Leaf::Int(value));
        }
        if digits.len() > MAX_DIGITS {
            let span = self.here();
            self.error(span, format!("an integer of more than {MAX_DIGITS} digits"));
            return Err(Halt);
        }
        let decimal = if base == 10 { digits.to_owned() } else { decimal(digits, base) };
        let big = &mut self.session.ast.big_ints;
        big.push(BigInt::new(decimal));
        Ok(Leaf::BigInt(big.len() as u32 - 1))
    }

    /// `"0101"`
    fn bit_string(&mut self) -> Parse<Leaf> {
        let text = self.token_text();
        let inner = &text[1..text.len() - 1];
        let apart = !inner.contains("__") && !inner.starts_with('_') && !inner.ends_with('_');
        let sound =
            apart && !inner.is_empty() && inner.bytes().all(|b| matches!(b, b'0' | b'1' | b'_'));
        if !sound {
            let message = format!("{} is not a bit string", clip(text, 40));
            let span = self.here();
            self.error(span, message).help("a bit string is made of 0 and 1: `\"0110\"`");
            return Err(Halt);
        }
        let bits = inner.replace('_', "");
        let strings = &mut self.session.ast.bit_strings;
        strings.push(bits);
        Ok(Leaf::Bits(strings.len() as u32 - 1))
    }

    /// The physical qubit under the cursor, whose name is `$` and its number.
    pub(super) fn physical(&mut self) -> Parse<Symbol> {
        let text = &self.text[self.start as usize..self.end as usize];
        let Ok(number) = text[1..].parse::<u32>() else {
            let (span, shown) = (self.here(), clip(text, 40));
            self.error(span, format!("the number of the physical qubit `{shown}` is too large"));
            return Err(Halt);
        };
        self.session.physical = self.session.physical.max(Some(number));
        let names = &mut self.session.ast.names;
        // `$007` is `$7`.
        let leading = text.len() > 2 && text.as_bytes()[1] == b'0';
        Ok(if leading { names.intern(&format!("${number}")) } else { names.intern(text) })
    }

    /// A name or a physical qubit.
    pub(super) fn qubit_name(&mut self, wanted: &str) -> Parse<Ident> {
        if self.token != Token::Physical {
            return self.ident(wanted);
        }
        let ident = Ident { name: self.physical()?, span: self.here() };
        self.advance();
        Ok(ident)
    }
}

/// Digits of a base that is a power of two, as decimal digits.
fn decimal(digits: &str, base: u32) -> String {
    const LIMB: u64 = 1_000_000_000;
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|c| c.to_digit(base)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = *limb * u64::from(base) + carry;
            (*limb, carry) = (value % LIMB, value / LIMB);
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut out = limbs.last().map_or(String::new(), u64::to_string);
    for limb in limbs.iter().rev().skip(1) {
        out.push_str(&format!("{limb:09}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn long_integers_become_decimal() {
        assert_eq!(decimal("ff", 16), "255");
        assert_eq!(decimal("10000000000000000", 16), "18446744073709551616");
        assert_eq!(decimal(&format!("1{}", "0".repeat(90)), 2), (1u128 << 90).to_string());
    }
}
