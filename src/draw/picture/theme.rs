//! The colours of pictures, all in one table.

use crate::draw::layout::Kind;

/// Light or dark.
///
/// The hues are those of Okabe and Ito (2008), told apart by people with any colour vision; fills
/// are pale, edges strong and text dark (or the reverse), so a print in grey reads as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Theme {
    /// Dark on white.
    #[default]
    Light,
    /// Light on almost black.
    Dark,
}

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

/// What a box is painted with.
#[derive(Clone, Copy)]
pub(super) struct Tone {
    pub fill: Rgb,
    /// Its edge, and the lines and dots of its controls.
    pub edge: Rgb,
}

/// The colours of one theme.
pub(super) struct Palette {
    pub background: Rgb,
    pub text: Rgb,
    /// Wires.
    pub wire: Rgb,
    /// What is said in passing: sizes, indices, notes.
    pub muted: Rgb,
    /// Classical wires and the lines to them.
    pub classical: Rgb,
    pub barrier: Rgb,
    pub frame: Tone,
    pauli: Tone,
    clifford: Tone,
    phase: Tone,
    rotation: Tone,
    own: Tone,
    readout: Tone,
    delay: Tone,
    noise: Tone,
}

impl Palette {
    /// Small letters on a box.
    pub fn muted_on(&self, tone: Tone) -> Rgb {
        std::array::from_fn(|k| {
            let (text, fill) = (u16::from(self.text[k]), u16::from(tone.fill[k]));
            ((text * 3 + fill) / 4) as u8
        })
    }

    pub fn tone(&self, kind: Kind) -> Tone {
        match kind {
            Kind::Pauli => self.pauli,
            Kind::Clifford => self.clifford,
            Kind::Phase => self.phase,
            Kind::Rotation => self.rotation,
            Kind::Own => self.own,
            Kind::Readout => self.readout,
            Kind::Delay => self.delay,
            Kind::Noise => self.noise,
            Kind::Classical => Tone { fill: self.background, edge: self.classical },
        }
    }
}

impl Theme {
    pub(super) fn palette(self) -> &'static Palette {
        match self {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }
}

const fn tone(fill: u32, edge: u32) -> Tone {
    Tone { fill: rgb(fill), edge: rgb(edge) }
}

const fn rgb(hex: u32) -> Rgb {
    [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8]
}

static LIGHT: Palette = Palette {
    background: rgb(0xffffff),
    text: rgb(0x15191f),
    wire: rgb(0x59626e),
    muted: rgb(0x69727e),
    classical: rgb(0x69727e),
    barrier: rgb(0xb4bbc4),
    frame: tone(0x3b5b8c, 0x7d90ad),
    pauli: tone(0xd4e8f6, 0x0069a8),
    clifford: tone(0xcdeee3, 0x007d5e),
    phase: tone(0xf5dfec, 0xa43f7c),
    rotation: tone(0xfde3d0, 0xc15300),
    own: tone(0xfbf0c0, 0x8a6a00),
    readout: tone(0xeceff3, 0x4b545f),
    delay: tone(0xf6f7f9, 0x8b94a0),
    noise: tone(0xfdeaea, 0xb3352c),
};

static DARK: Palette = Palette {
    background: rgb(0x12151a),
    text: rgb(0xf2f4f7),
    wire: rgb(0x8d97a5),
    muted: rgb(0x98a2b0),
    classical: rgb(0x98a2b0),
    barrier: rgb(0x667180),
    frame: tone(0x9dbcf0, 0x5f7699),
    pauli: tone(0x103a58, 0x56b4e9),
    clifford: tone(0x0b4236, 0x2fc79c),
    phase: tone(0x4c2340, 0xe08bc0),
    rotation: tone(0x552a0c, 0xf28c3c),
    own: tone(0x463a06, 0xe6c84a),
    readout: tone(0x2b323b, 0xb4bdc9),
    delay: tone(0x1c2128, 0x76808d),
    noise: tone(0x451b1d, 0xf07f78),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: Rgb) -> f64 {
        let linear = colour.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2: 4.5 for text (1.4.3, AA), 3 for graphics (1.4.11).
    #[test]
    fn colours_are_legible() {
        use Kind::*;
        for theme in [Theme::Light, Theme::Dark] {
            let p = theme.palette();
            for kind in [Pauli, Clifford, Phase, Rotation, Own, Readout, Delay, Noise, Classical] {
                let tone = p.tone(kind);
                let text = contrast(p.text, tone.fill);
                assert!(text > 7.0, "{theme:?} {kind:?}: text {text:.1}");
                let edge = contrast(tone.edge, p.background);
                assert!(edge > 3.0, "{theme:?} {kind:?}: edge {edge:.1}");
            }
            assert!(contrast(p.muted, p.background) > 4.5);
            assert!(contrast(p.wire, p.background) > 3.0);
            assert!(contrast(p.classical, p.background) > 3.0);
        }
    }
}
