//! Eight numbers in double precision: what sums over a state are made of, whatever its precision.

/// Eight `f64`, in one register or several.
///
/// The methods are unsafe because the CPU must have the instruction set.
#[allow(clippy::missing_safety_doc)]
pub trait Octet: Copy {
    /// A prepared exchange of lanes.
    type Shuffle: Copy;

    /// Loads eight numbers.
    unsafe fn load(from: *const f64) -> Self;
    /// Stores eight numbers.
    unsafe fn store(self, to: *mut f64);
    /// x in every lane.
    unsafe fn splat(x: f64) -> Self;
    /// self + b.
    unsafe fn add(self, b: Self) -> Self;
    /// self - b.
    unsafe fn sub(self, b: Self) -> Self;
    /// self · b.
    unsafe fn mul(self, b: Self) -> Self;
    /// self · b + c.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    /// The greater of both, lane by lane; not of NaNs.
    unsafe fn max(self, b: Self) -> Self;
    /// c - self · b.
    unsafe fn mul_sub_from(self, b: Self, c: Self) -> Self;
    /// Prepares the exchange of lane i with lane i ^ `xor`, `xor < 8`.
    unsafe fn shuffle(xor: usize) -> Self::Shuffle;
    /// Performs it.
    unsafe fn permute(self, shuffle: Self::Shuffle) -> Self;

    /// The sum of the lanes, pairwise.
    #[inline(always)]
    unsafe fn sum(self) -> f64 {
        let mut lanes = [0.0; 8];
        self.store(lanes.as_mut_ptr());
        let [a, b, c, d, e, f, g, h] = lanes;
        ((a + b) + (c + d)) + ((e + f) + (g + h))
    }

    /// (-1)^{|z & lane|} in each lane, `z < 8`.
    #[inline(always)]
    unsafe fn signs(z: usize) -> Self {
        Self::load(SIGNS[z & 7].as_ptr())
    }
}

/// (-1)^{|z & i|}.
static SIGNS: [[f64; 8]; 8] = {
    let mut signs = [[1.0; 8]; 8];
    let mut at = 0usize;
    while at < 64 {
        if ((at / 8) & (at % 8)).count_ones() % 2 == 1 {
            signs[at / 8][at % 8] = -1.0;
        }
        at += 1;
    }
    signs
};

/// (-1)^{|bits|}.
#[inline(always)]
pub fn parity_sign(bits: usize) -> f64 {
    [1.0, -1.0][bits.count_ones() as usize & 1]
}
