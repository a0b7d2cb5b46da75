//! Angles of QAOA to begin with.

use crate::error::{Error, Result};

/// γ and β of each layer (radians), for exp(-iβ ΣX) exp(-iγC) with a cost C to be maximized.
#[derive(Debug, Clone, PartialEq)]
pub struct Angles {
    /// One a layer.
    pub gammas: Vec<f64>,
    /// One a layer.
    pub betas: Vec<f64>,
}

/// Layers up to which there are fixed angles.
pub const FIXED_ANGLES_MOST_LAYERS: usize = FIXED.len();

/// Wurtz & Lykov 2021 (arXiv:2107.00677), for 3-regular graphs without short cycles and
/// C = Σ (1 - ZZ)/2; on trees they cut 0.6925, 0.7559, 0.7924, 0.8169 and 0.8364 of the edges.
const FIXED: [(&[f64], &[f64]); 5] = [
    (&[0.6155336291], &[0.3926720292]),
    (&[0.4877097327, 0.8979876956], &[0.5550603401, 0.2925078148]),
    (&[0.4220840819, 0.79841275405, 0.93708879655], &[0.60875726, 0.459275309, 0.2353956226]),
    (
        &[0.40876384515, 0.78058496425, 0.9877281203, 1.15631367545],
        &[0.5995654665, 0.4344182508, 0.2969500149, 0.1590668373],
    ),
    (
        &[0.35958940695, 0.7065726026, 0.82255654765, 1.00475489485, 1.15427458185],
        &[0.6318520294, 0.5226524412, 0.389742061, 0.2754121639, 0.1491700496],
    ),
];

impl Angles {
    /// γ rises and β falls linearly, as in an annealing of p steps: γ_k = (k + ½)Δ/p,
    /// β_k = (1 - (k + ½)/p)Δ. Δ = 0.75 suits costs whose coefficients are about ½.
    ///
    /// # Errors
    /// If there are no layers, or Δ is not finite.
    pub fn linear_ramp(layers: usize, delta: f64) -> Result<Self> {
        check_layers(layers)?;
        if !delta.is_finite() {
            return Err(Error::NotFinite { what: "Δ of a linear ramp".into(), value: delta });
        }
        let at = |k: usize| (k as f64 + 0.5) / layers as f64;
        Ok(Angles {
            gammas: (0..layers).map(|k| at(k) * delta).collect(),
            betas: (0..layers).map(|k| (1.0 - at(k)) * delta).collect(),
        })
    }

    /// Fixed angles for MaxCut on 3-regular graphs (Wurtz & Lykov 2021): what they guarantee on
    /// large graphs needs no optimization.
    ///
    /// # Errors
    /// If there are no layers, or more than [`FIXED_ANGLES_MOST_LAYERS`].
    pub fn fixed_three_regular(layers: usize) -> Result<Self> {
        check_layers(layers)?;
        match FIXED.get(layers - 1) {
            Some((gammas, betas)) => Ok(Angles { gammas: gammas.to_vec(), betas: betas.to_vec() }),
            None => Err(Error::Invalid {
                what: "the number of layers with fixed angles".into(),
                value: layers.to_string(),
                expected: format!(
                    "they are known for up to {FIXED_ANGLES_MOST_LAYERS}; extend them by INTERP"
                ),
            }),
        }
    }

    /// One layer more, by linear interpolation (INTERP: Zhou et al. 2020, arXiv:1812.01041,
    /// appendix B).
    pub fn interpolated(&self) -> Self {
        let p = self.gammas.len();
        let more = |old: &[f64]| {
            let at = |k: usize| old.get(k).copied().unwrap_or(0.0);
            let of = |i: usize| {
                let before = if i > 0 { at(i - 1) } else { 0.0 };
                (i as f64 * before + (p - i) as f64 * at(i)) / p as f64
            };
            (0..=p).map(of).collect()
        };
        Angles { gammas: more(&self.gammas), betas: more(&self.betas) }
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.gammas.len()
    }

    /// γ_1, …, γ_p, β_1, …, β_p: the order of [`qaoa_ansatz`](crate::circuit::library::qaoa_ansatz).
    pub fn to_params(&self) -> Vec<f64> {
        [&self.gammas[..], &self.betas].concat()
    }

    /// From parameters in that order.
    pub fn from_params(params: &[f64]) -> Self {
        let (gammas, betas) = params.split_at(params.len() / 2);
        Angles { gammas: gammas.to_vec(), betas: betas.to_vec() }
    }
}

fn check_layers(layers: usize) -> Result<()> {
    if layers > 0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of layers".into(),
        value: "0".into(),
        expected: "there is at least one".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolation_keeps_the_ends_and_lines() {
        let angles = Angles { gammas: vec![1.0, 2.0, 3.0], betas: vec![0.5; 3] };
        let more = angles.interpolated();
        assert_eq!(more.betas, [0.5; 4]);
        assert_eq!((more.gammas[0], more.gammas[3]), (1.0, 3.0));
        assert!(more.gammas.windows(2).all(|w| w[0] < w[1]));
    }
}
