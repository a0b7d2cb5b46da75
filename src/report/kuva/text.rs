//! Text as wide as it is drawn.

use super::plain;
use ::kuva::render::layout::{ComputedLayout, Layout};
use ::kuva::render::render::{Primitive, TextAnchor};

/// The width in pixels. kuva's measure is not public, but it leaves room for the labels of a
/// category, never less than two heights.
pub fn width(text: &str, size: u32) -> f64 {
    let layout = Layout::new((0.0, 1.0), (0.0, 1.0)).with_tick_size(size);
    ComputedLayout::from_layout(&layout.with_y_categories(vec![text.into()])).y_tick_label_px
}

/// The text in lines of at most `limit` pixels, broken between words where that is possible.
pub fn wrap(text: &str, limit: f64, size: u32) -> Vec<String> {
    let fits = |text: &str| width(text, size) <= limit;
    if fits(text) {
        return vec![text.into()];
    }
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.into() } else { format!("{line} {word}") };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if !fits(&line) && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.into()));
            }
        }
    }
    lines.push(line);
    lines
}

/// One line of text on its base line.
pub fn line(text: &str, (x, y): (f64, f64), size: u32, anchor: TextAnchor) -> Primitive {
    let (content, color) = (plain(text), None);
    Primitive::Text { x, y, content, size, anchor, rotate: None, bold: false, color }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_no_letter_is_lost() {
        // 11 letters of 0.63 of the size or so.
        assert!((60.0..100.0).contains(&width("hello world", 12)));
        assert!(width("WWWWWWWWWW", 12) > 1.5 * width("iiiiiiiiii", 12));
        for text in ["a few words of a text", "one_word_that_is_much_too_long for it", "", "  "] {
            let lines = wrap(text, 60.0, 12);
            assert!(lines.iter().all(|line| width(line, 12) <= 60.0), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(text));
        }
        assert_eq!(wrap("a few words", 600.0, 12), ["a few words"]);
        assert_eq!(wrap("aaaaaa bbbbbb", 60.0, 12), ["aaaaaa", "bbbbbb"]);
    }
}
