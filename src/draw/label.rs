//! The words of a drawing: gate names, angles, conditions.

use super::layout::Label;
use crate::circuit::{BinaryOp, Duration, Expr, Registers};
use crate::gate::{Angle, Form, Gate, Param};
use std::f64::consts::PI;

/// Largest numerator over a denominator other than 1, and over 1.
const NUMERATORS: (f64, f64) = (99.0, 9999.0);

/// `3π/4` where the value is so within 1e-12 (odd part of the denominator at most 15, times a
/// power of two up to 2^20), else four significant digits.
pub(super) fn number(value: f64) -> String {
    pi_fraction(value).unwrap_or_else(|| decimal(value))
}

fn pi_fraction(value: f64) -> Option<String> {
    let multiple = value.abs() / PI;
    if multiple == 0.0 || !multiple.is_finite() {
        return None;
    }
    for odd in (1..16).step_by(2) {
        let mut scaled = multiple * f64::from(odd);
        for shift in 0..=20 {
            let denominator = odd << shift;
            let limit = if denominator == 1 { NUMERATORS.1 } else { NUMERATORS.0 };
            let numerator = scaled.round();
            if numerator > limit {
                break;
            }
            if numerator > 0.0 && (scaled - numerator).abs() <= 1e-12 * scaled {
                let sign = if value < 0.0 { "-" } else { "" };
                let times =
                    if numerator == 1.0 { String::new() } else { format!("{numerator:.0}") };
                let over = if denominator == 1 { String::new() } else { format!("/{denominator}") };
                return Some(format!("{sign}{times}π{over}"));
            }
            scaled *= 2.0;
        }
    }
    None
}

fn decimal(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let scientific = format!("{value:.3e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    if (-3..6).contains(&exponent) {
        trim(&format!("{value:.*}", (3 - exponent).max(0) as usize))
    } else {
        format!("{}e{exponent}", trim(mantissa))
    }
}

/// An angle with the parameters' names: `2γ+π/2`.
pub(super) fn angle(angle: &Angle, params: &[String]) -> String {
    if let Some(value) = angle.fixed() {
        return number(value);
    }
    let mut text = String::new();
    for &(Param(k), coefficient) in angle.terms() {
        let unknown = format!("?{k}");
        let name = params.get(k as usize).unwrap_or(&unknown);
        join(&mut text, &term(coefficient, name));
    }
    if angle.offset() != 0.0 {
        join(&mut text, &number(angle.offset()));
    }
    text
}

fn join(sum: &mut String, term: &str) {
    if !sum.is_empty() && !term.starts_with('-') {
        sum.push('+');
    }
    sum.push_str(term);
}

fn term(coefficient: f64, name: &str) -> String {
    let sign = if coefficient < 0.0 { "-" } else { "" };
    let size = coefficient.abs();
    let divisor = (1.0 / size).round();
    if size == 1.0 {
        return format!("{sign}{name}");
    }
    if size < 1.0 && divisor <= 64.0 && (size * divisor - 1.0).abs() <= 1e-12 {
        return format!("{sign}{name}/{divisor:.0}");
    }
    let factor = number(size);
    // `2e5` and `π/2x` would be read as something else.
    let mut letters = name.chars();
    let like_number = match letters.next() {
        Some('e' | 'E') => letters.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_ascii_digit() || c == 'π',
        None => false,
    };
    let dot = if like_number || !factor.ends_with(|c: char| c.is_ascii_digit()) || {
        factor.contains(['π', 'e'])
    } {
        "·"
    } else {
        ""
    };
    format!("{sign}{factor}{dot}{name}")
}

/// `name(angle,angle)`, or just the name.
fn call(name: &str, angles: &[Angle], params: &[String]) -> Label {
    if angles.is_empty() {
        return Label::new(name);
    }
    let list: Vec<String> = angles.iter().map(|a| angle(a, params)).collect();
    let plain = format!("{name}({})", list.join(","));
    Label { plain, name: name.into(), detail: list.join(", "), ..Label::default() }
}

/// The same with the letters of a rotation set apart.
fn rotation(letters: &str, angles: &[Angle], params: &[String]) -> Label {
    let label = call(&format!("R{letters}"), angles, params);
    Label { name: "R".into(), sub: letters.into(), ..label }
}

/// e to the i angle.
fn phase(symbol: &str, angles: &[Angle], params: &[String]) -> Label {
    let Label { plain, detail, .. } = call(symbol, angles, params);
    let is_sum = detail.trim_start_matches('-').contains(['+', '-']);
    let sup = match detail.strip_prefix('-') {
        _ if is_sum => format!("i({detail})"),
        Some(size) => format!("-i{size}"),
        None => format!("i{detail}"),
    };
    Label { plain, name: "e".into(), sup, ..Label::default() }
}

/// What stands in a gate's box.
pub(super) fn gate(gate: &Gate, params: &[String]) -> Label {
    match gate {
        Gate::Std(row, angles) => {
            let spec = row.spec();
            match (&spec.form, spec.symbol.strip_prefix('R')) {
                (Form::Rotation(_), Some(letters)) => rotation(letters, angles, params),
                (Form::Phase(_), _) if spec.num_qubits == 0 => phase(spec.symbol, angles, params),
                _ => call(spec.symbol, angles, params),
            }
        }
        Gate::PauliRotation(string, theta) if string.num_qubits() == 1 => {
            rotation(&string.get(0).to_string(), std::slice::from_ref(theta), params)
        }
        Gate::PauliRotation(_, theta) => call("R", std::slice::from_ref(theta), params),
        other => call(&other.name(), other.angles(), params),
    }
}

/// `delay 20ns`.
pub(super) fn delay(duration: &Duration) -> Label {
    let value = duration.value;
    let text = if value.fract() == 0.0 && value < 1e9 { value.to_string() } else { decimal(value) };
    let detail = format!("{text} {}", duration.unit.symbol());
    let plain = format!("delay {text}{}", duration.unit.symbol());
    Label { plain, name: "delay".into(), detail, ..Label::default() }
}

/// Names of channels that are shortened in their boxes.
const SHORT: [(&str, &str); 4] = [
    ("depolarizing", "depol"),
    ("amplitude_damping", "damping"),
    ("phase_damping", "dephasing"),
    ("thermal", "thermal"),
];
/// Most letters of a channel's name and of its parameters in a box.
const CHANNEL: [usize; 2] = [14, 22];

/// A channel by its text: `depolarizing(p=0.01)` is `depol(0.01)`. The names of parameters are left
/// out, and all of them where they are long.
pub(super) fn channel(text: &str) -> Label {
    if text.contains(" then ") {
        let names =
            text.split(" then ").map(|one| channel(one.split('(').next().unwrap_or(one)).name);
        return channel(&names.collect::<Vec<_>>().join("+"));
    }
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let rest = rest.strip_suffix(')').unwrap_or(rest);
    let found = SHORT.iter().find(|s| s.0 == name);
    let name = found.map_or_else(|| name.replace('_', " "), |s| s.1.to_string());
    let name = match name.char_indices().nth(CHANNEL[0]) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    };
    // How many qubits there are is seen.
    let parameters = rest.split(',').map(str::trim).filter(|p| !p.starts_with("qubits="));
    let value = |p: &'_ str| -> usize {
        // Which string has which probability is not seen from the numbers alone.
        if name.starts_with("pauli") { 0 } else { p.find('=').map_or(0, |at| at + 1) }
    };
    let values = parameters.map(|p| p[value(p)..].trim());
    let values: Vec<String> =
        values.map(|v| v.parse().map_or_else(|_| v.to_string(), decimal)).collect();
    let detail = values.join(", ");
    if detail.is_empty() || detail.chars().count() > CHANNEL[1] {
        return Label::new(name);
    }
    Label { plain: format!("{name}({})", values.join(",")), name, detail, ..Label::default() }
}

/// Bits that are written: a run where they are one, else one by one.
pub(super) fn assigned(bits: &[u32], registers: &Registers) -> String {
    let is_run = bits.windows(2).all(|pair| pair[1] == pair[0] + 1);
    match bits.first() {
        Some(&first) if is_run => clbits(first, bits.len() as u32, registers),
        _ => {
            let each: Vec<String> = bits.iter().map(|&bit| clbits(bit, 1, registers)).collect();
            each.join(",")
        }
    }
}

/// A run of classical bits: `c`, `c[2]`, `c[0:3]` (both ends included), joined by `++` where it
/// passes from one register to the next.
fn clbits(start: u32, len: u32, registers: &Registers) -> String {
    let (mut next, end) = (start as usize, start as usize + len as usize);
    let mut parts = Vec::new();
    while next < end {
        let Some((register, first)) = registers.locate(next) else {
            parts.push(format!("?{next}"));
            break;
        };
        let last = register.range().end.min(end) - 1 - register.start;
        parts.push(match (first, last) {
            (0, last) if last + 1 == register.size => register.name.clone(),
            (first, last) if first == last => format!("{}[{first}]", register.name),
            (first, last) => format!("{}[{first}:{last}]", register.name),
        });
        next = register.start + last + 1;
    }
    if parts.is_empty() { "0".into() } else { parts.join("++") }
}

/// A classical expression, with parentheses wherever the order might be doubted.
pub(super) fn expr(e: &Expr, registers: &Registers) -> String {
    match e {
        Expr::Const(value) => value.to_string(),
        Expr::Bit(bit) => registers.label(*bit as usize),
        Expr::Register { start, len } => clbits(*start, *len, registers),
        Expr::Not(inner) => format!("!{}", operand(inner, None, registers)),
        Expr::Complement { value, .. } => format!("~{}", operand(value, None, registers)),
        Expr::Binary(op, a, b) => {
            // A register read as a signed number is shown as what it stands for.
            if let (Some((start, len, sign)), Expr::Const(value)) = (flipped(a), &**b) {
                let name = clbits(start, len, registers);
                match op {
                    BinaryOp::Sub if *value == sign => return name,
                    op if is_comparison(*op) && *value <= 2 * sign => {
                        let value = *value as i128 - sign as i128;
                        return format!("{name}{}{value}", op.symbol());
                    }
                    _ => {}
                }
            }
            let (a, b) = (operand(a, Some(*op), registers), operand(b, Some(*op), registers));
            match op {
                BinaryOp::And | BinaryOp::Or => format!("{a} {} {b}", op.symbol()),
                _ => format!("{a}{}{b}", op.symbol()),
            }
        }
    }
}

/// A register whose highest bit is flipped, which adds 2^(len-1) to a signed number: it and that.
fn flipped(e: &Expr) -> Option<(u32, u32, u128)> {
    let Expr::Binary(BinaryOp::BitXor, a, b) = e else { return None };
    match (&**a, &**b) {
        (Expr::Register { start, len: len @ 2..=126 }, Expr::Const(s)) if *s == 1 << (len - 1) => {
            Some((*start, *len, *s))
        }
        _ => None,
    }
}

fn operand(e: &Expr, parent: Option<BinaryOp>, registers: &Registers) -> String {
    let text = expr(e, registers);
    let clear = match (e, parent) {
        (Expr::Binary(BinaryOp::Sub, a, _), _) if flipped(a).is_some() => true,
        (Expr::Binary(child, ..), Some(parent)) => {
            (is_comparison(*child) && matches!(parent, BinaryOp::And | BinaryOp::Or))
                || (is_arithmetic(*child) && is_comparison(parent))
        }
        (Expr::Binary(..), None) => false,
        (Expr::Register { start, len }, _) => !clbits(*start, *len, registers).contains("++"),
        _ => true,
    };
    if clear { text } else { format!("({text})") }
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp::*;
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge)
}

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp::*;
    matches!(op, Add | Sub | Mul | Div | Rem)
}

/// 41233 as `41,233`.
pub(super) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Circuit;

    #[test]
    fn numbers() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (PI, "π"),
            (-PI, "-π"),
            (PI / 2.0, "π/2"),
            (3.0 * PI / 4.0, "3π/4"),
            (2.0 * PI / 3.0, "2π/3"),
            (-5.0 * PI / 6.0, "-5π/6"),
            (PI / 32768.0, "π/32768"),
            (PI / 48.0, "π/48"),
            (PI / f64::from(1 << 20), "π/1048576"),
            (1024.0 * PI, "1024π"),
            (PI * (1.0 + 1e-9), "3.142"),
            (3.0, "3"),
            (0.1, "0.1"),
            (-1.23456, "-1.235"),
            (0.001234567, "0.001235"),
            (0.00001234567, "1.235e-5"),
            (123456.7, "123457"),
            (1e300, "1e300"),
            (f64::MIN_POSITIVE, "2.225e-308"),
            (0.9999999, "1"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text, "{value}");
        }
        for odd in 1..16 {
            for numerator in 1..20 {
                let value = f64::from(numerator) * PI / f64::from(odd);
                assert!(number(value).contains('π'), "{numerator}π/{odd}");
            }
        }
    }

    #[test]
    fn angles_by_name() {
        let mut c = Circuit::new(1);
        let (g, e) = (c.param("γ"), c.param("e5"));
        let text = |a: Angle| angle(&a, c.params());
        assert_eq!(text(2.0 * g + PI / 2.0), "2γ+π/2");
        assert_eq!(text(-g - 0.5), "-γ-0.5");
        assert_eq!(text(g / 2.0 - 1.5 * e), "γ/2-1.5·e5");
        assert_eq!(text(PI * g), "π·γ");
        assert_eq!(text(-g / 3.0 + e), "-γ/3+e5");
        assert_eq!(angle(&Angle::from(Param(7)), &[]), "?7");
    }

    #[test]
    fn channels_by_their_text() {
        let cases = [
            ("depolarizing(p=0.01)", "depol(0.01)", "0.01"),
            ("depolarizing(p=0.0133333333)", "depol(0.01333)", "0.01333"),
            (
                "thermal(t1=100us, t2=80us, t=300ns)",
                "thermal(100us,80us,300ns)",
                "100us, 80us, 300ns",
            ),
            ("bit_flip(p=1e-7)", "bit flip(1e-7)", "1e-7"),
            ("kraus", "kraus", ""),
            ("depolarizing(p=0.01, qubits=2)", "depol(0.01)", "0.01"),
            ("bit_flip(p=0.1) then thermal(t1=1us, t2=1us, t=1ns)", "bit flip+therm…", ""),
            ("pauli(IX=0.01, ZZ=0.02)", "pauli(IX=0.01,ZZ=0.02)", "IX=0.01, ZZ=0.02"),
            ("kraus([[1, 0], [0, 1]], [[0, 0], [0, 0]])", "kraus", ""),
            ("a_name_that_has_no_end(x)", "a name that ha…(x)", "x"),
        ];
        for (text, plain, detail) in cases {
            let label = channel(text);
            assert_eq!((label.plain.as_str(), label.detail.as_str()), (plain, detail));
        }
    }

    #[test]
    fn expressions() {
        let mut c = Circuit::empty();
        c.add_clbits("c", 3);
        c.add_clbits("flag", 1);
        c.add_clbits("meas", 4);
        let text = |e: Expr| expr(&e, c.clbits());
        assert_eq!(text(Expr::bits(0..3).equals(3)), "c==3");
        assert_eq!(text(Expr::bit(1)), "c[1]");
        assert_eq!(text(Expr::bit(3).not()), "!flag");
        assert_eq!(text(Expr::bits(4..6)), "meas[0:1]");
        assert_eq!(text(Expr::bits(2..5).equals(1)), "(c[2]++flag++meas[0])==1");
        assert_eq!(text(Expr::bits(1..1)), "0");
        let both = Expr::bit(0).equals(1).binary(BinaryOp::And, Expr::bit(1).not());
        assert_eq!(text(both.clone()), "c[0]==1 && !c[1]");
        assert_eq!(text(both.not()), "!(c[0]==1 && !c[1])");
        let masked = Expr::bits(0..3).binary(BinaryOp::BitAnd, 1);
        assert_eq!(text(masked.equals(1)), "(c&1)==1");
        let sum = Expr::bits(0..3).binary(BinaryOp::Add, 1);
        assert_eq!(text(sum.binary(BinaryOp::Lt, 4)), "c+1<4");
        let flipped = Expr::bits(0..3).binary(BinaryOp::BitXor, 4);
        assert_eq!(text(flipped.clone().binary(BinaryOp::Lt, 3)), "c<-1");
        let signed = flipped.binary(BinaryOp::Sub, 4);
        assert_eq!(text(signed.binary(BinaryOp::Add, 1)), "c+1");
        assert_eq!(
            (count(7), count(41233), count(1000000)),
            ("7".into(), "41,233".into(), "1,000,000".into())
        );
    }
}
