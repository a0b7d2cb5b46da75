//! What an Ising model and a QUBO share: a quadratic form in sparse storage.

use crate::error::{Error, Result};
use crate::math::{Bits, Isa, Vectorized, vectorized};

/// The most spins, variables or vertices of a problem: files with larger numbers are refused
/// before anything is allocated.
pub const MAX_VARIABLES: usize = 1 << 20;

/// offset + Σ linear\[i\] vᵢ + Σ wᵢⱼ vᵢ vⱼ with i < j.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quadratic {
    pub linear: Vec<f64>,
    /// Sorted, one entry a pair, no zeros.
    pub pairs: Vec<(usize, usize, f64)>,
    pub offset: f64,
    /// The neighbours of i are `neighbours[starts[i]..starts[i + 1]]`.
    starts: Vec<usize>,
    neighbours: Vec<(usize, f64)>,
}

impl Quadratic {
    /// Merges equal pairs by adding them. `names` are of the whole, of a linear and of a pair's
    /// coefficient, for messages.
    pub fn try_new(
        names: [&str; 3],
        linear: Vec<f64>,
        pairs: impl IntoIterator<Item = (usize, usize, f64)>,
        offset: f64,
    ) -> Result<Self> {
        let n = linear.len();
        check_size(names[0], n)?;
        let mut pairs = pairs.into_iter().collect::<Vec<_>>();
        for (i, j, _) in &mut pairs {
            let largest = (*i).max(*j);
            if largest >= n {
                return Err(Error::Invalid {
                    what: format!("an index of {}", names[0]),
                    value: largest.to_string(),
                    expected: format!("there are {n}, numbered from 0"),
                });
            }
            if i == j {
                return Err(Error::Invalid {
                    what: format!("a {} of {}", names[2], names[0]),
                    value: format!("({i}, {j})"),
                    expected: "it must join two different ones".into(),
                });
            }
            if i > j {
                std::mem::swap(i, j);
            }
        }
        // Stable, so that equal pairs add up in the order given.
        pairs.sort_by_key(|&(i, j, _)| (i, j));
        pairs.dedup_by(|later, kept| {
            let same = (later.0, later.1) == (kept.0, kept.1);
            if same {
                kept.2 += later.2;
            }
            same
        });
        pairs.retain(|&(_, _, w)| w != 0.0);
        let finite = |what: String, value: f64| match value.is_finite() {
            true => Ok(()),
            false => Err(Error::NotFinite { what, value }),
        };
        for (i, &value) in linear.iter().enumerate() {
            finite(format!("the {} {i} of {}", names[1], names[0]), value)?;
        }
        for &(i, j, value) in &pairs {
            finite(format!("the {} ({i}, {j}) of {}", names[2], names[0]), value)?;
        }
        finite(format!("the offset of {}", names[0]), offset)?;
        let (starts, neighbours) = adjacency(n, &pairs);
        Ok(Quadratic { linear, pairs, offset, starts, neighbours })
    }

    pub fn len(&self) -> usize {
        self.linear.len()
    }

    pub fn neighbours(&self, i: usize) -> &[(usize, f64)] {
        &self.neighbours[self.starts[i]..self.starts[i + 1]]
    }

    pub fn value(&self, variable: impl Fn(usize) -> f64) -> f64 {
        let linear: f64 = self.linear.iter().enumerate().map(|(i, a)| a * variable(i)).sum();
        let pairs: f64 = self.pairs.iter().map(|&(i, j, w)| w * variable(i) * variable(j)).sum();
        self.offset + linear + pairs
    }

    /// [`value`](Self::value) at many signs, -1 where a bit is 1, to the bit.
    pub fn values_at_signs(&self, all: &[Bits]) -> Vec<f64> {
        let of = |eight: &[Bits]| vectorized(Isa::best(), Eight { form: self, all: eight });
        all.chunks(8).flat_map(|eight| of(eight).into_iter().take(eight.len())).collect()
    }

    /// The derivative by variable i: its linear coefficient and what its neighbours add.
    pub fn slope(&self, i: usize, variable: impl Fn(usize) -> f64) -> f64 {
        self.neighbours(i).iter().fold(self.linear[i], |sum, &(j, w)| sum + w * variable(j))
    }
}

/// Up to eight configurations of signs side by side.
struct Eight<'a> {
    form: &'a Quadratic,
    all: &'a [Bits],
}

impl Vectorized for Eight<'_> {
    type Output = [f64; 8];

    #[inline(always)]
    fn run(self) -> [f64; 8] {
        let mut signs = vec![[1.0; 8]; self.form.len()];
        for (lane, bits) in self.all.iter().enumerate() {
            for (i, signs) in signs.iter_mut().enumerate() {
                signs[lane] = if bits.bit(i) { -1.0 } else { 1.0 };
            }
        }
        // What sums of no numbers are.
        let [mut linear, mut pairs]: [[f64; 8]; 2] = [[std::iter::empty::<f64>().sum(); 8]; 2];
        for (a, signs) in self.form.linear.iter().zip(&signs) {
            for k in 0..8 {
                linear[k] += a * signs[k];
            }
        }
        for &(i, j, w) in &self.form.pairs {
            let (left, right) = (&signs[i], &signs[j]);
            for k in 0..8 {
                pairs[k] += w * left[k] * right[k];
            }
        }
        std::array::from_fn(|k| self.form.offset + linear[k] + pairs[k])
    }
}

/// Refuses more than [`MAX_VARIABLES`].
pub(super) fn check_size(what: &str, n: usize) -> Result<()> {
    if n <= MAX_VARIABLES {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the size of {what}"),
        value: n.to_string(),
        expected: format!("at most {MAX_VARIABLES} are supported"),
    })
}

/// Compressed rows of the symmetric matrix with these pairs.
fn adjacency(n: usize, pairs: &[(usize, usize, f64)]) -> (Vec<usize>, Vec<(usize, f64)>) {
    let mut starts = vec![0; n + 1];
    for &(i, j, _) in pairs {
        starts[i + 1] += 1;
        starts[j + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut neighbours = vec![(0, 0.0); 2 * pairs.len()];
    for &(i, j, w) in pairs {
        for (from, to) in [(i, j), (j, i)] {
            neighbours[next[from]] = (to, w);
            next[from] += 1;
        }
    }
    (starts, neighbours)
}
