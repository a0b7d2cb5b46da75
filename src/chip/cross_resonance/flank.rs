//! What the rise of a drive does to the control.

use super::CrossResonance;
use super::driven::{driven, rotating_frame_levels};
use crate::chip::Ladder;
use crate::chip::range::refused;
use crate::error::Result;
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};

/// Levels of the control in the evolution.
const LEVELS: usize = 6;
type Amplitudes = [Complex64; LEVELS];
/// Largest turn of a level in one step of the method of Runge and Kutta, in rad. The levels that
/// turn so fast are hardly populated.
const TURN: f64 = 0.4;
/// Most steps.
const MAX_STEPS: f64 = 400_000.0;
/// What the sum of all populations may differ from 1 by after all steps. The method loses norm with the
/// sixth power of a step, of levels that turn fast.
const NORM: f64 = 0.05;

/// Populations that the control loses while the drive rises, the mean of its states 0 and 1: what
/// does not follow the drive.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FlankLoss {
    /// To driven states above 1.
    pub leakage: f64,
    /// To the other one of the two.
    pub flip: f64,
}

impl CrossResonance {
    /// Rises the drive from 0 along half a period of a cosine for `flank_ns` and compares with the
    /// driven states: exact for the control alone, at the target's bare frequency. A fall does the
    /// same backwards. Without duration the drive jumps.
    ///
    /// The numbers must have been checked.
    ///
    /// # Errors
    /// If the flank is so long that its evolution takes too many steps.
    pub(super) fn flank_loss(&self, flank_ns: f64) -> Result<FlankLoss> {
        let control = self.control.truncated(LEVELS);
        let frame = self.target.frequency_ghz();
        let end = driven(&control, frame, self.drive_mhz);
        let mut loss = FlankLoss::default();
        for state in 0..2 {
            let risen = risen(&control, frame, self.drive_mhz, flank_ns, state)?;
            for column in 0..control.num_levels() {
                let overlap: Complex64 =
                    risen.iter().zip(end.all.column(column)).map(|(a, v)| a * v).sum();
                let population = 0.5 * overlap.norm_sqr();
                match end.columns.iter().position(|&k| k == column) {
                    Some(k) if k == state => {}
                    Some(_) => loss.flip += population,
                    None => loss.leakage += population,
                }
            }
        }
        Ok(loss)
    }
}

/// Level `state` after the rise.
fn risen(
    control: &Ladder,
    frame_ghz: f64,
    drive_mhz: f64,
    flank_ns: f64,
    state: usize,
) -> Result<Amplitudes> {
    let levels = rotating_frame_levels(control, frame_ghz);
    // The states' common phase is free: the spread of the levels is least about the state.
    let turns: Vec<f64> = levels.iter().map(|level| TAU * 1e-3 * (level - levels[state])).collect();
    let count = turns.len();
    let steps: Vec<f64> =
        (0..count - 1).map(|n| TAU * 1e-3 * 0.5 * drive_mhz * control.step(n)).collect();
    let fastest = turns.iter().fold(0.0f64, |most, turn| most.max(turn.abs()))
        + 2.0 * steps.iter().fold(0.0f64, |most, step| most.max(step.abs()));
    let steps_needed = (fastest * flank_ns / TURN).ceil();
    if steps_needed.is_nan() || steps_needed > MAX_STEPS {
        let longest = MAX_STEPS * TURN / fastest;
        let expected = format!(
            "its evolution takes more steps than {MAX_STEPS} with these levels and this drive, which a flank \
             of up to {longest:.0} ns does not: so long a one loses next to nothing"
        );
        return Err(refused("the flank of the pulse", flank_ns, "ns", expected));
    }
    let rounds = steps_needed as usize;
    let mut psi = [Complex64::from(0.0); LEVELS];
    psi[state] = 1.0.into();
    if rounds == 0 {
        return Ok(psi);
    }
    let dt = flank_ns / rounds as f64;
    let part = |time: f64| 0.5 - 0.5 * (PI * time / flank_ns).cos();
    let slope = |part: f64, psi: &Amplitudes| -> Amplitudes {
        let mut slope = [Complex64::from(0.0); LEVELS];
        for n in 0..count {
            let mut sum = turns[n] * psi[n];
            if n > 0 {
                sum += part * steps[n - 1] * psi[n - 1];
            }
            if n + 1 < count {
                sum += part * steps[n] * psi[n + 1];
            }
            slope[n] = Complex64::new(sum.im, -sum.re);
        }
        slope
    };
    let ahead = |psi: &Amplitudes, slope: &Amplitudes, by: f64| -> Amplitudes {
        std::array::from_fn(|n| psi[n] + by * slope[n])
    };
    for round in 0..rounds {
        let time = round as f64 * dt;
        let (at_start, at_middle, at_end) = (part(time), part(time + 0.5 * dt), part(time + dt));
        let k1 = slope(at_start, &psi);
        let k2 = slope(at_middle, &ahead(&psi, &k1, 0.5 * dt));
        let k3 = slope(at_middle, &ahead(&psi, &k2, 0.5 * dt));
        let k4 = slope(at_end, &ahead(&psi, &k3, dt));
        for n in 0..count {
            psi[n] += dt / 6.0 * (k1[n] + 2.0 * (k2[n] + k3[n]) + k4[n]);
        }
    }
    let sum = psi.iter().map(Complex64::norm_sqr).sum::<f64>();
    if sum.is_nan() || (sum - 1.0).abs() > NORM {
        let expected = format!(
            "its evolution is not good: populations add up to {sum} and not to 1; a shorter flank"
        );
        return Err(refused("the flank of the pulse", flank_ns, "ns", expected));
    }
    let norm = sum.sqrt();
    Ok(psi.map(|a| a / norm))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(drive_mhz: f64) -> CrossResonance {
        CrossResonance {
            control: Ladder::duffing(5.1, -0.33, 6).unwrap(),
            target: Ladder::duffing(5.0, -0.33, 4).unwrap(),
            j_mhz: 2.0,
            drive_mhz,
        }
    }

    #[test]
    fn a_jump_leaves_what_the_driven_states_lack() {
        let pair = pair(40.0);
        let loss = pair.flank_loss(0.0).unwrap();
        let end = driven(&pair.control, 5.0, 40.0);
        let kept: f64 = (0..2).map(|n| 0.5 * end.states[n][n].powi(2)).sum();
        assert!((loss.leakage + loss.flip + kept - 1.0).abs() < 1e-12, "{loss:?}");
        assert!(loss.leakage > 0.005 && loss.flip > 0.01, "{loss:?}");
    }

    #[test]
    fn a_slow_rise_loses_little_and_agrees_with_exact_steps() {
        let loss = |ns| pair(40.0).flank_loss(ns).unwrap();
        assert!(loss(30.0).leakage < 1e-3 * loss(0.0).leakage);
        assert!(loss(60.0).flip < 1e-2 * loss(0.0).flip, "{:?}", loss(60.0));
        // Products of exact exponentials of 4000 constant pieces.
        let (control, ns, pieces) = (pair(40.0).control, 10.0, 4000);
        let mut psi = nalgebra::DVector::from_element(6, Complex64::from(0.0));
        psi[1] = 1.0.into();
        for k in 0..pieces {
            let part = 0.5 - 0.5 * (PI * (k as f64 + 0.5) / f64::from(pieces)).cos();
            let mut h =
                nalgebra::DMatrix::from_diagonal(&rotating_frame_levels(&control, 5.0).into());
            for n in 0..5 {
                h[(n, n + 1)] = 20.0 * part * control.step(n);
                h[(n + 1, n)] = h[(n, n + 1)];
            }
            let eigen = nalgebra::SymmetricEigen::new(h);
            let v = eigen.eigenvectors.map(Complex64::from);
            let mut inner = v.transpose() * &psi;
            for n in 0..6 {
                let angle = -TAU * 1e-3 * eigen.eigenvalues[n] * ns / f64::from(pieces);
                inner[n] *= Complex64::from_polar(1.0, angle);
            }
            psi = v * inner;
        }
        let found = risen(&control, 5.0, 40.0, ns, 1).unwrap();
        for (a, b) in found.iter().zip(psi.iter()) {
            assert!((a.norm_sqr() - b.norm_sqr()).abs() < 2e-5, "{found:?} {psi}");
        }
    }
    /// Whatever the levels and the flank, the losses are populations or the flank is refused.
    #[test]
    fn losses_are_populations_or_refused() {
        for (control, levels) in [(8.0, 6), (5.1, 6), (2.0, 6), (4.9, 3)] {
            for ns in [0.0, 1.0, 40.0, 300.0, 1e4] {
                let pair = CrossResonance {
                    control: Ladder::duffing(control, -0.33, levels).unwrap(),
                    ..pair(40.0)
                };
                match pair.flank_loss(ns) {
                    Ok(loss) => {
                        for part in [loss.leakage, loss.flip] {
                            assert!((0.0..=1.0).contains(&part), "{control} {ns}: {loss:?}");
                        }
                        assert!(ns < 40.0 || loss.leakage < 1e-3, "{control} {ns}: {loss:?}");
                    }
                    Err(error) => {
                        let message = error.to_string();
                        assert!(ns > 1e3 && message.contains("a flank of up to"), "{message}");
                    }
                }
            }
        }
    }
}
