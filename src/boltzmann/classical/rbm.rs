//! The restricted Boltzmann machine.

use crate::error::{Error, Result};
use crate::math::{Bits, Domain, Streams};
use rand_distr::{Distribution as _, StandardNormal};
use serde::{Deserialize, Serialize};

/// Sums of magnitudes from here on could leave the range of a double in an energy.
const LARGEST: f64 = 1e300;

/// A restricted Boltzmann machine (Smolensky 1986; Hinton, Neural Comput. 14, 1771 (2002)): visible
/// units v and hidden units h, all 0 or 1, with the energy
///
/// E(v, h) = -a·v - b·h - vᵀ W h
///
/// and the law P(v) = Σ_h e^{-E(v, h)} / Z. Unit i is bit i of a bit string. Energies are in units
/// of the temperature, logarithms are natural.
///
/// ```
/// use ketlab::boltzmann::classical::Rbm;
/// use ketlab::math::Bits;
///
/// let rbm = Rbm::new(vec![0.5, 0.0], vec![-1.0], vec![2.0, 0.0])?;
/// let (v, h) = (Bits::from_u64(0b01, 2), Bits::from_u64(1, 1));
/// assert_eq!(rbm.energy(&v, &h)?, -1.5);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Document")]
pub struct Rbm {
    visible_bias: Vec<f64>,
    hidden_bias: Vec<f64>,
    /// Row i has the weights of visible unit i.
    weights: Vec<f64>,
}

/// What is read, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    visible_bias: Vec<f64>,
    hidden_bias: Vec<f64>,
    weights: Vec<f64>,
}

impl TryFrom<Document> for Rbm {
    type Error = Error;

    fn try_from(read: Document) -> Result<Self> {
        Rbm::new(read.visible_bias, read.hidden_bias, read.weights)
    }
}

impl Rbm {
    /// A machine with these biases and weights; `weights[i * num_hidden + j]` couples visible unit i
    /// and hidden unit j.
    ///
    /// # Errors
    /// If a layer has no units, the number of weights is not that of pairs, a number is not finite,
    /// or the magnitudes add up to more than 1e300.
    pub fn new(visible_bias: Vec<f64>, hidden_bias: Vec<f64>, weights: Vec<f64>) -> Result<Self> {
        let (nv, nh) = (visible_bias.len(), hidden_bias.len());
        check_units(nv, nh)?;
        if nv.checked_mul(nh) != Some(weights.len()) {
            return Err(Error::Invalid {
                what: "the number of weights of a restricted Boltzmann machine".into(),
                value: weights.len().to_string(),
                expected: format!("{nv} visible and {nh} hidden units have one weight a pair"),
            });
        }
        let mut magnitude = 0.0;
        for (kind, numbers) in
            [("visible bias", &visible_bias), ("hidden bias", &hidden_bias), ("weight", &weights)]
        {
            for (k, &value) in numbers.iter().enumerate() {
                if !value.is_finite() {
                    return Err(Error::NotFinite { what: format!("{kind} {k}"), value });
                }
                magnitude += value.abs();
            }
        }
        if magnitude > LARGEST {
            return Err(Error::Invalid {
                what: "the sum of all magnitudes of biases and weights".into(),
                value: crate::error::shown(magnitude),
                expected: format!("it must be at most {LARGEST:e}, so that energies are finite"),
            });
        }
        Ok(Rbm { visible_bias, hidden_bias, weights })
    }

    /// A machine without biases whose weights are normal random numbers of mean 0 and standard
    /// deviation `scale`, drawn in the order of [`weights`](Self::weights).
    ///
    /// # Errors
    /// As [`new`](Self::new), and if `scale` is negative or not finite.
    pub fn random(num_visible: usize, num_hidden: usize, scale: f64, seed: u64) -> Result<Self> {
        check_units(num_visible, num_hidden)?;
        if !(scale.is_finite() && scale >= 0.0) {
            return Err(Error::Invalid {
                what: "the standard deviation of random weights".into(),
                value: scale.to_string(),
                expected: "it must be finite and not negative".into(),
            });
        }
        let count = num_visible.saturating_mul(num_hidden);
        let mut weights = crate::math::list_of("the weights", count, "use fewer units")?;
        let mut rng = Streams::new(seed, Domain::Boltzmann).stream(0);
        weights.extend((0..count).map(|_| {
            let normal: f64 = StandardNormal.sample(&mut rng);
            scale * normal
        }));
        Rbm::new(vec![0.0; num_visible], vec![0.0; num_hidden], weights)
    }

    /// Number of visible units.
    pub fn num_visible(&self) -> usize {
        self.visible_bias.len()
    }

    /// Number of hidden units.
    pub fn num_hidden(&self) -> usize {
        self.hidden_bias.len()
    }

    /// Number of biases and weights.
    pub fn num_parameters(&self) -> usize {
        self.num_visible() + self.num_hidden() + self.weights.len()
    }

    /// The biases a of the visible units.
    pub fn visible_bias(&self) -> &[f64] {
        &self.visible_bias
    }

    /// The biases b of the hidden units.
    pub fn hidden_bias(&self) -> &[f64] {
        &self.hidden_bias
    }

    /// The weights W, one row of `num_hidden` numbers a visible unit.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The weight between a visible and a hidden unit. Panics if there is no such unit.
    pub fn weight(&self, visible: usize, hidden: usize) -> f64 {
        assert!(hidden < self.num_hidden(), "hidden unit {hidden} of {}", self.num_hidden());
        self.weights[visible * self.num_hidden() + hidden]
    }

    /// All parameters in one list: the visible biases, the hidden biases, the weights.
    pub fn parameters(&self) -> Vec<f64> {
        [&self.visible_bias[..], &self.hidden_bias, &self.weights].concat()
    }

    /// The machine with the parameters in the order of [`parameters`](Self::parameters).
    ///
    /// # Errors
    /// If the list is not as long as it must be, and as [`new`](Self::new).
    pub fn from_parameters(nv: usize, nh: usize, parameters: &[f64]) -> Result<Self> {
        let needed = nv.saturating_mul(nh).saturating_add(nv).saturating_add(nh);
        if parameters.len() != needed {
            return Err(Error::Invalid {
                what: "the number of parameters of a restricted Boltzmann machine".into(),
                value: parameters.len().to_string(),
                expected: format!("{nv} visible and {nh} hidden units have {needed}"),
            });
        }
        let (a, rest) = parameters.split_at(nv);
        let (b, w) = rest.split_at(nh);
        Rbm::new(a.to_vec(), b.to_vec(), w.to_vec())
    }

    /// The energy E(v, h).
    ///
    /// # Errors
    /// If a bit string has not one bit a unit of its layer.
    pub fn energy(&self, visible: &Bits, hidden: &Bits) -> Result<f64> {
        check_bits("visible", self.num_visible(), visible)?;
        check_bits("hidden", self.num_hidden(), hidden)?;
        let fields = self.hidden_fields(visible);
        let of_hidden: f64 = (0..fields.len()).filter(|&j| hidden.bit(j)).map(|j| fields[j]).sum();
        Ok(-self.visible_sum(visible) - of_hidden)
    }

    /// The free energy F(v) = -a·v - Σⱼ ln(1 + e^{bⱼ + Σᵢ vᵢ Wᵢⱼ}), for which P(v) = e^{-F(v)} / Z.
    ///
    /// # Errors
    /// If the bit string has not one bit a visible unit.
    pub fn free_energy(&self, visible: &Bits) -> Result<f64> {
        check_bits("visible", self.num_visible(), visible)?;
        Ok(-self.visible_sum(visible) - softplus_sum(&self.hidden_fields(visible)))
    }

    /// ln P(v) + ln Z, which is minus the free energy.
    ///
    /// # Errors
    /// As [`free_energy`](Self::free_energy).
    pub fn log_probability_unnormalised(&self, visible: &Bits) -> Result<f64> {
        Ok(-self.free_energy(visible)?)
    }

    /// The probabilities P(hⱼ = 1 | v).
    ///
    /// # Errors
    /// As [`free_energy`](Self::free_energy).
    pub fn hidden_probabilities(&self, visible: &Bits) -> Result<Vec<f64>> {
        check_bits("visible", self.num_visible(), visible)?;
        Ok(self.hidden_fields(visible).into_iter().map(sigmoid).collect())
    }

    /// The probabilities P(vᵢ = 1 | h).
    ///
    /// # Errors
    /// If the bit string has not one bit a hidden unit.
    pub fn visible_probabilities(&self, hidden: &Bits) -> Result<Vec<f64>> {
        check_bits("hidden", self.num_hidden(), hidden)?;
        let rows = self.weights.chunks_exact(self.num_hidden()).zip(&self.visible_bias);
        let field = |(row, bias): (&[f64], &f64)| {
            bias + (0..row.len()).filter(|&j| hidden.bit(j)).map(|j| row[j]).sum::<f64>()
        };
        Ok(rows.map(|row| sigmoid(field(row))).collect())
    }

    fn visible_sum(&self, visible: &Bits) -> f64 {
        (0..self.num_visible()).filter(|&i| visible.bit(i)).map(|i| self.visible_bias[i]).sum()
    }

    /// b + Wᵀ v.
    pub(super) fn hidden_fields(&self, visible: &Bits) -> Vec<f64> {
        let mut fields = self.hidden_bias.clone();
        for (i, row) in self.weights.chunks_exact(self.num_hidden()).enumerate() {
            if visible.bit(i) {
                fields.iter_mut().zip(row).for_each(|(field, w)| *field += w);
            }
        }
        fields
    }
}

fn check_units(nv: usize, nh: usize) -> Result<()> {
    if nv > 0 && nh > 0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "a restricted Boltzmann machine".into(),
        value: format!("{nv} visible and {nh} hidden units"),
        expected: "each layer must have at least one unit".into(),
    })
}

pub(super) fn check_bits(layer: &str, units: usize, bits: &Bits) -> Result<()> {
    if bits.len() == units {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("a bit string for the {layer} units"),
        value: format!("{} bits long", bits.len()),
        expected: format!("there are {units} {layer} units"),
    })
}

/// 1 / (1 + e^-x), without loss for large |x|.
pub(super) fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x > 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

/// Σ ln(1 + e^x). The logarithm of a product of factors from 1 to 2 is one logarithm for many.
pub(super) fn softplus_sum(fields: &[f64]) -> f64 {
    let of_some = |some: &[f64]| {
        let product: f64 = some.iter().map(|x| 1.0 + (-x.abs()).exp()).product();
        some.iter().map(|x| x.max(0.0)).sum::<f64>() + product.ln()
    };
    fields.chunks(512).map(of_some).sum()
}
