//! Thermal relaxation of an idle qubit.

use super::channel::Channel;
use super::damping::{flips_and_resets, relaxation};
use super::duration::duration_text;
use super::limits::{invalid, probability};
use crate::error::{Error, Result, shown};

impl Channel {
    /// What a time `t` does to a qubit with the relaxation time `t1` and the dephasing time `t2`, all
    /// in seconds, whose equilibrium has `excited_population` in |1⟩: populations approach it by
    /// e^{-t/T1}, coherences × e^{-t/T2}. Infinite `t1` and `t2` are allowed.
    ///
    /// For T2 ≤ T1 this is a mixture of identity, Z and resets, as in Qiskit Aer
    /// (`standard_errors.py`): p_z = e^{-t/T1}(1 - e^{-t(1/T2 - 1/T1)})/2, and 1 - e^{-t/T1} of
    /// resets. For T1 < T2 ≤ 2 T1 these are the canonical Kraus operators.
    ///
    /// # Errors
    /// If T2 > 2 T1, which no qubit has (1/T2 = 1/(2 T1) + 1/Tφ); if a time is negative or NaN, or
    /// `t1` or `t2` is 0; if the population is no probability.
    pub fn thermal_relaxation(t1: f64, t2: f64, t: f64, excited_population: f64) -> Result<Self> {
        for (name, time) in [("T1", t1), ("T2", t2)] {
            if time.is_nan() || time <= 0.0 {
                let expected =
                    "it is a time in seconds, more than 0, or infinite where nothing decays";
                return Err(invalid(name, shown(time), expected));
            }
        }
        if !t.is_finite() {
            return Err(Error::NotFinite {
                what: "the time t of a thermal relaxation".into(),
                value: t,
            });
        }
        if t < 0.0 {
            let value = duration_text(t);
            return Err(invalid("the time t of a thermal relaxation", value, "it is at least 0"));
        }
        let excited =
            probability("the excited population of a thermal relaxation", excited_population)?;
        if t2 > 2.0 * t1 {
            let expected = format!(
                "T2 is at most 2 T1 = {}, since T1 is {}: 1/T2 = 1/(2 T1) + 1/Tφ",
                duration_text(2.0 * t1),
                duration_text(t1)
            );
            return Err(invalid("T2", duration_text(t2), expected));
        }
        let population =
            if excited == 0.0 { String::new() } else { format!(", population={}", shown(excited)) };
        let (w1, w2, w) = (duration_text(t1), duration_text(t2), duration_text(t));
        let text = format!("thermal(t1={w1}, t2={w2}, t={w}{population})");
        let (gamma, kept) = (-(-t / t1).exp_m1(), (-t / t1).exp());
        let form = if t2 <= t1 {
            let p_z = if kept == 0.0 { 0.0 } else { -kept * (t / t1 - t / t2).exp_m1() / 2.0 };
            flips_and_resets(p_z, gamma * (1.0 - excited), gamma * excited)
        } else {
            // (1-γx)(1-γ(1-x)) - e^{-2t/T2}
            let determinant = -kept * (t / t1 - 2.0 * t / t2).exp_m1()
                + gamma * gamma * excited * (1.0 - excited);
            relaxation(gamma, excited, (-t / t2).exp(), determinant)
        };
        Ok(Self::new(1, form, text))
    }
}
