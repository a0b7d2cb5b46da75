//! Shots.

use crate::measure::{Settings, guarded, in_turn, run};
use crate::report::{Agreement, TaskRow};
use crate::source::{both, read};
use crate::states;
use ketlab::circuit::library::Family;
use ketlab::{Counts, Simulator};
use prism_q::{BackendKind, simulate};
use std::collections::HashMap;

/// Shots of a call.
const SHOTS: u64 = 1_000_000;
/// Standard deviations that the samples' mean may be off.
const SIGMAS: f64 = 5.0;

/// A million shots of all qubits of the random family's circuit, as counts, from the circuit.
pub fn compare(n: usize, settings: &Settings) -> TaskRow {
    let task = "1,000,000 shots of the random circuit, as counts";
    let found = guarded(|| {
        let circuit = Family::Random.circuit(n);
        let mut measured = circuit.clone();
        measured.measure_all();
        let (unmeasured, both) = (both(&circuit)?, both(&measured)?);
        let ours = || -> Result<Counts, String> {
            let found = Simulator::new().seed(1).counts(read(&both.ketlab)?, SHOTS);
            found.map_err(|e| e.to_string())
        };
        let theirs = || -> Result<HashMap<Vec<u64>, u64>, String> {
            let simulation = simulate(read(&both.prism)?).backend(BackendKind::Statevector).seed(1);
            let found = simulation.sample_counts(SHOTS as usize);
            Ok(found.map_err(|e| e.to_string())?.counts)
        };
        let agreement = guarded(|| {
            let state = states::prism(read(&unmeasured.prism)?)?;
            let p: Vec<f64> = state.iter().map(|z| z.norm_sqr()).collect();
            let (ours, theirs) = (ketlab_outcomes(&ours()?)?, prism_outcomes(&theirs()?));
            Ok(Agreement::Sigmas(off(&p, &ours)?, off(&p, &theirs)?, SIGMAS))
        });
        let [ketlab, prism] = in_turn([run(ours), run(theirs)], settings);
        Ok((ketlab, prism, agreement))
    });
    TaskRow::new(task, n, found)
}

/// Outcomes, as indices of basis states, and how often each came.
pub type Outcomes = [(usize, u64)];

/// ketlab's counts as outcomes.
pub fn ketlab_outcomes(counts: &Counts) -> Result<Vec<(usize, u64)>, String> {
    let index =
        |bits: &str| usize::from_str_radix(bits, 2).map_err(|e| format!("outcome {bits}: {e}"));
    counts.iter().map(|(bits, k)| Ok((index(&bits.to_string())?, k))).collect()
}

/// prism-q's counts as outcomes, of at most 64 bits.
pub fn prism_outcomes(counts: &HashMap<Vec<u64>, u64>) -> Vec<(usize, u64)> {
    counts.iter().map(|(words, &k)| (words[0] as usize, k)).collect()
}

/// By how many standard deviations the mean of p(x) over the shots is off Σ p², its expectation
/// (the linear cross-entropy). A wrong order of the bits is thousands off.
fn off(p: &[f64], outcomes: &Outcomes) -> Result<f64, String> {
    let (mut shots, mut sum) = (0, 0.0);
    for &(x, k) in outcomes {
        shots += k;
        sum += k as f64 * p.get(x).ok_or_else(|| format!("there is no outcome {x}"))?;
    }
    if shots != SHOTS {
        return Err(format!("{shots} shots instead of {SHOTS}"));
    }
    let moment = |k: i32| p.iter().map(|p| p.powi(k)).sum::<f64>();
    let sigma = ((moment(3) - moment(2).powi(2)) / shots as f64).sqrt();
    Ok((sum / shots as f64 - moment(2)) / sigma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_agree_with_the_state() {
        let row = compare(6, &Settings { reps: 1, sample_seconds: 1e-6 });
        assert!(row.ketlab.is_ok() && row.prism.is_ok(), "{:?}", row.prism);
        assert!(!row.is_wrong(), "{:?}", row.agreement);
    }
}
