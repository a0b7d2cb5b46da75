//! Sizes of everything in a picture, in points, and how long its texts are.

use super::font::font;
use super::tex;
use crate::draw::layout::{Body, Label, Shape};

/// From wire to wire.
pub(super) const QUBIT_PITCH: f64 = 42.0;
pub(super) const CLASSICAL_PITCH: f64 = 34.0;
/// Half the height of a box on one wire.
pub(super) const QUBIT_HALF: f64 = 15.0;
pub(super) const CLASSICAL_HALF: f64 = 12.0;
/// Least width of a box.
pub(super) const SQUARE: f64 = 30.0;
/// Between columns.
pub(super) const GAP: f64 = 12.0;
/// From one measurement to the next where they make stairs.
pub(super) const STAIR: f64 = 20.0;
/// What a box may grow by to be as broad as the broadest one in its column.
pub(super) const STRETCH: f64 = 14.0;
/// Left and right of the text in a box.
pub(super) const PADDING: f64 = 7.0;
/// Round everything.
pub(super) const MARGIN: f64 = 12.0;
/// Between names and wires, and wires and the margin.
pub(super) const NAME_GAP: f64 = 9.0;
/// Longest text in a box.
pub(super) const MAX_LABEL: f64 = 280.0;
/// Longest name of a wire.
pub(super) const MAX_NAME: f64 = 180.0;
/// Between folds.
pub(super) const FOLD_GAP: f64 = 22.0;
/// Length of the dashes that say that a wire goes on.
pub(super) const STUB: f64 = 14.0;
/// Height of a frame's heading.
pub(super) const HEADING: f64 = 16.0;
/// Between a frame and what is in it, at the top and the bottom.
pub(super) const FRAME_PAD: f64 = 4.0;
/// Between the lower edges of frames in frames.
pub(super) const FRAME_STEP: f64 = 5.0;
/// Left and right of an edge of a frame.
pub(super) const FRAME_SIDE: f64 = 4.0;

/// Sizes of type.
pub(super) const NAME: f64 = 13.0;
pub(super) const DETAIL: f64 = 9.0;
pub(super) const SCRIPT: f64 = 9.0;
pub(super) const TAG: f64 = 9.5;
pub(super) const TAG_SCRIPT: f64 = 7.5;
pub(super) const HEAD: f64 = 10.0;
pub(super) const NOTE: f64 = 11.0;

/// Radii of a control and of a controlled X.
pub(super) const DOT: f64 = 4.0;
pub(super) const TARGET: f64 = 10.0;

/// Width of a name with its index.
pub(super) fn name_width(register: &str, index: Option<usize>) -> f64 {
    let index = index.map_or(0.0, |k| font().width(&k.to_string(), SCRIPT) + 0.5);
    font().width(register, NAME) + index
}

/// The part of a register's name that is shown.
pub(super) fn shown_name(register: &str) -> String {
    font().fit(register, NAME, MAX_NAME)
}

/// Widths of name and scripts, and of the angles under them.
pub(super) fn label_widths(label: &Label) -> [f64; 2] {
    let f = font();
    let scripts = f.width(&label.sub, SCRIPT) + f.width(&exponent(&label.sup), SCRIPT);
    [f.width(&label.name, NAME) + scripts, f.width(&formula(&label.detail), DETAIL)]
}

pub(super) fn tag_text(label: &Label) -> [String; 3] {
    let detail = match label.detail.as_str() {
        "" => String::new(),
        detail => format!("({})", formula(detail)),
    };
    [label.name.clone(), format!("{}{}", label.sub, exponent(&label.sup)), detail]
}

/// `i` and an angle, which would be one word.
pub(super) fn exponent(sup: &str) -> String {
    let (before, angle) = sup.split_at(sup.find('i').map_or(0, |k| k + 1));
    format!("{}{}", formula(before), formula(angle))
}

pub(super) fn tag_width(label: &Label) -> f64 {
    let [name, script, detail] = tag_text(label);
    let f = font();
    f.width(&name, TAG) + f.width(&script, TAG_SCRIPT) + f.width(&detail, TAG)
}

/// A formula with Greek letters for their names, and the sign that is as broad as a plus.
pub(super) fn formula(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // `2theta` is a number and a name.
        let goes_on =
            |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { is_word(c) };
        let end = rest.find(|c| !goes_on(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (word, after) = rest.split_at(end);
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        match (word, tex::greek_letter(name)) {
            ("-", _) => out.push('−'),
            (_, Some(letter)) => {
                out.push(letter);
                out.push_str(&word[name.len()..]);
            }
            _ => out.push_str(word),
        }
        rest = after;
    }
    out
}

/// Whether the tag is under a lone mark.
pub(super) fn hangs(shape: &Shape) -> bool {
    let (first, last) = shape.span();
    first == last
}

pub(super) fn port_width(body: &Body) -> f64 {
    let widths = body.ports.iter().map(|p| font().width(&p.1, DETAIL));
    let widest = widths.fold(0.0, f64::max);
    if widest > 0.0 { widest + 2.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas() {
        assert_eq!(formula("-2theta[1]+pi1-π/2"), "−2θ[1]+π1−π/2");
        assert_eq!(formula("1.5e-5, my_theta, alphabet"), "1.5e−5, my_theta, alphabet");
        assert_eq!(exponent("-itheta"), "−iθ");
        assert_eq!(exponent("i(θ+1)"), "i(θ+1)");
    }
}
