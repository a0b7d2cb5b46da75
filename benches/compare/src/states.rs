//! From a circuit to its state.

use crate::TOLERANCE;
use crate::measure::{Measured, Settings, guarded, in_turn, run};
use crate::source::{Both, both, read};
use ketlab::circuit::library::Family;
use ketlab::engine::{Real, StateVector};
use ketlab::simulate::{Executable, Program};
use ketlab::{Circuit, Simulator};
use num_complex::Complex64;
use prism_q::{BackendKind, simulate};

/// A row of the table of states.
pub struct StateRow {
    /// The family's name.
    pub family: &'static str,
    /// Number of qubits.
    pub n: usize,
    /// Number of gates.
    pub gates: usize,
    /// ketlab in f64, from the circuit.
    pub ketlab: Measured,
    /// prism-q, from the circuit.
    pub prism: Measured,
    /// ketlab in f32, from the circuit.
    pub single: Measured,
    /// ketlab in f64, from its program.
    pub compiled: Measured,
    /// ‖Δψ‖ up to a global phase, ketlab's f64 against prism-q.
    pub difference: Result<f64, String>,
    /// The same of ketlab's f32, beyond what it promises.
    pub single_is_off: Option<f64>,
}

/// Checks and times one circuit.
pub fn compare(family: Family, n: usize, settings: &Settings) -> StateRow {
    let circuit = family.circuit(n);
    let gates = circuit.ops().len();
    let both = both(&circuit).unwrap_or_else(|error| Both {
        ketlab: Err(error.clone()),
        prism: Err(format!("there is no text: {error}")),
    });
    let ours = || read(&both.ketlab);
    let theirs = || prism(read(&both.prism)?);
    let (difference, single_is_off) = differences(ours(), &theirs, gates);
    let bound = guarded(|| {
        let program = Program::new(ours()?).map_err(|e| e.to_string())?;
        program.bind(&[]).map_err(|e| e.to_string())
    });
    let [ketlab, prism, single, compiled] = in_turn(
        [
            run(|| state::<f64>(ours()?)),
            run(theirs),
            run(|| state::<f32>(ours()?)),
            run(|| state::<f64>(bound.as_ref().map_err(Clone::clone)?)),
        ],
        settings,
    );
    let family = family.name();
    StateRow { family, n, gates, ketlab, prism, single, compiled, difference, single_is_off }
}

/// The state in the order of its basis states, which is what prism-q returns.
fn state<T: Real>(circuit: &impl Executable) -> Result<StateVector<T>, String> {
    let mut state = Simulator::new().state(circuit).map_err(|e| e.to_string())?;
    state.settle();
    Ok(state)
}

/// prism-q's state.
pub fn prism(circuit: &prism_q::Circuit) -> Result<Vec<Complex64>, String> {
    let simulation = simulate(circuit).backend(BackendKind::Statevector).seed(1);
    simulation.state_vector().map_err(|e| e.to_string())
}

/// The difference in f64, and that in f32 if it is more than ketlab promises.
fn differences(
    ours: Result<&Circuit, String>,
    theirs: &dyn Fn() -> Result<Vec<Complex64>, String>,
    gates: usize,
) -> (Result<f64, String>, Option<f64>) {
    let both = guarded(|| {
        let (ours, theirs) = (ours?, theirs()?);
        let double = distance(state::<f64>(ours)?.amplitudes().iter().copied(), &theirs)?;
        let mut single = state::<f32>(ours)?;
        let widened = single.amplitudes().iter().map(|z| Complex64::new(z.re.into(), z.im.into()));
        Ok((double, distance(widened, &theirs)?))
    });
    match both {
        Ok((double, single)) => {
            let promised = 1e-5 * (gates as f64 / 1000.0).max(1.0);
            (Ok(double), (single.is_nan() || single > promised).then_some(single))
        }
        Err(error) => (Err(error), None),
    }
}

/// ‖a e^{iφ} - b‖₂ at the best φ.
fn distance(a: impl Iterator<Item = Complex64> + Clone, b: &[Complex64]) -> Result<f64, String> {
    let length = a.clone().count();
    if length != b.len() {
        return Err(format!("{length} and {} amplitudes", b.len()));
    }
    let overlap: Complex64 = a.clone().zip(b).map(|(a, b)| a.conj() * b).sum();
    let phase = if overlap.norm() > 0.0 { overlap / overlap.norm() } else { Complex64::ONE };
    Ok(a.zip(b).map(|(a, b)| (a * phase - b).norm_sqr()).sum::<f64>().sqrt())
}

impl StateRow {
    /// Whether the two say something different, or f32 is off.
    pub fn is_wrong(&self) -> bool {
        let apart = self.difference.as_ref().is_ok_and(|d| d.is_nan() || *d > TOLERANCE);
        apart || self.single_is_off.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_forget_the_phase_and_nothing_else() {
        let a = [Complex64::new(0.6, 0.0), Complex64::new(0.0, 0.8)];
        let turned = a.map(|z| z * Complex64::from_polar(1.0, 0.7));
        assert!(distance(a.iter().copied(), &turned).unwrap() < 1e-15);
        let other = [a[0], -a[1]];
        assert!(distance(a.iter().copied(), &other).unwrap() > 0.5);
        assert!(distance(a.iter().copied(), &other[..1]).is_err());
    }

    #[test]
    fn every_family_agrees() {
        let settings = Settings { reps: 1, sample_seconds: 1e-6 };
        for family in Family::ALL {
            let row = compare(family, 4, &settings);
            assert!(!row.is_wrong(), "{family}: {:?} {:?}", row.difference, row.single_is_off);
            assert!(row.ketlab.is_ok() && row.prism.is_ok(), "{family}: {:?}", row.prism);
        }
    }
}
