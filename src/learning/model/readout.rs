//! What a model's outputs are made of.

use crate::error::{Error, Result};
use crate::learning::data::Targets;
use crate::learning::loss::{Loss, Outputs};
use crate::pauli::{Pauli, PauliString, PauliSum};
use serde::{Deserialize, Serialize};

/// The most qubits whose basis states are classes.
pub const MAX_READ_QUBITS: usize = 6;

/// How outputs come from what is measured at the end of a circuit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readout {
    /// Output j is scale_j ⟨O_j⟩ + offset_j: a prediction, or the score of a class.
    Expectations {
        /// The observables, one for each output.
        observables: Vec<PauliSum>,
        /// Whether scales and offsets are trained with the circuit; if not they are 1 and 0.
        affine: bool,
    },
    /// Output j is Σ_k a_jk ⟨O_k⟩ + b_j: a trained linear layer behind the circuit.
    Linear {
        /// The observables that all outputs share.
        observables: Vec<PauliSum>,
        /// Number of outputs.
        num_outputs: usize,
    },
    /// The probability of class c is that to measure a basis state of these qubits whose number, the
    /// first qubit least significant, is c modulo the number of classes. It is linear in the means
    /// of the Z strings on the qubits, which are what is evaluated and differentiated.
    Probabilities {
        /// The qubits that are read.
        qubits: Vec<usize>,
        /// The number of classes, at most 2^qubits.
        num_classes: usize,
    },
}

impl Readout {
    /// What people read for such targets unless they say it. Numbers: ⟨Z0⟩ with scale and offset. Two
    /// classes: ⟨Z0⟩, positive for class 0, with scale and offset. More classes: a string each, Z on
    /// one qubit while there are qubits, then on pairs.
    ///
    /// # Errors
    /// If there are more classes than such strings.
    pub fn for_targets(targets: &Targets, num_qubits: usize) -> Result<Self> {
        let count = match targets.num_classes() {
            0..=2 => 1,
            classes => classes,
        };
        let strings: Vec<PauliSum> = z_strings(num_qubits).take(count).collect();
        if strings.len() < count {
            return Err(Error::Invalid {
                what: "the number of classes".into(),
                value: count.to_string(),
                expected: format!(
                    "{num_qubits} qubits have {} strings of one and two Z; take more qubits, or \
                     probabilities of basis states",
                    strings.len()
                ),
            });
        }
        Ok(Readout::Expectations { observables: strings, affine: true })
    }

    /// Probabilities of classes from as few of the lowest qubits as have enough basis states.
    ///
    /// # Errors
    /// If the targets are numbers, or the qubits have too few basis states.
    pub fn probabilities(targets: &Targets, num_qubits: usize) -> Result<Self> {
        let num_classes = targets.num_classes();
        if num_classes < 2 {
            return Err(Error::Invalid {
                what: "the readout".into(),
                value: "probabilities".into(),
                expected: "probabilities are of classes; numbers are read as expectations".into(),
            });
        }
        let width = num_classes.next_power_of_two().trailing_zeros() as usize;
        if width > num_qubits {
            return Err(Error::Invalid {
                what: "the number of qubits of a model".into(),
                value: num_qubits.to_string(),
                expected: format!("{num_classes} classes are read from {width} at least"),
            });
        }
        let readout = Readout::Probabilities { qubits: (0..width).collect(), num_classes };
        readout.check(num_qubits)?;
        Ok(readout)
    }

    /// Refuses a readout that so many qubits do not have.
    pub(super) fn check(&self, num_qubits: usize) -> Result<()> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        match self {
            Readout::Linear { num_outputs: 0, .. } => {
                let expected = "a model predicts something".into();
                return invalid("the number of outputs", "0".into(), expected);
            }
            Readout::Expectations { observables, .. } | Readout::Linear { observables, .. } => {
                if observables.is_empty() {
                    let expected = "an output is the mean of one".into();
                    return invalid("the number of observables", "0".into(), expected);
                }
                let most = observables.iter().map(PauliSum::num_qubits).max().unwrap_or(0);
                if most > num_qubits {
                    return Err(Error::QubitOutOfRange { qubit: most - 1, num_qubits });
                }
            }
            Readout::Probabilities { qubits, num_classes } => {
                if let Some(&qubit) = qubits.iter().find(|q| **q >= num_qubits) {
                    return Err(Error::QubitOutOfRange { qubit, num_qubits });
                }
                if let Some(k) = (1..qubits.len()).find(|&k| qubits[..k].contains(&qubits[k])) {
                    let (qubit, operation) = (qubits[k], "readout".into());
                    return Err(Error::RepeatedQubit { qubit, operation });
                }
                if qubits.is_empty() || qubits.len() > MAX_READ_QUBITS {
                    let expected = format!("it must be from 1 to {MAX_READ_QUBITS}");
                    let value = qubits.len().to_string();
                    return invalid("the number of qubits that are read", value, expected);
                }
                if *num_classes < 2 || *num_classes > 1 << qubits.len() {
                    let states = 1 << qubits.len();
                    let expected = format!("{} qubits have {states} basis states", qubits.len());
                    return invalid("the number of classes", num_classes.to_string(), expected);
                }
            }
        }
        Ok(())
    }

    /// Refuses targets and a loss that these outputs are not for.
    pub(in crate::learning) fn check_targets(&self, targets: &Targets, loss: Loss) -> Result<()> {
        loss.check(targets, self.kind())?;
        let expected = match (targets.num_classes(), self) {
            (0, _) => 1,
            (2, Readout::Expectations { .. } | Readout::Linear { .. })
                if self.num_outputs() == 1 =>
            {
                1
            }
            (classes, _) => classes,
        };
        if self.num_outputs() == expected {
            return Ok(());
        }
        let expected = match targets.num_classes() {
            0 => "a number is one output".to_string(),
            2 => "2 classes are one score or two, or two probabilities".to_string(),
            classes => format!("{classes} classes are as many outputs"),
        };
        let what = "the number of a model's outputs".into();
        Err(Error::Invalid { what, value: self.num_outputs().to_string(), expected })
    }

    /// Whether outputs are scores or probabilities.
    pub fn kind(&self) -> Outputs {
        match self {
            Readout::Expectations { .. } | Readout::Linear { .. } => Outputs::Scores,
            Readout::Probabilities { .. } => Outputs::Probabilities,
        }
    }

    /// Number of outputs.
    pub fn num_outputs(&self) -> usize {
        match self {
            Readout::Expectations { observables, .. } => observables.len(),
            Readout::Linear { num_outputs, .. } => *num_outputs,
            Readout::Probabilities { num_classes, .. } => *num_classes,
        }
    }

    /// Number of parameters of its own: scales or coefficients, row by row, then offsets.
    pub fn num_parameters(&self) -> usize {
        self.num_scales() + self.num_offsets()
    }

    /// Those that multiply means.
    pub(in crate::learning) fn num_scales(&self) -> usize {
        match self {
            Readout::Expectations { observables, affine: true } => observables.len(),
            Readout::Linear { observables, num_outputs } => observables.len() * num_outputs,
            _ => 0,
        }
    }

    /// Those that are added, which no penalty holds down.
    pub(in crate::learning) fn num_offsets(&self) -> usize {
        match self {
            Readout::Expectations { affine: false, .. } | Readout::Probabilities { .. } => 0,
            _ => self.num_outputs(),
        }
    }

    /// Where its parameters begin: scales of 1 and offsets of 0. A linear layer begins with the mean
    /// of all means, or, for several outputs, with one of them each.
    pub(in crate::learning) fn start(&self) -> Vec<f64> {
        let scales = match self {
            Readout::Linear { observables, num_outputs: 1 } => {
                vec![1.0 / observables.len() as f64; observables.len()]
            }
            Readout::Linear { observables, num_outputs } => {
                let count = observables.len();
                let of = |j: usize, k: usize| f64::from(u8::from(k == j % count));
                (0..*num_outputs).flat_map(|j| (0..count).map(move |k| of(j, k))).collect()
            }
            _ => vec![1.0; self.num_scales()],
        };
        [scales, vec![0.0; self.num_offsets()]].concat()
    }

    /// Whose means are evaluated.
    pub(in crate::learning) fn observables(&self) -> Vec<PauliSum> {
        match self {
            Readout::Expectations { observables, .. } | Readout::Linear { observables, .. } => {
                observables.clone()
            }
            Readout::Probabilities { qubits, .. } => (1..1usize << qubits.len())
                .map(|subset| {
                    let on = (0..qubits.len()).filter(|k| subset >> k & 1 == 1);
                    z_on(on.map(|k| qubits[k]))
                })
                .collect(),
        }
    }

    /// The outputs where means and its own parameters have these values.
    pub(in crate::learning) fn outputs(&self, means: &[f64], own: &[f64], out: &mut [f64]) {
        match self {
            Readout::Expectations { affine: false, .. } => out.copy_from_slice(means),
            Readout::Expectations { affine: true, .. } => {
                let (scales, offsets) = own.split_at(means.len());
                for (k, out) in out.iter_mut().enumerate() {
                    *out = scales[k] * means[k] + offsets[k];
                }
            }
            Readout::Linear { .. } => {
                let (rows, offsets) = own.split_at(means.len() * out.len());
                let rows = rows.chunks_exact(means.len());
                for ((out, row), offset) in out.iter_mut().zip(rows).zip(offsets) {
                    *out = offset + row.iter().zip(means).map(|(a, mean)| a * mean).sum::<f64>();
                }
            }
            Readout::Probabilities { qubits, num_classes } => {
                out.fill(0.0);
                let states = 1usize << qubits.len();
                for state in 0..states {
                    let strings = (1..states).zip(means);
                    let sum: f64 = strings.map(|(s, mean)| sign(s & state) * mean).sum();
                    out[state % num_classes] += (1.0 + sum) / states as f64;
                }
            }
        }
    }

    /// From derivatives by the outputs to those by the means, which are written, and by its own
    /// parameters, which are added.
    pub(in crate::learning) fn pull_back(
        &self,
        (means, own): (&[f64], &[f64]),
        by_outputs: &[f64],
        by_means: &mut [f64],
        by_own: &mut [f64],
    ) {
        match self {
            Readout::Expectations { affine: false, .. } => by_means.copy_from_slice(by_outputs),
            Readout::Expectations { affine: true, .. } => {
                let count = means.len();
                for (k, by) in by_outputs.iter().enumerate() {
                    by_means[k] = by * own[k];
                    by_own[k] += by * means[k];
                    by_own[count + k] += by;
                }
            }
            Readout::Linear { .. } => {
                let (count, outputs) = (means.len(), by_outputs.len());
                by_means.fill(0.0);
                for (j, by) in by_outputs.iter().enumerate() {
                    for k in 0..count {
                        by_means[k] += by * own[j * count + k];
                        by_own[j * count + k] += by * means[k];
                    }
                    by_own[outputs * count + j] += by;
                }
            }
            Readout::Probabilities { qubits, num_classes } => {
                let states = 1usize << qubits.len();
                for (string, by) in (1..states).zip(by_means) {
                    let terms = (0..states).map(|s| sign(s & string) * by_outputs[s % num_classes]);
                    *by = terms.sum::<f64>() / states as f64;
                }
            }
        }
    }
}

/// -1 to the number of ones.
fn sign(bits: usize) -> f64 {
    if bits.count_ones() % 2 == 1 { -1.0 } else { 1.0 }
}

fn z_on(qubits: impl IntoIterator<Item = usize>) -> PauliSum {
    PauliString::new(qubits.into_iter().map(|q| (q, Pauli::Z))).into()
}

/// Z on each qubit, then on each pair.
fn z_strings(num_qubits: usize) -> impl Iterator<Item = PauliSum> {
    let pairs = (0..num_qubits).flat_map(move |a| (a + 1..num_qubits).map(move |b| vec![a, b]));
    (0..num_qubits).map(|q| vec![q]).chain(pairs).map(z_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(count: usize) -> Targets {
        Targets::Classes { labels: vec![0], names: (0..count).map(|k| k.to_string()).collect() }
    }

    #[test]
    fn probabilities_are_those_of_basis_states() {
        let readout = Readout::probabilities(&classes(3), 2).unwrap();
        let law: [f64; 4] = [0.1, 0.2, 0.3, 0.4];
        let mean = |string: usize| (0..4).map(|s| sign(s & string) * law[s]).sum::<f64>();
        let means: Vec<f64> = (1..4).map(mean).collect();
        let mut out = [0.0; 3];
        readout.outputs(&means, &[], &mut out);
        for (p, expected) in out.iter().zip([0.5, 0.2, 0.3]) {
            assert!((p - expected).abs() < 1e-15, "{out:?}");
        }
        let strings: Vec<String> = readout.observables().iter().map(|s| s.to_string()).collect();
        assert_eq!(strings, ["Z0", "Z1", "Z0 Z1"]);
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let z: Vec<PauliSum> = ["Z0", "Z1", "Z0 Z1"].map(|s| s.parse().unwrap()).to_vec();
        for readout in [
            Readout::Expectations { observables: z.clone(), affine: true },
            Readout::Expectations { observables: z.clone(), affine: false },
            Readout::Linear { observables: z, num_outputs: 3 },
            Readout::probabilities(&classes(3), 2).unwrap(),
        ] {
            let (means, by) = ([0.3, -0.2, 0.5], [0.7, -1.1, 0.4]);
            let own: Vec<f64> = (0..readout.num_parameters()).map(|k| 0.5 + k as f64).collect();
            let value = |means: &[f64], own: &[f64]| {
                let mut out = [0.0; 3];
                readout.outputs(means, own, &mut out);
                out.iter().zip(by).map(|(f, by)| f * by).sum::<f64>()
            };
            let (mut by_means, mut by_own) = ([f64::NAN; 3], vec![0.0; own.len()]);
            readout.pull_back((&means, &own), &by, &mut by_means, &mut by_own);
            for k in 0..3 {
                let mut moved = means;
                moved[k] += 1.0;
                assert!((value(&moved, &own) - value(&means, &own) - by_means[k]).abs() < 1e-12);
            }
            for k in 0..own.len() {
                let mut moved = own.clone();
                moved[k] += 1.0;
                assert!((value(&means, &moved) - value(&means, &own) - by_own[k]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn what_is_read_unless_said() {
        let strings = |targets: &Targets, n| match Readout::for_targets(targets, n).unwrap() {
            Readout::Expectations { observables, affine: true } => {
                observables.iter().map(|s| s.to_string()).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(strings(&Targets::Values(vec![0.0]), 3), ["Z0"]);
        assert_eq!(strings(&classes(2), 3), ["Z0"]);
        assert_eq!(strings(&classes(3), 2), ["Z0", "Z1", "Z0 Z1"]);
        let error = Readout::for_targets(&classes(4), 2).unwrap_err().to_string();
        assert!(error.contains("is 4") && error.contains("3 strings"), "{error}");
    }

    #[test]
    fn readouts_that_do_not_fit_are_refused() {
        let read = |qubits: &[usize], num_classes| {
            Readout::Probabilities { qubits: qubits.to_vec(), num_classes }.check(3)
        };
        assert!(read(&[0, 3], 2).unwrap_err().to_string().contains("qubit 3"));
        assert!(read(&[1, 1], 2).unwrap_err().to_string().contains("twice"));
        assert!(read(&[0], 3).unwrap_err().to_string().contains("2 basis states"));
        assert!(read(&[], 2).is_err() && read(&[2, 0], 4).is_ok());
        let far = Readout::Expectations { observables: vec![z_on([5])], affine: false };
        assert!(far.check(3).is_err());
        assert!(Readout::probabilities(&Targets::Values(vec![1.0]), 2).is_err());
        let scores = Readout::for_targets(&classes(2), 2).unwrap();
        assert!(scores.check_targets(&classes(2), Loss::Hinge).is_ok());
        assert!(scores.check_targets(&classes(3), Loss::Hinge).is_err());
    }
}
