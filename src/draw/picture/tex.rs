//! Labels in TeX's tongue.

use crate::draw::layout::Label;

/// Names of Greek letters that TeX has.
const GREEK: [(&str, char); 31] = [
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("phi", 'φ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Sigma", 'Σ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
    ("vartheta", 'ϑ'),
];

fn greek(c: char) -> Option<&'static str> {
    GREEK.iter().find(|g| g.1 == c).map(|g| g.0)
}

/// The letter of that name.
pub(super) fn greek_letter(name: &str) -> Option<char> {
    GREEK.iter().find(|g| g.0 == name).map(|g| g.1)
}

/// Text outside of formulas, with nothing that TeX would take for a command. Letters that plain
/// LaTeX does not set are named by their code.
pub(super) fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str(r"\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => out.extend(['\\', c]),
            '^' => out.push_str(r"\textasciicircum{}"),
            '~' => out.push_str(r"\textasciitilde{}"),
            '<' => out.push_str(r"\textless{}"),
            '>' => out.push_str(r"\textgreater{}"),
            '|' => out.push_str(r"\textbar{}"),
            '"' => out.push_str("''"),
            '-' => out.push_str("{-}"),
            '…' => out.push_str(r"\dots{}"),
            '·' => out.push_str(r"$\cdot$"),
            '†' => out.push_str(r"$^{\dagger}$"),
            '√' => out.push_str(r"$\surd$"),
            ' '..='}' => out.push(c),
            'À'..='ÿ' if !"ÐÞðþ×÷".contains(c) => out.push(c),
            c => match greek(c) {
                Some(name) => out.push_str(&format!(r"$\{name}$")),
                None => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
            },
        }
    }
    out
}

/// A name inside of a formula: `\theta`, `q`, `\mathrm{data}`; figures at the end of a letter are
/// its index.
pub(super) fn name(name: &str) -> String {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let index = &name[letters.len()..];
    let mut chars = letters.chars();
    let symbol = match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii_alphabetic() => Some(c.to_string()),
        (Some(c), None) => greek(c).map(|g| format!(r"\{g}")),
        _ => GREEK.iter().find(|g| g.0 == letters).map(|g| format!(r"\{}", g.0)),
    };
    match symbol {
        Some(symbol) if index.is_empty() => symbol,
        Some(symbol) => format!("{symbol}_{{{index}}}"),
        None if name.chars().all(|c| c.is_ascii_alphanumeric()) => format!(r"\mathrm{{{name}}}"),
        None => format!(r"\text{{{}}}", text(name)),
    }
}

/// Angles and durations: numbers, signs and names, `theta[3]` with its index below.
pub(super) fn math(formula: &str) -> String {
    let chars: Vec<char> = formula.chars().collect();
    let mut out = String::new();
    let mut k = 0;
    let run = |from: usize, holds: &dyn Fn(char) -> bool| {
        chars[from..].iter().position(|&c| !holds(c)).map_or(chars.len(), |n| from + n)
    };
    while k < chars.len() {
        let c = chars[k];
        let before = k;
        if c.is_ascii_digit() {
            k = run(k, &|c| c.is_ascii_digit() || c == '.');
            out.extend(&chars[before..k]);
            k = exponent(&chars, k, &mut out);
        } else if c.is_alphabetic() || c == '_' {
            k = if greek(c).is_some() {
                run(k + 1, &|c| c.is_ascii_digit())
            } else {
                run(k, &|c| (c.is_alphanumeric() || c == '_') && greek(c).is_none())
            };
            let symbol = name(&chars[before..k].iter().collect::<String>());
            let close = chars[k..].iter().position(|&c| c == ']').map(|n| k + n);
            match close {
                Some(close) if chars.get(k) == Some(&'[') => {
                    let index: String = chars[k + 1..close].iter().collect();
                    out.push_str(&indexed(&symbol, &math(&index)));
                    k = close + 1;
                }
                _ => out.push_str(&format!("{symbol} ")),
            }
        } else {
            match c {
                '·' => out.push_str(r"\cdot "),
                ' ' => out.push_str(r"\,"),
                '+' | '-' | '/' | '(' | ')' | ',' | '.' | '=' | '?' => out.push(c),
                c => out.push_str(&format!(r"\text{{{}}}", text(&c.to_string()))),
            }
            k += 1;
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// `e-5` after a number as a power of ten; where what follows begins.
fn exponent(chars: &[char], at: usize, out: &mut String) -> usize {
    if chars.get(at) != Some(&'e') {
        return at;
    }
    let sign = usize::from(chars.get(at + 1) == Some(&'-'));
    let digits = chars[at + 1 + sign..].iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return at;
    }
    let end = at + 1 + sign + digits;
    let power: String = chars[at + 1..end].iter().collect();
    out.push_str(&format!(r"\cdot 10^{{{power}}}"));
    end
}

/// A symbol with an index, in braces if it has one of its own.
pub(super) fn indexed(symbol: &str, index: &str) -> String {
    format!("{}_{{{index}}}", braced(symbol))
}

fn braced(symbol: &str) -> String {
    if symbol.contains(['_', '^']) { format!("{{{symbol}}}") } else { symbol.into() }
}

/// A label inside of a formula.
pub(super) fn label(label: &Label) -> String {
    let bare = label.name.trim_end_matches('†');
    let mut out = match bare.strip_prefix('√') {
        Some(root) => format!(r"\sqrt{{{}}}", name(root)),
        None => name(bare),
    };
    if bare != label.name {
        out = format!(r"{}^{{\dagger}}", braced(&out));
    }
    if !label.sub.is_empty() {
        out = indexed(&out, &label.sub);
    }
    if !label.sup.is_empty() {
        let (sign, rest) = match label.sup.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", label.sup.as_str()),
        };
        let (i, rest) = rest.strip_prefix('i').map_or(("", rest), |rest| ("i", rest));
        out = format!("{}^{{{sign}{i}{}}}", braced(&out), math(rest));
    }
    if !label.detail.is_empty() {
        out = format!("{out}({})", math(&label.detail));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas() {
        assert_eq!(math("3π/4"), r"3\pi /4");
        assert_eq!(math("2θ[12]+π/2"), r"2\theta_{12}+\pi /2");
        assert_eq!(math("-theta1"), r"-\theta_{1}");
        assert_eq!(math("gamma/2-1.5·e5"), r"\gamma /2-1.5\cdot e_{5}");
        assert_eq!(math("1.235e-5"), r"1.235\cdot 10^{-5}");
        assert_eq!(math("0.5, weight_1"), r"0.5,\,\text{weight\_1}");
        assert_eq!(math("x^2"), r"x \text{\textasciicircum{}}2");
        assert_eq!(math("x]["), r"x \text{]}\text{[}");
        assert_eq!(name("meas"), r"\mathrm{meas}");
        assert_eq!(name("量"), r"\text{[U+91CF]}");
    }

    #[test]
    fn labels() {
        let plain = |name: &str| label(&Label::new(name));
        assert_eq!(plain("S†"), r"S^{\dagger}");
        assert_eq!(plain("√X†"), r"\sqrt{X}^{\dagger}");
        assert_eq!(plain("iSWAP"), r"\mathrm{iSWAP}");
        let rotation =
            Label { name: "R".into(), sub: "ZZ".into(), detail: "-2γ".into(), ..Label::default() };
        assert_eq!(label(&rotation), r"R_{ZZ}(-2\gamma)");
        let phase = Label { name: "e".into(), sup: "-itheta/2".into(), ..Label::default() };
        assert_eq!(label(&phase), r"e^{-i\theta /2}");
    }

    #[test]
    fn nothing_is_a_command() {
        assert_eq!(text(r"\a{b}$&#_%"), r"\textbackslash{}a\{b\}\$\&\#\_\%");
        assert_eq!(text("a<b|é\n"), r"a\textless{}b\textbar{}é[U+000A]");
    }
}
