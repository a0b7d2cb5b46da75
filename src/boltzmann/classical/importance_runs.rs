//! Runs of annealed importance sampling, one a lane.

use super::kernel::{LANES, Lane, Layer, Layers, UNITS, draw, exp_minus_magnitude};
use crate::error::Result;
use crate::math::{LaneRng, Streams, Vectorized, Watch, log};

/// Factors from 1 to 2 whose product stays in the range of single precision.
const FACTORS: usize = 64;

/// The runs of one block; what comes out is the logarithm of each lane's weight.
pub(super) struct Runs<'a> {
    pub layers: &'a Layers,
    pub base: &'a [f32],
    pub streams: &'a Streams,
    pub first: u64,
    pub used: usize,
    pub steps: usize,
    pub watch: &'a Watch,
}

impl Vectorized for Runs<'_> {
    type Output = Result<[f64; LANES]>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Runs { layers, base, streams, first, used, steps: last, watch } = self;
        let (visible, hidden) = (&layers.visible, &layers.hidden);
        let mut rng = LaneRng::<LANES>::new(streams, first);
        let mut v = vec![[0.0; LANES]; visible.units];
        let mut h = vec![[0.0; LANES]; hidden.units];
        let mut fields = vec![[0.0; LANES]; hidden.fours() * UNITS];
        for (unit, &bias) in v.iter_mut().zip(base) {
            *unit = draw([bias; LANES], &mut rng);
        }
        let often = (4096 / (visible.units + hidden.units)).max(1);
        let mut logs = [0.0; LANES];
        for step in 0..last {
            if step % often == 0 {
                watch.check()?;
                let steps = often.min(last - step);
                watch.add_passes((steps * used) as u64);
            }
            let at = |step: usize| step as f64 / last as f64;
            let (before, after) = (at(step) as f32, at(step + 1) as f32);
            // Both laws at the state drawn at the one before.
            fields_of(hidden, &v, &mut fields);
            let mut gain = [0.0; LANES];
            for i in 0..visible.units {
                let step = (after - before) * (layers.visible_bias[i] - base[i]);
                for k in 0..LANES {
                    gain[k] += step * v[i][k];
                }
            }
            gains(&fields[..hidden.units], before, after, &mut gain);
            for k in 0..LANES {
                logs[k] += f64::from(gain[k]);
            }
            // A step that leaves the law at β' as it is. After the last one nobody looks.
            if step + 1 == last {
                break;
            }
            for (unit, field) in h.iter_mut().zip(&fields) {
                let mut scaled = *field;
                for k in 0..LANES {
                    scaled[k] *= after;
                }
                *unit = draw(scaled, &mut rng);
            }
            for four in 0..visible.fours() {
                let mut fields = visible.fields(four, &h);
                for u in 0..visible.of_four(four) {
                    let i = four * UNITS + u;
                    let of_base = (1.0 - after) * base[i];
                    for k in 0..LANES {
                        fields[u][k] = of_base + after * fields[u][k];
                    }
                    v[i] = draw(fields[u], &mut rng);
                }
            }
        }
        Ok(logs)
    }
}

#[inline(always)]
fn fields_of(layer: &Layer, inputs: &[Lane], fields: &mut [Lane]) {
    for four in 0..layer.fours() {
        let of_four = layer.fields(four, inputs);
        for u in 0..UNITS {
            fields[four * UNITS + u] = of_four[u];
        }
    }
}

/// Adds Σ ln(1 + e^{β' x}) - ln(1 + e^{β x}) over the fields x: the sum of what max(x, 0) gains, and one
/// logarithm for the factors (1 + e^{-|β' x|}) / (1 + e^{-|β x|}) of many units.
#[inline(always)]
fn gains(fields: &[Lane], before: f32, after: f32, gain: &mut Lane) {
    for some in fields.chunks(FACTORS) {
        let (mut above, mut below) = ([1.0; LANES], [1.0; LANES]);
        for x in some {
            for k in 0..LANES {
                let positive = if x[k] > 0.0 { x[k] } else { 0.0 };
                gain[k] += (after - before) * positive;
                above[k] *= 1.0 + exp_minus_magnitude(after * x[k]);
                below[k] *= 1.0 + exp_minus_magnitude(before * x[k]);
            }
        }
        for k in 0..LANES {
            gain[k] += log(above[k] / below[k]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More hidden units than factors of a product, and fields far from 0.
    #[test]
    fn gains_are_differences_of_logarithms() {
        let fields: Vec<Lane> = (0..150)
            .map(|j| std::array::from_fn(|k| 0.8 * ((7 * j + 11 * k) % 101) as f32 - 40.0))
            .collect();
        let (before, after) = (0.25, 0.3125);
        let mut gain = [0.0; LANES];
        gains(&fields, before, after, &mut gain);
        for k in 0..LANES {
            let log = |beta: f32| -> f64 {
                fields.iter().map(|x| (f64::from(beta) * f64::from(x[k])).exp().ln_1p()).sum()
            };
            let exact = log(after) - log(before);
            assert!((f64::from(gain[k]) - exact).abs() < 1e-4, "{} {exact}", gain[k]);
        }
    }
}
