//! Random numbers of several replicas side by side, one generator a lane.

use super::Streams;
use rand::Rng;

/// xoshiro128++ (Blackman and Vigna, ACM Trans. Math. Softw. 47, 36 (2021)), L generators with
/// states of their own: what a lane draws depends on its seed alone, not on L or its place.
#[derive(Debug, Clone)]
pub(crate) struct LaneRng<const L: usize> {
    state: [[u32; L]; 4],
}

impl<const L: usize> LaneRng<L> {
    /// Lane k is seeded by 128 bits of stream `first + k`.
    pub fn new(streams: &Streams, first: u64) -> Self {
        let mut state = [[0; L]; 4];
        for lane in 0..L {
            let mut seed = streams.stream(first + lane as u64);
            state.iter_mut().for_each(|words| words[lane] = seed.next_u32());
            if state.iter().all(|words| words[lane] == 0) {
                state[0][lane] = 1; // the one state that is a fixed point
            }
        }
        LaneRng { state }
    }

    /// 32 random bits for each lane.
    #[inline(always)]
    pub fn draw(&mut self) -> [u32; L] {
        let [a, b, c, d] = &mut self.state;
        let mut out = [0; L];
        for k in 0..L {
            out[k] = a[k].wrapping_add(d[k]).rotate_left(7).wrapping_add(a[k]);
            let shifted = b[k] << 9;
            c[k] ^= a[k];
            d[k] ^= b[k];
            b[k] ^= c[k];
            a[k] ^= d[k];
            c[k] ^= shifted;
            d[k] = d[k].rotate_left(11);
        }
        out
    }

    /// An exponential random number -ln u for each lane, u = (k + ½)/2³¹: at most 22.2, so that an
    /// event with a probability below 2⁻³² does not happen.
    #[inline(always)]
    pub fn exponential(&mut self) -> [f32; L] {
        let bits = self.draw();
        let mut out = [0.0; L];
        for k in 0..L {
            out[k] = 31.0 * std::f32::consts::LN_2 - log((bits[k] >> 1) as i32 as f32 + 0.5);
        }
        out
    }

    /// Two independent standard normal numbers for each lane (Box and Muller, Ann. Math. Statist. 29,
    /// 610 (1958)), at most 6.7 in size.
    #[inline(always)]
    pub fn normal_pair(&mut self) -> [[f32; L]; 2] {
        let (squares, turns) = (self.exponential(), self.draw());
        let [mut x, mut y] = [[0.0; L]; 2];
        for k in 0..L {
            // An exponential number is half of the square.
            let radius = (2.0 * squares[k].max(0.0)).sqrt();
            let (sin, cos) = sin_cos_of_turn(turns[k] >> 8);
            x[k] = radius * cos;
            y[k] = radius * sin;
        }
        [x, y]
    }
}

/// Sine and cosine of 2π k/2²⁴, to some 1e-7: the nearest quarter turn, and Cephes' polynomials
/// (`sinf` and `cosf`, S. L. Moshier, 1989) of what is left, at most π/4.
#[inline(always)]
fn sin_cos_of_turn(k: u32) -> (f32, f32) {
    let quarters = (k + (1 << 21)) >> 22;
    let rest = k as i32 - ((quarters << 22) as i32);
    let x = rest as f32 * (std::f32::consts::FRAC_PI_2 / 4_194_304.0);
    let square = x * x;
    let sin =
        ((-1.951_529_6e-4 * square + 8.332_161e-3) * square - 1.666_665_5e-1) * square * x + x;
    let cos =
        ((2.443_315_7e-5 * square - 1.388_731_6e-3) * square + 4.166_664_6e-2) * square * square
            - 0.5 * square
            + 1.0;
    let is_odd = quarters & 1 == 1;
    let (s, c) = if is_odd { (cos, sin) } else { (sin, cos) };
    // Signs by the quadrant: sine is negative in the upper half of the turn, cosine in its middle.
    let sign = |value: f32, negative: u32| f32::from_bits(value.to_bits() ^ (negative << 31));
    (sign(s, (quarters >> 1) & 1), sign(c, ((quarters + 1) >> 1) & 1))
}

/// ln x of a normal positive number, to some 1e-7 of max(1, |ln x|): the polynomial of `logf` in
/// S. L. Moshier's Cephes library (1989).
#[inline(always)]
pub(crate) fn log(x: f32) -> f32 {
    let bits = x.to_bits() as i32;
    // x = 2^e m with m from sqrt(1/2) to sqrt(2)
    let e = (bits - 0x3f35_04f3) >> 23;
    let t = f32::from_bits((bits - (e << 23)) as u32) - 1.0;
    let e = e as f32;
    let mut y = 7.037_683_6e-2;
    for c in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        y = y * t + c;
    }
    let square = t * t;
    let y = y * t * square - 2.121_944_4e-4 * e - 0.5 * square;
    t + y + 0.693_359_4 * e
}

#[cfg(test)]
mod tests {
    use super::super::Domain;
    use super::*;

    /// The first outputs of the authors' program from the state 1, 2, 3, 4, as stand in the tests
    /// of the crate `rand_xoshiro`.
    #[test]
    fn is_the_published_generator_in_every_lane() {
        let mut rng = LaneRng { state: [[1; 8], [2; 8], [3; 8], [4; 8]] };
        for expected in [641, 1573767, 3222811527, 3517856514, 836907274, 4247214768] {
            assert_eq!(rng.draw(), [expected; 8]);
        }
    }

    #[test]
    fn a_lane_does_not_depend_on_its_place() {
        let streams = Streams::new(3, Domain::Heuristic);
        let (mut wide, mut narrow) =
            (LaneRng::<16>::new(&streams, 0), LaneRng::<8>::new(&streams, 8));
        for _ in 0..100 {
            assert_eq!(wide.draw()[8..], narrow.draw());
        }
    }

    #[test]
    fn sines_and_cosines_of_turns() {
        for k in (0..1 << 24).step_by(997) {
            let (sin, cos) = sin_cos_of_turn(k);
            let angle = std::f64::consts::TAU * f64::from(k) / f64::from(1 << 24);
            let error =
                (f64::from(sin) - angle.sin()).abs().max((f64::from(cos) - angle.cos()).abs());
            assert!(error < 2e-7, "{k}: {error}");
        }
    }

    /// Moments, tails and the correlation of the two.
    #[test]
    fn normal_numbers() {
        let mut rng = LaneRng::<16>::new(&Streams::new(1, Domain::Heuristic), 0);
        let rounds = 40_000;
        let n = 32.0 * f64::from(rounds);
        let (mut sums, mut product, mut tails) = ([0.0; 4], 0.0, 0.0);
        for _ in 0..rounds {
            let [x, y] = rng.normal_pair();
            for (x, y) in x.into_iter().zip(y) {
                product += f64::from(x) * f64::from(y);
                for v in [f64::from(x), f64::from(y)] {
                    assert!(v.abs() < 6.8);
                    (0..4).for_each(|power| sums[power as usize] += v.powi(power + 1));
                    tails += if v > 2.5 { 1.0 } else { 0.0 };
                }
            }
        }
        // The variances of v, v², v³ and v⁴ are 1, 2, 15 and 96.
        let moments = sums.iter().zip([(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0f64)]);
        for (sum, (mean, variance)) in moments {
            assert!((sum / n - mean).abs() < 4.0 * (variance / n).sqrt(), "{sum} {mean}");
        }
        assert!((product / n).abs() < 4.0 * (0.5 / n).sqrt());
        let p = 0.006209665325776132;
        assert!((tails / n - p).abs() < 4.0 * (p / n).sqrt());
    }

    #[test]
    fn logarithms_and_exponential_numbers() {
        for k in 0..2_000_000u32 {
            let x = f32::from_bits(0x3f00_0000 + 131 * k);
            let error = f64::from(log(x)) - f64::from(x).ln();
            assert!(error.abs() <= 2e-7 * f64::from(x).ln().abs().max(1.0), "{x}: {error}");
        }
        let mut rng = LaneRng::<16>::new(&Streams::new(1, Domain::Heuristic), 0);
        let (mut sum, mut above, rounds) = (0.0, 0, 40_000);
        for _ in 0..rounds {
            let values = rng.exponential();
            sum += values.iter().map(|&v| f64::from(v)).sum::<f64>();
            above += values.iter().filter(|&&v| v > 3.0).count();
            assert!(values.iter().all(|&v| (-1e-6..22.3).contains(&v)));
        }
        let n = 16.0 * f64::from(rounds);
        assert!((sum / n - 1.0).abs() < 5.0 / n.sqrt());
        let p = (-3f64).exp();
        assert!((above as f64 / n - p).abs() < 5.0 * (p / n).sqrt());
    }
}
