//! The barrier that holds a search by single flips in the deepest trap of a small model.

use super::components::{Component, components};
use crate::error::{Error, Result};
use crate::ising::{Ising, MAX_EXACT_SPINS};
use crate::math::{Bits, check_memory};
use std::cmp::Ordering;
use std::collections::VecDeque;

/// The deepest trap of a model and what separates it from lower energies.
///
/// The depth of a configuration is the least height by which a path of single flips from it has to
/// rise before it meets a lower energy; the largest depth of a configuration that is no ground state
/// is what a cooling schedule has to allow for (Hajek, Math. Oper. Res. 13, 311 (1988)). It tells of
/// thermal hopping; tunnelling feels the width too.
///
/// ```
/// use ketlab::annealing::Barrier;
/// use ketlab::ising::Ising;
/// // Two spins that hold each other in a weak field: from -- one spin turns, against the pair.
/// let pair = Ising::new(vec![-0.25; 2], [(0, 1, -4.0)], 0.0);
/// let barrier = Barrier::of(&pair)?.unwrap();
/// assert_eq!((barrier.height, barrier.width), (7.5, 2));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Barrier {
    /// From the trap to the highest configuration of the lowest path, in the model's unit of energy.
    pub height: f64,
    /// The fewest flips of a path that is nowhere higher, from the plateau of the trap to a lower
    /// energy.
    pub width: usize,
    /// The trap: of equally deep ones that of the first connected part, of lowest energy there, then
    /// whose bits are the smallest number.
    pub trap: Bits,
}

const NONE: u32 = u32::MAX;

impl Barrier {
    /// The barrier of a model; `None` if flips that do not raise the energy lead from everywhere to a
    /// ground state. All configurations of each connected part are looked at, lowest first: basins
    /// grow until they touch. The other parts of the trap are in a ground state: where they are not,
    /// there is a way down that is no higher.
    ///
    /// # Errors
    /// If a connected part has more than [`MAX_EXACT_SPINS`] spins, or more than fit in memory.
    pub fn of(model: &Ising) -> Result<Option<Barrier>> {
        let mut trap = Bits::zeros(model.num_spins());
        let mut deepest: Option<(f64, usize, Vec<usize>, Bits)> = None;
        for Component { model: part, spins } in components(model)? {
            let ground = part.ground_state()?;
            spins.iter().enumerate().for_each(|(k, &spin)| trap.set(spin, ground.bits.bit(k)));
            let Some(found) = Self::connected(&part)? else { continue };
            if deepest.as_ref().is_none_or(|(height, ..)| found.height > *height) {
                deepest = Some((found.height, found.width, spins, found.trap));
            }
        }
        Ok(deepest.map(|(height, width, spins, bits)| {
            spins.iter().enumerate().for_each(|(k, &spin)| trap.set(spin, bits.bit(k)));
            Barrier { height, width, trap }
        }))
    }

    fn connected(model: &Ising) -> Result<Option<Barrier>> {
        let n = model.num_spins();
        if n > MAX_EXACT_SPINS {
            return Err(Error::Invalid {
                what: "the number of connected spins of a barrier".into(),
                value: n.to_string(),
                expected: format!(
                    "all 2^n configurations are looked at up to n = {MAX_EXACT_SPINS}"
                ),
            });
        }
        check_memory(format_args!("the barrier of {n} spins"), 32 << n, |_| {
            (None, "take a smaller model".into())
        })?;
        let energies = model.energies()?;
        let scale = model.fields().iter().map(|h| h.abs()).sum::<f64>()
            + model.couplings().iter().map(|(_, _, w)| w.abs()).sum::<f64>();
        let landscape = Landscape { n, energies, tolerance: 1e-9 * scale };
        let Some((height, trap)) = landscape.deepest() else { return Ok(None) };
        let width = landscape.width(trap, height);
        Ok(Some(Barrier { height, width, trap: Bits::from_u64(u64::from(trap), n) }))
    }
}

struct Landscape {
    n: usize,
    energies: Vec<f64>,
    /// Energies that differ by less are equal.
    tolerance: f64,
}

impl Landscape {
    fn energy(&self, index: u32) -> f64 {
        self.energies[index as usize]
    }

    fn order(&self, a: u32, b: u32) -> Ordering {
        self.energy(a).total_cmp(&self.energy(b)).then(a.cmp(&b))
    }

    fn neighbours(&self, index: u32) -> impl Iterator<Item = u32> + use<> {
        (0..self.n).map(move |i| index ^ 1 << i)
    }

    /// The depth and the lowest configuration of the deepest trap.
    fn deepest(&self) -> Option<(f64, u32)> {
        let mut order: Vec<u32> = (0..self.energies.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| self.order(a, b));
        // The root of a basin is its lowest configuration.
        let mut parents = vec![NONE; order.len()];
        let mut deepest: Option<(f64, u32)> = None;
        for top in order {
            parents[top as usize] = top;
            for next in self.neighbours(top) {
                if parents[next as usize] == NONE {
                    continue;
                }
                let (a, b) = (root(&mut parents, top), root(&mut parents, next));
                if a == b {
                    continue;
                }
                let (low, high) = if self.order(a, b).is_lt() { (a, b) } else { (b, a) };
                parents[high as usize] = low;
                let depth = self.energy(top) - self.energy(high);
                // Of basins with equal floors neither is a trap in the other: nothing lower is met.
                if depth <= self.tolerance || self.energy(high) - self.energy(low) <= self.tolerance
                {
                    continue;
                }
                let is_deeper = deepest.is_none_or(|(most, trap)| {
                    let more = depth - most;
                    more > self.tolerance
                        || more >= -self.tolerance && self.order(high, trap).is_lt()
                });
                if is_deeper {
                    deepest = Some((depth, high));
                }
            }
        }
        deepest
    }

    /// The fewest flips from the trap's plateau to a lower energy.
    fn width(&self, trap: u32, height: f64) -> usize {
        let (floor, top) = (self.energy(trap), self.energy(trap) + height + self.tolerance);
        // The plateau that the trap is a part of: a path may begin anywhere on it.
        let mut starts = Vec::new();
        self.spread(&[trap], floor + self.tolerance, |index, _| {
            starts.push(index);
            false
        });
        let mut width = 0;
        self.spread(&starts, top, |index, flips| {
            width = flips;
            self.energy(index) < floor - self.tolerance
        });
        width
    }

    /// Visits configurations not above `top` by their distance from the starts, until `visit` says so.
    fn spread(&self, starts: &[u32], top: f64, mut visit: impl FnMut(u32, usize) -> bool) {
        let mut seen = vec![false; self.energies.len()];
        let mut queue: VecDeque<(u32, usize)> = VecDeque::new();
        for &start in starts {
            seen[start as usize] = true;
            queue.push_back((start, 0));
        }
        while let Some((index, flips)) = queue.pop_front() {
            if visit(index, flips) {
                return;
            }
            for next in self.neighbours(index) {
                if !seen[next as usize] && self.energy(next) <= top {
                    seen[next as usize] = true;
                    queue.push_back((next, flips + 1));
                }
            }
        }
    }
}

fn root(parents: &mut [u32], mut index: u32) -> u32 {
    while parents[index as usize] != index {
        let above = parents[parents[index as usize] as usize];
        parents[index as usize] = above;
        index = above;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All to all, E = -J/n Σ sᵢsⱼ - h Σ sᵢ: a function of the number of spins that are down alone.
    fn ferromagnet(n: usize, j: f64, h: f64) -> Ising {
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        Ising::new(vec![-h; n], pairs.map(|(a, b)| (a, b, -j / n as f64)), 0.0)
    }

    #[test]
    fn a_ferromagnet_by_its_sectors() {
        let (n, j, h) = (10, 2.0, 0.15);
        let energy = |up: usize| {
            let m = 2.0 * up as f64 - n as f64;
            -j * (m * m - n as f64) / (2.0 * n as f64) - h * m
        };
        let height = (0..=n).map(energy).fold(f64::MIN, f64::max) - energy(0);
        let width = (1..=n).find(|&up| energy(up) < energy(0)).unwrap();
        let barrier = Barrier::of(&ferromagnet(n, j, h)).unwrap().unwrap();
        assert!((barrier.height - height).abs() < 1e-12, "{barrier:?} {height}");
        assert_eq!((barrier.width, barrier.trap), (width, Bits::from_u64((1 << n) - 1, n)));
        // nJ/2 in no field, less what the field gives.
        assert!((height - (10.0 - 1.5)).abs() < 1e-12 && width == 10);
    }

    /// Three spins of one chain: the trap --- costs one broken coupling, 2 - 0.4, then the wall moves
    /// downhill.
    #[test]
    fn a_chain_by_hand() {
        let chain = Ising::new(vec![-0.2; 3], [(0, 1, -1.0), (1, 2, -1.0)], 7.0);
        let barrier = Barrier::of(&chain).unwrap().unwrap();
        assert!((barrier.height - 1.6).abs() < 1e-12);
        // -1.4 at ---, 0.2 at +--, -0.2 at ++-, -2.6 at +++.
        assert_eq!((barrier.width, barrier.trap), (3, Bits::from_u64(7, 3)));
    }

    /// Parts on their own: the deepest trap is that of one of them, the others are where they want to.
    #[test]
    fn parts_do_not_feel_one_another() {
        let (fields, pairs) = (vec![-0.25, -0.25, 0.5, 0.25, 0.25], [(0, 1, -1.0), (3, 4, -2.0)]);
        let model = Ising::new(fields, pairs, 0.0);
        let barrier = Barrier::of(&model).unwrap().unwrap();
        assert_eq!((barrier.height, barrier.width), (3.5, 2));
        // Spin 2 is down in its field, 3 and 4 are up against theirs.
        assert_eq!(barrier.trap, Bits::from_u64(0b00100, 5));
        let whole = Barrier::connected(&model).unwrap().unwrap();
        assert_eq!(whole, barrier);
    }

    /// An equal energy beyond the barrier is not where a path begins.
    #[test]
    fn a_path_begins_before_the_barrier() {
        let held = Ising::new(vec![-0.25, -0.25, 0.0, 0.5], [(0, 1, -2.0), (1, 2, -0.5)], 0.0);
        let landscape = Landscape { n: 4, energies: held.energies().unwrap(), tolerance: 1e-9 };
        let (height, trap) = landscape.deepest().unwrap();
        // Spin 3 stays down. Spin 0 turns first, for 2 · 2 - 2 · 0.25; with spin 1 the energy is what it
        // was, and with spin 2 it is lower.
        assert_eq!((height, trap), (3.5, 0b1111));
        assert_eq!(landscape.width(trap, height), 3);
    }

    #[test]
    fn without_a_trap_there_is_none() {
        for model in [
            Ising::new(vec![], [], 1.0),
            Ising::new(vec![1.0, -2.0], [], 0.0),
            Ising::new(vec![0.0; 4], [], 0.0),
            // Both ends of the ferromagnet are ground states.
            ferromagnet(6, 1.0, 0.0),
        ] {
            assert_eq!(Barrier::of(&model).unwrap(), None);
        }
        let large = ferromagnet(25, 1.0, 0.1);
        assert!(Barrier::of(&large).unwrap_err().to_string().contains("n = 24"));
    }
}
