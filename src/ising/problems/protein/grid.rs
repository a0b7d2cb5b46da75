//! Sites of a rectangle and its symmetries.

/// A rectangle of sites (x, y).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    pub width: usize,
    pub height: usize,
}

pub(super) type Site = (usize, usize);

impl Grid {
    /// The rectangle with the smallest area of at least 3n/2 whose sides differ by one at most and are
    /// not both odd.
    pub fn for_length(n: usize) -> Self {
        let mut height = 1;
        while 2 * height * (height + 1) < 3 * n {
            height += 1;
        }
        let is_square = height.is_multiple_of(2) && 2 * height * height >= 3 * n;
        Grid { width: height + usize::from(!is_square), height }
    }

    /// Whether no symmetry takes even sites to odd ones, of which there is one less: a fold that begins
    /// on an odd site has no image that begins on an even one.
    pub fn is_odd(self) -> bool {
        self.width % 2 == 1 && self.height % 2 == 1
    }

    pub fn sites(self) -> impl Iterator<Item = Site> {
        (0..self.height).flat_map(move |y| (0..self.width).map(move |x| (x, y)))
    }

    pub fn has(self, (x, y): Site) -> bool {
        x < self.width && y < self.height
    }

    pub fn neighbours(self, (x, y): Site) -> impl Iterator<Item = Site> {
        let all = [(x + 1, y), (x, y + 1), (x.wrapping_sub(1), y), (x, y.wrapping_sub(1))];
        all.into_iter().filter(move |&site| self.has(site))
    }

    /// The images of a site under the symmetries that take even sites to even ones, itself first. All
    /// sites have as many.
    pub fn images(self, (x, y): Site) -> Vec<Site> {
        let (w, h) = (self.width - 1, self.height - 1);
        let mut all = vec![(x, y)];
        if w % 2 == 0 {
            all.push((w - x, y));
        }
        if h % 2 == 0 {
            all.push((x, h - y));
        }
        if (w + h) % 2 == 0 {
            all.push((w - x, h - y));
        }
        if w == h {
            let turned: Vec<Site> = all.iter().map(|&(x, y)| (y, x)).collect();
            all.extend(turned);
        }
        all
    }
}

/// |Δx| + |Δy|.
pub(super) fn distance(a: Site, b: Site) -> usize {
    a.0.abs_diff(b.0) + a.1.abs_diff(b.1)
}

/// Whether a bead with an even number may be here, by the colours of a chessboard.
pub(super) fn is_even((x, y): Site) -> bool {
    (x + y).is_multiple_of(2)
}

/// The pairs of hydrophobic beads on adjacent sites that are no neighbours along the chain.
pub(super) fn contacts(hydrophobic: &[bool], sites: &[Site]) -> Vec<(usize, usize)> {
    let pairs = (0..sites.len()).flat_map(|g| (0..g.saturating_sub(2)).map(move |f| (f, g)));
    let both = pairs.filter(|&(f, g)| hydrophobic[f] && hydrophobic[g]);
    let mut all: Vec<_> = both.filter(|&(f, g)| distance(sites[f], sites[g]) == 1).collect();
    all.sort_unstable();
    all
}
