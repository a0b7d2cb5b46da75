//! Eigenvalues: brackets by Sturm counts, then Rayleigh quotients, several at once.

use super::matrix::SymmetricTridiagonal;

/// Steps after which an eigenvalue is what its bracket says; bisection alone takes some 60.
const MAX_STEPS: usize = 400;
/// By so many roundings a count may be wrong about where an eigenvalue is.
const ROUNDINGS_OF_COUNTS: f64 = 8.0;

/// What bounds an eigenvalue: at most `index` eigenvalues are below `low`, more than `index` below
/// `high` (the first bounds may be touched).
#[derive(Clone, Copy)]
struct Bracket {
    low: f64,
    high: f64,
    below_low: usize,
    below_high: usize,
}

/// Shifts that are worked on at once: their chains of divisions do not wait for each other.
const LANES: usize = 4;
type Lanes = [f64; LANES];

/// What factorizations T - x = N D Nᵀ, twisted at the row where the pivot is smallest, say of x, for
/// each lane.
struct Twists {
    /// Eigenvalues below x.
    count: [usize; LANES],
    /// The pivot at the twist, γ: (T - x) z = γ e for the vector z that is 1 there.
    gamma: Lanes,
    /// ‖z‖².
    norm: Lanes,
    /// Size of the entries at the twist.
    scale: Lanes,
}

/// Memory of factorizations, by row.
struct Workspace {
    /// The pivot from above.
    down: Vec<Lanes>,
    /// ‖z‖² of the rows above, if z is 1 here.
    down_norm: Vec<Lanes>,
    /// One over the pivot from below.
    up_inverse: Vec<Lanes>,
    /// ‖z‖² of the rows below, if z is 1 here.
    up_norm: Vec<Lanes>,
}

/// An eigenvalue that is alone in its bracket, and the shift to look at next.
struct Search {
    index: usize,
    bracket: Bracket,
    /// The bracket at first: no other eigenvalue is in there.
    alone: (f64, f64),
    x: f64,
    last_step: f64,
    steps: usize,
}

impl SymmetricTridiagonal {
    /// The lowest `count` eigenvalues, ascending; all if there are fewer.
    pub fn lowest_eigenvalues(&self, count: usize) -> Vec<f64> {
        let count = count.min(self.len());
        let mut brackets = self.first_brackets(count);
        let mut values = vec![0.0; count];
        let mut searches = Vec::with_capacity(count);
        for index in 0..count {
            self.isolate(index, &mut brackets);
            match Search::new(index, brackets[index]) {
                Some(search) => searches.push(search),
                None => values[index] = self.bisect(index, brackets[index]),
            }
        }
        self.refine(searches, &mut values);
        // Those that rounding does not tell apart may have come out in any order.
        values.sort_by(f64::total_cmp);
        values
    }

    /// Eigenvalue j is between the j-th smallest left ends of Gershgorin's discs and the j-th
    /// smallest right ends, because T differs from the diagonal matrix of either by a
    /// semidefinite matrix (Weyl).
    fn first_brackets(&self, count: usize) -> Vec<Bracket> {
        let n = self.len();
        let radius = |row: usize| {
            let above = if row > 0 { self.off_diagonal[row - 1].abs() } else { 0.0 };
            let below = if row + 1 < n { self.off_diagonal[row].abs() } else { 0.0 };
            above + below
        };
        let mut left: Vec<f64> = (0..n).map(|row| self.diagonal[row] - radius(row)).collect();
        let mut right: Vec<f64> = (0..n).map(|row| self.diagonal[row] + radius(row)).collect();
        left.sort_unstable_by(f64::total_cmp);
        right.sort_unstable_by(f64::total_cmp);
        let bracket = |index: usize| {
            let slack = 4.0 * f64::EPSILON * (left[index].abs() + right[index].abs());
            Bracket {
                low: left[index] - slack - self.smallest_pivot,
                high: right[index] + slack + self.smallest_pivot,
                // Not counted: what is certain anyway.
                below_low: 0,
                below_high: n,
            }
        };
        (0..count).map(bracket).collect()
    }

    /// Halves the bracket of an eigenvalue until no other one is in it, or rounding ends it; what
    /// the counts say of later ones is kept.
    fn isolate(&self, index: usize, brackets: &mut [Bracket]) {
        for _ in 0..MAX_STEPS {
            let Bracket { low, high, below_low, below_high } = brackets[index];
            if (below_low == index && below_high == index + 1) || is_point(low, high) {
                return;
            }
            // The ends may not have been counted yet.
            let middle = low + 0.5 * (high - low);
            let count = self.count_below(middle);
            for (other, bracket) in brackets.iter_mut().enumerate().skip(index) {
                bracket.learn(other, middle, count);
            }
        }
    }

    /// The eigenvalue in a bracket with others, to rounding.
    fn bisect(&self, index: usize, mut bracket: Bracket) -> f64 {
        for _ in 0..MAX_STEPS {
            if is_point(bracket.low, bracket.high) {
                break;
            }
            let x = bracket.middle();
            bracket.learn(index, x, self.count_below(x));
        }
        bracket.middle()
    }

    /// Sets the values that these searches find, to rounding.
    fn refine(&self, searches: Vec<Search>, values: &mut [f64]) {
        let mut workspace = Workspace::new(self.len());
        let mut waiting = searches.into_iter();
        let mut running: [Option<Search>; LANES] = std::array::from_fn(|_| waiting.next());
        while running.iter().any(Option::is_some) {
            let x: Lanes =
                std::array::from_fn(|lane| running[lane].as_ref().map_or(0.0, |search| search.x));
            let twists = self.twists(x, &mut workspace);
            for (lane, slot) in running.iter_mut().enumerate() {
                let Some(search) = slot else { continue };
                if let Some(value) = search.learn(&twists, lane) {
                    values[search.index] = value;
                    *slot = waiting.next();
                }
            }
        }
    }

    fn twists(&self, x: Lanes, workspace: &mut Workspace) -> Twists {
        let n = self.len();
        let Workspace { down, down_norm, up_inverse, up_norm } = workspace;
        let (down, down_norm) = (&mut down[..n], &mut down_norm[..n]);
        let (up_inverse, up_norm) = (&mut up_inverse[..n], &mut up_norm[..n]);
        let (diagonal, squares) = (&self.diagonal[..n], &self.squares[..n - 1]);
        let (smallest, mut negative) = (self.smallest_pivot, [0u64; LANES]);
        let pivot = |d: f64| if d.abs() < smallest { -smallest } else { d };
        // The last rows of both chains: D, 1/D and the squares above or below.
        let mut upper: (Lanes, Lanes) = ([0.0; LANES], [0.0; LANES]);
        let mut lower = upper;
        for step in 0..n {
            let (row, mirror) = (step, n - 1 - step);
            let (above, below) = match step {
                0 => (0.0, 0.0),
                _ => (squares[row - 1], squares[mirror]),
            };
            for lane in 0..LANES {
                let (inverse, norm) = (upper.0[lane], upper.1[lane]);
                let coupling = above * inverse;
                let d = pivot((diagonal[row] - x[lane]) - coupling);
                negative[lane] += u64::from(d < 0.0);
                down[row][lane] = d;
                upper.0[lane] = 1.0 / d;
                upper.1[lane] = coupling * inverse * (1.0 + norm);
            }
            for lane in 0..LANES {
                let (inverse, norm) = (lower.0[lane], lower.1[lane]);
                let coupling = below * inverse;
                let d = pivot((diagonal[mirror] - x[lane]) - coupling);
                lower.0[lane] = 1.0 / d;
                lower.1[lane] = coupling * inverse * (1.0 + norm);
            }
            down_norm[row] = upper.1;
            (up_inverse[mirror], up_norm[mirror]) = lower;
        }
        let mut gamma = [f64::INFINITY; LANES];
        let mut norm = [1.0; LANES];
        let mut scale = [0.0; LANES];
        for row in 0..n {
            let (square, below, coupling) = match squares.get(row) {
                Some(&square) => (square, up_inverse[row + 1], self.off_diagonal[row].abs()),
                None => (0.0, [0.0; LANES], 0.0),
            };
            let size = diagonal[row].abs() + coupling;
            for lane in 0..LANES {
                let here = down[row][lane] - square * below[lane];
                let is_better = here.abs() < gamma[lane].abs();
                gamma[lane] = if is_better { here } else { gamma[lane] };
                let norm_here = 1.0 + down_norm[row][lane] + up_norm[row][lane];
                norm[lane] = if is_better { norm_here } else { norm[lane] };
                scale[lane] = if is_better { size } else { scale[lane] };
            }
        }
        Twists { count: negative.map(|count| count as usize), gamma, norm, scale }
    }
}

impl Workspace {
    fn new(rows: usize) -> Self {
        let lanes = || vec![[0.0; LANES]; rows];
        Workspace { down: lanes(), down_norm: lanes(), up_inverse: lanes(), up_norm: lanes() }
    }
}

impl Search {
    /// Of a bracket without other eigenvalues that is wider than rounding.
    fn new(index: usize, bracket: Bracket) -> Option<Self> {
        let Bracket { low, high, below_low, below_high } = bracket;
        let is_alone = below_low == index && below_high == index + 1 && !is_point(low, high);
        let x = bracket.middle();
        is_alone.then_some(Search {
            index,
            bracket,
            alone: (low, high),
            x,
            last_step: f64::INFINITY,
            steps: 0,
        })
    }

    /// Takes in what is found at x; the eigenvalue, or nothing and another x.
    fn learn(&mut self, twists: &Twists, lane: usize) -> Option<f64> {
        let (gamma, norm) = (twists.gamma[lane], twists.norm[lane]);
        self.bracket.learn(self.index, self.x, twists.count[lane]);
        // Rayleigh's quotient of z is x + γ/‖z‖². A vector beyond all numbers says nothing.
        let correction = if norm.is_finite() { gamma / norm } else { f64::INFINITY };
        let (next, step) = (self.x + correction, correction.abs());
        // An eigenvalue is within the residual |γ|/‖z‖ of x, and this one is the only one up to the
        // ends. The quotient is off by at most residual²/gap (Temple; Parlett, "The symmetric
        // eigenvalue problem", theorem 11.7.1). A short step alone says nothing: it is as short
        // where ‖z‖ is large and the residual not small.
        let rounding = f64::EPSILON * (self.x.abs() + twists.scale[lane]);
        // Counts are rounded, too: an eigenvalue at an end may be inside.
        let gap =
            |at: f64| (at - self.alone.0).min(self.alone.1 - at) - ROUNDINGS_OF_COUNTS * rounding;
        let square = gamma * correction;
        let is_next_to_x = square <= rounding * rounding && gap(self.x) > rounding;
        if is_next_to_x || square <= 0.25 * rounding * gap(next) {
            return Some(next);
        }
        let Bracket { low, high, .. } = self.bracket;
        self.steps += 1;
        if is_point(low, high) || self.steps > MAX_STEPS {
            return Some(self.bracket.middle());
        }
        // A step out of the bracket, steps that do not get shorter, or none at all lead elsewhere.
        let is_shorter = step > rounding && step < 0.5 * self.last_step;
        let is_good = next > low && next < high && is_shorter;
        (self.x, self.last_step) =
            if is_good { (next, step) } else { (self.bracket.middle(), f64::INFINITY) };
        None
    }
}

impl Bracket {
    fn middle(&self) -> f64 {
        self.low + 0.5 * (self.high - self.low)
    }

    /// Takes in that so many eigenvalues are below x.
    fn learn(&mut self, index: usize, x: f64, count: usize) {
        if count > index {
            if x < self.high || (x == self.high && count < self.below_high) {
                (self.high, self.below_high) = (x, count);
            }
        } else if x > self.low || (x == self.low && count > self.below_low) {
            (self.low, self.below_low) = (x, count);
        }
    }
}

/// Whether no number worth telling apart is between the two.
fn is_point(low: f64, high: f64) -> bool {
    high - low
        <= 2.0 * f64::EPSILON * low.abs().max(high.abs()).max(f64::MIN_POSITIVE / f64::EPSILON)
}
