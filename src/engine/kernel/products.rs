//! The products conj(b) a that Pauli strings with one x sum, octet by octet of a tile.

use super::octet::Octet;
use super::signs::Values;

/// The first real and the first imaginary part of a tile.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub re: *const f64,
    pub im: *const f64,
}

impl Tile {
    #[inline(always)]
    pub unsafe fn at<O: Octet>(self, octet: usize) -> [O; 2] {
        [O::load(self.re.add(8 * octet)), O::load(self.im.add(8 * octet))]
    }
}

/// Re(conj(b) a), or -Im(conj(b) a).
#[inline(always)]
unsafe fn product<O: Octet, const IMAGINARY: bool>(a: [O; 2], b: [O; 2]) -> O {
    if IMAGINARY {
        a[1].mul_sub_from(b[0], a[0].mul(b[1]))
    } else {
        a[0].mul_add(b[0], a[1].mul(b[1]))
    }
}

/// |a|².
pub(super) struct Squares(pub Tile);

impl<O: Octet> Values<O> for Squares {
    #[inline(always)]
    unsafe fn at(&self, u: usize) -> O {
        let a = self.0.at(u);
        product::<O, false>(a, a)
    }
}

/// Partners in the same octet.
pub(super) struct Within<S, const IMAGINARY: bool>(pub Tile, pub S);

impl<O: Octet, const IMAGINARY: bool> Values<O> for Within<O::Shuffle, IMAGINARY> {
    #[inline(always)]
    unsafe fn at(&self, u: usize) -> O {
        let [re, im] = self.0.at::<O>(u);
        product::<O, IMAGINARY>([re, im], [re.permute(self.1), im.permute(self.1)])
    }
}

/// Octets and their partners; each pair once, by the octet in which the highest bit of x is 0.
#[derive(Clone, Copy)]
pub(super) struct Pairs {
    tile: Tile,
    x: usize,
    /// The bits below the highest of x.
    low: usize,
}

impl Pairs {
    /// The products of the octets that x > 0 leads to each other.
    #[inline(always)]
    pub fn new(tile: Tile, x: usize) -> Self {
        Pairs { tile, x, low: (1 << x.ilog2()) - 1 }
    }

    #[inline(always)]
    unsafe fn at<O: Octet>(self, u: usize) -> [[O; 2]; 2] {
        let octet = self.octet(u);
        [self.tile.at(octet), self.tile.at(octet ^ self.x)]
    }

    #[inline(always)]
    fn octet(self, u: usize) -> usize {
        (u & !self.low) << 1 | u & self.low
    }

    /// The pairs from number `u` on, a multiple of eight.
    #[inline(always)]
    unsafe fn eight<O: Octet>(self, u: usize) -> [[[O; 2]; 2]; 8] {
        if self.low < 7 {
            return [
                self.at(u),
                self.at(u + 1),
                self.at(u + 2),
                self.at(u + 3),
                self.at(u + 4),
                self.at(u + 5),
                self.at(u + 6),
                self.at(u + 7),
            ];
        }
        // Eight neighbours, and their partners.
        let (a, b) = (self.octet(u), self.octet(u) ^ self.x);
        [
            [self.tile.at(a), self.tile.at(b)],
            [self.tile.at(a + 1), self.tile.at(b ^ 1)],
            [self.tile.at(a + 2), self.tile.at(b ^ 2)],
            [self.tile.at(a + 3), self.tile.at(b ^ 3)],
            [self.tile.at(a + 4), self.tile.at(b ^ 4)],
            [self.tile.at(a + 5), self.tile.at(b ^ 5)],
            [self.tile.at(a + 6), self.tile.at(b ^ 6)],
            [self.tile.at(a + 7), self.tile.at(b ^ 7)],
        ]
    }
}

/// `of` of each of eight pairs.
macro_rules! of_pairs {
    ($pairs:expr, |$a:pat_param, $b:pat_param| $of:expr) => {{
        let [p, q, r, s, t, u, v, w] = $pairs;
        [
            {
                let [$a, $b] = p;
                $of
            },
            {
                let [$a, $b] = q;
                $of
            },
            {
                let [$a, $b] = r;
                $of
            },
            {
                let [$a, $b] = s;
                $of
            },
            {
                let [$a, $b] = t;
                $of
            },
            {
                let [$a, $b] = u;
                $of
            },
            {
                let [$a, $b] = v;
                $of
            },
            {
                let [$a, $b] = w;
                $of
            },
        ]
    }};
}

/// Partners in the same lane of another octet.
pub(super) struct Plain<const IMAGINARY: bool>(pub Pairs);

impl<O: Octet, const IMAGINARY: bool> Values<O> for Plain<IMAGINARY> {
    #[inline(always)]
    unsafe fn at(&self, u: usize) -> O {
        let [a, b] = self.0.at(u);
        product::<O, IMAGINARY>(a, b)
    }
    #[inline(always)]
    unsafe fn eight(&self, u: usize) -> [O; 8] {
        of_pairs!(self.0.eight::<O>(u), |a, b| product::<O, IMAGINARY>(a, b))
    }
}

/// Partners in another lane of another octet.
pub(super) struct Across<S, const IMAGINARY: bool>(pub Pairs, pub S);

impl<O: Octet, const IMAGINARY: bool> Values<O> for Across<O::Shuffle, IMAGINARY> {
    #[inline(always)]
    unsafe fn at(&self, u: usize) -> O {
        let [a, [re, im]] = self.0.at::<O>(u);
        product::<O, IMAGINARY>(a, [re.permute(self.1), im.permute(self.1)])
    }
    #[inline(always)]
    unsafe fn eight(&self, u: usize) -> [O; 8] {
        of_pairs!(self.0.eight::<O>(u), |a, [re, im]| {
            product::<O, IMAGINARY>(a, [re.permute(self.1), im.permute(self.1)])
        })
    }
}
