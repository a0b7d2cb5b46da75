//! Units of several chains side by side, one chain a lane, in single precision.

use super::Rbm;
use crate::error::{Error, Result};
use crate::math::{Bits, LaneRng};

/// Chains that one kernel moves together.
pub(super) const LANES: usize = 16;
/// A number of each chain. Units are 0 or 1.
pub(super) type Lane = [f32; LANES];
/// Units whose fields are summed together, so that each input is loaded once for all of them.
pub(super) const UNITS: usize = 4;

/// A layer as its units see the other one: biases and weights of four units at a time, filled up
/// with zeros.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub units: usize,
    inputs: usize,
    bias: Vec<[f32; UNITS]>,
    weights: Vec<[f32; UNITS]>,
}

impl Layer {
    fn new(units: usize, inputs: usize) -> Self {
        let fours = units.div_ceil(UNITS);
        let (bias, weights) = (vec![[0.0; UNITS]; fours], vec![[0.0; UNITS]; fours * inputs]);
        Layer { units, inputs, bias, weights }
    }

    fn set(&mut self, bias: &[f64], weight: impl Fn(usize, usize) -> f64) {
        for (unit, &bias) in bias.iter().enumerate() {
            let (four, place) = (unit / UNITS, unit % UNITS);
            self.bias[four][place] = bias as f32;
            for input in 0..self.inputs {
                self.weights[four * self.inputs + input][place] = weight(unit, input) as f32;
            }
        }
    }

    /// Bias and weighted inputs of four units.
    #[inline(always)]
    pub fn fields(&self, four: usize, inputs: &[Lane]) -> [Lane; UNITS] {
        let bias = &self.bias[four];
        let mut fields = [[0.0; LANES]; UNITS];
        for u in 0..UNITS {
            fields[u] = [bias[u]; LANES];
        }
        let weights = &self.weights[four * self.inputs..][..self.inputs];
        for (w, x) in weights.iter().zip(inputs) {
            for u in 0..UNITS {
                for k in 0..LANES {
                    fields[u][k] += w[u] * x[k];
                }
            }
        }
        fields
    }

    /// How many of the four units there are.
    #[inline(always)]
    pub fn of_four(&self, four: usize) -> usize {
        UNITS.min(self.units - four * UNITS)
    }

    #[inline(always)]
    pub fn fours(&self) -> usize {
        self.bias.len()
    }
}

/// Both layers of a machine.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    pub visible: Layer,
    pub hidden: Layer,
    pub visible_bias: Vec<f32>,
}

impl Layers {
    pub fn new(rbm: &Rbm) -> Result<Self> {
        let (nv, nh) = (rbm.num_visible(), rbm.num_hidden());
        let (visible, hidden) = (Layer::new(nv, nh), Layer::new(nh, nv));
        let mut layers = Layers { visible, hidden, visible_bias: vec![0.0; nv] };
        layers.set(&rbm.parameters())?;
        Ok(layers)
    }

    /// Takes over parameters in the order of [`Rbm::parameters`].
    ///
    /// # Errors
    /// If sums of them could leave the range of single precision.
    pub fn set(&mut self, parameters: &[f64]) -> Result<()> {
        let (nv, nh) = (self.visible.units, self.hidden.units);
        let magnitude: f64 = parameters.iter().map(|x| x.abs()).sum();
        if magnitude.is_nan() || magnitude >= 1e30 {
            return Err(Error::Invalid {
                what: "the sum of all magnitudes of biases and weights".into(),
                value: crate::error::shown(magnitude),
                expected: "chains need one below 1e30; a smaller learning rate or some weight \
                           decay keeps a training from diverging"
                    .into(),
            });
        }
        let (a, rest) = parameters.split_at(nv);
        let (b, w) = rest.split_at(nh);
        self.visible.set(a, |i, j| w[i * nh + j]);
        self.hidden.set(b, |j, i| w[i * nh + j]);
        self.visible_bias.iter_mut().zip(a).for_each(|(to, &from)| *to = from as f32);
        Ok(())
    }
}

/// e^-x for x from 0 to 87, to 2e-7 of its value: the reduction and polynomial of `expf` in
/// S. L. Moshier's Cephes library (1989).
#[inline(always)]
pub(super) fn exp_minus(x: f32) -> f32 {
    // Adding and subtracting 3·2^22 rounds to an integer, which is then in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * -std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = -x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let mut y = 1.987_569_1e-4;
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        y = y * r + c;
    }
    let y = y * (r * r) + r + 1.0;
    let power = f32::from_bits((shifted.to_bits().wrapping_shl(23)).wrapping_add(0x3f80_0000));
    y * power
}

/// e^-|x|, 0 replaced by 1e-38.
#[inline(always)]
pub(super) fn exp_minus_magnitude(x: f32) -> f32 {
    let magnitude = x.abs();
    exp_minus(if magnitude < 87.0 { magnitude } else { 87.0 })
}

/// 1 / (1 + e^-x).
#[inline(always)]
pub(super) fn sigmoids(fields: Lane) -> Lane {
    let mut p = [0.0; LANES];
    for k in 0..LANES {
        let e = exp_minus_magnitude(fields[k]);
        let less = 1.0 / (1.0 + e);
        p[k] = if fields[k] > 0.0 { less } else { e * less };
    }
    p
}

/// Units that are 1 with probability 1 / (1 + e^-field). The rarer value is drawn, with steps of
/// 2^-31 of its probability e / (1 + e).
#[inline(always)]
pub(super) fn draw<const L: usize>(fields: [f32; L], rng: &mut LaneRng<L>) -> [f32; L] {
    let bits = rng.draw();
    let mut units = [0.0; L];
    for k in 0..L {
        let e = exp_minus_magnitude(fields[k]);
        let u = ((bits[k] >> 1) as i32 as f32 + 0.5) * (0.5 / (1u32 << 30) as f32);
        let is_rare = u + u * e < e;
        units[k] = if is_rare != (fields[k] > 0.0) { 1.0 } else { 0.0 };
    }
    units
}

/// All units of a layer, drawn given the other layer, at an inverse temperature.
#[inline(always)]
pub(super) fn draw_layer(
    layer: &Layer,
    beta: f32,
    inputs: &[Lane],
    units: &mut [Lane],
    rng: &mut LaneRng<LANES>,
) {
    for four in 0..layer.fours() {
        let mut fields = layer.fields(four, inputs);
        for u in 0..layer.of_four(four) {
            for k in 0..LANES {
                fields[u][k] *= beta;
            }
            units[four * UNITS + u] = draw(fields[u], rng);
        }
    }
}

/// Fair bits for all units.
#[inline(always)]
pub(super) fn draw_fair(units: &mut [Lane], rng: &mut LaneRng<LANES>) {
    for unit in units {
        let bits = rng.draw();
        for k in 0..LANES {
            unit[k] = (bits[k] >> 31) as f32;
        }
    }
}

/// The units of one chain.
pub(super) fn bits_of(units: &[Lane], lane: usize) -> Bits {
    let mut bits = Bits::zeros(units.len());
    for (i, unit) in units.iter().enumerate() {
        bits.set(i, unit[lane] > 0.5);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    #[test]
    fn exponentials() {
        for k in 0..870_000 {
            let x = k as f32 * 1e-4;
            let exact = f64::from(-x).exp();
            let error = f64::from(exp_minus(x)) / exact - 1.0;
            assert!(error.abs() < 3e-7, "{x}: {error}");
        }
        assert!(exp_minus_magnitude(f32::INFINITY) < 2e-38);
        let p = sigmoids(
            [-100.0, -3.0, -1e-3, 0.0, 2.0, 1e9, -1e30, 20.0].repeat(2).try_into().unwrap(),
        );
        for (p, x) in p.iter().zip([-100.0f64, -3.0, -1e-3, 0.0, 2.0, 1e9, -1e30, 20.0]) {
            assert!((f64::from(*p) - 1.0 / (1.0 + (-x).exp())).abs() < 1e-7, "{x}: {p}");
        }
    }

    #[test]
    fn draws_have_their_probability() {
        let fields = [
            -9.0, -6.0, -2.0, -0.5, 0.0, 0.1, 1.0, 3.0, 7.0, 10.0, -1.0, 0.7, -0.1, 40.0, -40.0,
            0.3f32,
        ];
        let mut rng = LaneRng::new(&Streams::new(5, Domain::Chain), 0);
        let rounds = 400_000;
        let mut sums = [0.0; LANES];
        for _ in 0..rounds {
            let units = draw(fields, &mut rng);
            (0..LANES).for_each(|k| sums[k] += f64::from(units[k]));
        }
        for (sum, x) in sums.iter().zip(fields) {
            let p = 1.0 / (1.0 + f64::from(-x).exp());
            let error = (p * (1.0 - p) * f64::from(rounds)).sqrt();
            assert!((sum - p * f64::from(rounds)).abs() <= 4.5 * error + 1e-6, "{x}: {sum}");
        }
    }
}
