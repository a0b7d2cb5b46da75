//! The Hamiltonian H = 4 EC (n - ng)² - EJ cos φ in states of definite charge, where it is
//! tridiagonal, with as many states as rounding can tell.
//!
//! Koch et al. 2007 (PRA 76, 042319), eq. 2.1; cos φ moves one Cooper pair: off the diagonal stands
//! -EJ/2. At ng = 0 and ½ the reflection of the charge about ng splits the matrix into two of half
//! the size, and the levels alternate between them.

use crate::math::SymmetricTridiagonal;

/// The weight outside the basis that is left out of a level: squares of amplitudes, below rounding.
const NEGLIGIBLE: f64 = 1e-17;

/// The reflection n → sum - n about the offset charge, and the sign that states get by it.
#[derive(Clone, Copy)]
pub(super) struct Mirror {
    pub sum: i32,
    pub sign: f64,
}

/// A block of the Hamiltonian.
pub(super) struct Block {
    pub matrix: SymmetricTridiagonal,
    /// n less the nearest integer of the offset charge, of the first row.
    pub first_charge: i32,
    pub mirror: Option<Mirror>,
}

/// ng less the nearest integer, from -½ to ½.
pub(super) fn fraction(offset_charge: f64) -> f64 {
    offset_charge - offset_charge.round()
}

/// The energies in GHz that say what stands in the matrix, and the offset charge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hamiltonian {
    pub ej: f64,
    pub ec: f64,
    pub offset_charge: f64,
}

/// What has a highest level.
pub(super) trait HighestLevel {
    fn highest(&self) -> f64;
}

impl HighestLevel for Vec<f64> {
    fn highest(&self) -> f64 {
        self[self.len() - 1]
    }
}

impl Hamiltonian {
    /// The lowest `count` eigenvalues in GHz.
    pub fn lowest(&self, count: usize) -> Vec<f64> {
        self.with_basis(count, |(even, odd)| match odd {
            None => even.matrix.lowest_eigenvalues(count),
            Some(odd) => {
                let even = even.matrix.lowest_eigenvalues(count.div_ceil(2));
                interleave(even, odd.matrix.lowest_eigenvalues(count / 2))
            }
        })
    }

    /// What `work` makes of a basis that holds the lowest `count` levels.
    pub fn with_basis<L: HighestLevel>(
        &self,
        count: usize,
        work: impl Fn((Block, Option<Block>)) -> L,
    ) -> L {
        // EJ cos φ ≤ EJ bounds any level by that of free charges, whose j-th is at most
        // 4 EC ((j + 1)/2)². Below the barrier an oscillator with the quartic term comes closer (Koch
        // et al. 2007, eq. 2.11), which is no bound: what is found tells.
        let Hamiltonian { ej, ec, .. } = *self;
        let free = ec * (count as f64).powi(2) + ej;
        let (plasma, j) = ((8.0 * ej * ec).sqrt(), count as f64 - 0.5);
        let quartic = plasma * j - 0.5 * ec * j * j - ej;
        let guess = if j < 0.8 * plasma / ec { quartic.min(free) } else { free };
        let found = work(blocks(self, guess));
        if found.highest() <= guess { found } else { work(blocks(self, free)) }
    }
}

/// The even and the odd ones by turns, as levels of the two parities are.
pub(super) fn interleave<T>(even: Vec<T>, odd: Vec<T>) -> Vec<T> {
    let mut both = Vec::with_capacity(even.len() + odd.len());
    let mut odd = odd.into_iter();
    for one in even {
        both.push(one);
        both.extend(odd.next());
    }
    both
}

/// The block with the even levels, or all, and the one with the odd levels, with enough states for
/// levels up to this energy in GHz.
fn blocks(hamiltonian: &Hamiltonian, energy: f64) -> (Block, Option<Block>) {
    let Hamiltonian { ej, ec, offset_charge } = *hamiltonian;
    let ng = fraction(offset_charge);
    let charging = |n: i32| 4.0 * ec * (f64::from(n) - ng).powi(2);
    // From the middle to the last charge upwards, and to the last one downwards.
    let up = last_charge(ej, ec, -ng, energy);
    let block = |first: i32, last: i32, mirror: Option<Mirror>| {
        let mut diagonal: Vec<f64> = (first..=last).map(charging).collect();
        let mut off_diagonal = vec![-0.5 * ej; diagonal.len() - 1];
        match mirror {
            // |0⟩ is coupled to both of (|1⟩ + |-1⟩)/√2.
            Some(Mirror { sum: 0, .. }) if first == 0 => {
                if let Some(first) = off_diagonal.first_mut() {
                    *first = -ej * std::f64::consts::FRAC_1_SQRT_2;
                }
            }
            // The two states in the middle, neighbours, are mirror images: (|1⟩ ± |0⟩)/√2.
            Some(Mirror { sum: -1 | 1, sign }) => diagonal[0] -= 0.5 * ej * sign,
            _ => {}
        }
        let matrix = SymmetricTridiagonal::new(diagonal, off_diagonal);
        let matrix = matrix.expect("energies are bounded, and there is a state");
        Block { matrix, first_charge: first, mirror }
    };
    let mirror = |sum, sign| Some(Mirror { sum, sign });
    if ng == 0.0 {
        (block(0, up, mirror(0, 1.0)), Some(block(1, up, mirror(0, -1.0))))
    } else if ng.abs() == 0.5 {
        let (sum, first) = if ng > 0.0 { (1, 1) } else { (-1, 0) };
        (block(first, up, mirror(sum, 1.0)), Some(block(first, up, mirror(sum, -1.0))))
    } else {
        let down = last_charge(ej, ec, ng, energy);
        (block(-down, up, None), None)
    }
}

/// The last charge n > 0 that a level at `energy` reaches, with 4 EC (n + shift)² on the diagonal.
///
/// Beyond the turning point, where the diagonal exceeds the energy by d > EJ, the ratio of
/// neighbouring amplitudes is r = 1/(2d/EJ - r'), with the smaller r' of the next pair, so that
/// r ≤ 1/(y + √(y² - 1)) with y = d/EJ. What a level loses by leaving out all that follows is below
/// EJ/2 times the product of the r².
fn last_charge(ej: f64, ec: f64, shift: f64, energy: f64) -> i32 {
    let mut weight = 1.0;
    let mut n = 1;
    loop {
        let y = (4.0 * ec * (f64::from(n) + shift).powi(2) - energy) / ej;
        if y > 1.0 {
            let ratio = 1.0 / (y + (y * y - 1.0).sqrt());
            weight *= ratio * ratio;
            if weight < NEGLIGIBLE {
                return n;
            }
        }
        n += 1;
    }
}
