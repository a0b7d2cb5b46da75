//! The parameter-shift rule: exact derivatives from the same circuit at shifted angles, as hardware
//! can run it.
//!
//! The derivative by one angle is a sum of values at shifted angles. Pauli rotations and phases,
//! under any controls the latter, have one frequency and take two terms (Mitarai et al. 2018,
//! arXiv:1803.00745; Schuld et al. 2019, arXiv:1811.11184); controlled rotations have the frequencies
//! ½ and 1 and take four (Anselmetti et al. 2021, arXiv:2104.05695, eq. 8). Composite gates are
//! factored into these, and each occurrence of a shared parameter is shifted alone.

mod pieces;
mod reading;
mod rule;
mod rules;
mod source_shift;

pub use rule::ShiftRule;
pub use rules::ShiftRules;
pub(super) use rules::rules;
pub use source_shift::SourceShift;

use super::source::Source;
use super::{Cost, Gradient, Objective, check_len, part};
use crate::circuit::Circuit;
use crate::engine::bytes_needed;
use crate::error::{Error, Result};
use crate::math::{Fingerprint, Watch};
use crate::pauli::PauliSum;
use crate::simulate::{Estimate, MeasuredSum, Simulator, StateView, Unitary};
use pieces::Pieces;
use reading::{Reading, Sampling};
use serde_json::{Value, json};
use std::time::Instant;

/// The gradient of one observable by shifted circuits: exact, or from shots, the value too.
///
/// ```
/// use ketlab::{Circuit, Simulator, gradient::Objective};
/// let mut circuit = Circuit::new(1);
/// let theta = circuit.param("theta");
/// circuit.ry(theta, 0);
/// let simulator = Simulator::new().seed(1);
/// let mut exact = simulator.parameter_shift(&circuit, &"Z0".parse()?)?;
/// let mut gradient = [0.0];
/// exact.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((gradient[0] + 0.4f64.sin()).abs() < 1e-12);
///
/// let mut sampled = simulator.parameter_shift(&circuit, &"Z0".parse()?)?.with_shots(3000)?;
/// let value = sampled.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((value - 0.4f64.cos()).abs() < 5.0 * sampled.last_value().standard_error());
/// assert!((gradient[0] + 0.4f64.sin()).abs() < 5.0 * sampled.standard_errors()[0]);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct ParameterShift {
    simulator: Simulator,
    source: Source,
    rules: ShiftRules,
    pieces: Pieces,
    observable: MeasuredSum,
    sampling: Option<Sampling>,
    slots: Vec<f64>,
    /// The values of all parameters, where some have formulas.
    row: Vec<f64>,
    /// Squared standard errors of the last gradient.
    variances: Vec<f64>,
    last_value: Estimate,
    cost: Cost,
}

impl Simulator {
    /// A [`ParameterShift`] of a unitary circuit and an observable, with exact expectations, and with
    /// this simulator's precision, instruction set, initial state, threads, seed and
    /// [`watch`](Self::watch). Final measurements are set aside.
    ///
    /// # Errors
    /// If the circuit is not unitary, the observable is on a qubit that does not exist, the initial
    /// state has another size, or there is no memory for two states.
    pub fn parameter_shift(
        &self,
        circuit: &Circuit,
        observable: &PauliSum,
    ) -> Result<ParameterShift> {
        Unitary::check_reading(circuit, "the parameter-shift rule")?;
        let rules = ShiftRules::without_noise(circuit)?;
        let n = rules.unitary.num_qubits;
        let amplitude = self.run_precision().bytes_per_amplitude() as usize;
        Ok(ParameterShift {
            simulator: self.clone(),
            source: Source::new(self, circuit, std::slice::from_ref(observable)),
            pieces: Pieces::new(self, &rules.unitary)?,
            observable: MeasuredSum::new(observable, n)?,
            sampling: None,
            slots: vec![0.0; rules.num_angles()],
            row: vec![],
            variances: vec![0.0; rules.unitary.params.len()],
            last_value: Estimate::default(),
            cost: Cost {
                memory: self.kept_states(2) * bytes_needed(n, amplitude),
                ..Cost::default()
            },
            rules,
        })
    }
}

impl ParameterShift {
    /// Estimates from shots: a gradient with its value from at most `shots` of them, divided among
    /// the circuit and the shifted ones, these by the coefficients with which they enter the
    /// derivatives; a [`value`](Objective::value) alone from one circuit's share. No outcome decides
    /// how many shots are taken, so that means and variances are unbiased at any number of shots. The
    /// same seed of the simulator gives the same numbers; each call draws others.
    ///
    /// # Errors
    /// If there are fewer than four shots for each measured group of each shifted circuit.
    pub fn with_shots(mut self, shots: u64) -> Result<Self> {
        let needed =
            4 * self.rules.num_circuits().max(1) * self.observable.num_groups().max(1) as u64;
        if shots < needed {
            return Err(Error::Invalid {
                what: "the number of shots for a gradient".into(),
                value: shots.to_string(),
                expected: format!(
                    "{} shifted circuits with {} measured groups each need {needed} shots at least",
                    self.rules.num_circuits(),
                    self.observable.num_groups()
                ),
            });
        }
        self.sampling = Some(Sampling { shots, seed: self.simulator.run_seed(), calls: 0 });
        Ok(self)
    }

    /// The shifted circuits: what a gradient would cost on hardware.
    pub fn rules(&self) -> &ShiftRules {
        &self.rules
    }

    /// The variance of each component of the last gradient, estimated from its shots; zeros where
    /// expectations are exact.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The standard error of each component of the last gradient: the roots of the
    /// [`variances`](Self::variances).
    pub fn standard_errors(&self) -> Vec<f64> {
        self.variances.iter().map(|variance| variance.sqrt()).collect()
    }

    /// The last value with its variance, estimated from its shots: 0 where it is exact.
    pub fn last_value(&self) -> Estimate {
        self.last_value
    }

    /// The exact ⟨H⟩, also where values are from shots: what no hardware knows.
    ///
    /// # Errors
    /// As [`Objective::value`].
    pub fn exact_value(&mut self, params: &[f64]) -> Result<f64> {
        self.run(params, &Watch::default())?;
        self.pieces.state().mean(&self.observable)
    }

    /// Binds all pieces and puts the initial state before the first.
    fn start(&mut self, params: &[f64]) -> Result<()> {
        self.rules.unitary.slots(params, &mut self.slots, &mut self.row)?;
        self.pieces.start(&self.slots)
    }

    /// The state at these parameters, also after a cancellation.
    pub(super) fn state(&mut self, params: &[f64]) -> Result<StateView<'_>> {
        self.run(params, &Watch::default())?;
        Ok(self.pieces.state())
    }

    /// To the end of the circuit.
    fn run(&mut self, params: &[f64], watch: &Watch) -> Result<()> {
        let start = Instant::now();
        self.start(params)?;
        let ParameterShift { simulator, pieces, rules, .. } = self;
        simulator.install_for(rules.unitary.num_qubits, || pieces.run(watch))?;
        self.cost.add(1, start);
        Ok(())
    }

    /// The observable, as it is measured.
    pub(super) fn observable(&self) -> &MeasuredSum {
        &self.observable
    }

    /// The value in the state at the end of the last run: exact, or from shots.
    fn read_value(&mut self, sampling: Option<Sampling>) -> Result<f64> {
        let ParameterShift { pieces, observable, .. } = self;
        let estimate = match sampling {
            None => Estimate::exact(pieces.state().mean(observable)?),
            Some(sampling) => {
                let shots = sampling.share(self.rules.num_circuits(), observable);
                pieces.state().estimate(observable, shots, &mut sampling.stream(0))?
            }
        };
        self.cost.shots += estimate.shots;
        self.last_value = estimate;
        Ok(estimate.value)
    }

    /// The mean of another observable from shots that nothing else has used, one circuit's share.
    /// Exact where values are.
    pub(super) fn fresh_estimate(
        &mut self,
        params: &[f64],
        observable: &MeasuredSum,
    ) -> Result<Estimate> {
        self.state(params)?;
        let Some(sampling) = self.next_sampling() else {
            return Ok(Estimate::exact(self.pieces.state().mean(observable)?));
        };
        let shots = sampling.share(self.rules.num_circuits(), observable);
        let estimate = self.pieces.state().estimate(observable, shots, &mut sampling.stream(0))?;
        self.cost.shots += estimate.shots;
        Ok(estimate)
    }

    /// The random numbers of this call; the next has others.
    fn next_sampling(&mut self) -> Option<Sampling> {
        let sampling = self.sampling.as_mut()?;
        let now = *sampling;
        sampling.calls += 1;
        Some(now)
    }
}

impl Objective for ParameterShift {
    fn num_params(&self) -> usize {
        self.rules.unitary.params.len()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        let sampling = self.next_sampling();
        self.run(params, &self.simulator.watch().clone())?;
        self.read_value(sampling)
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        let start = Instant::now();
        self.start(params)?;
        let sampling = self.next_sampling();
        let ParameterShift { simulator, pieces, slots, rules, observable, .. } = self;
        let shots = sampling.map(|s| (s, s.division(rules, observable)));
        let reading = Reading { observable, shots };
        let shifted =
            simulator.install(|| pieces.run_shifted(simulator, slots, rules.rules(), &reading))?;
        self.cost.shots += shifted.iter().flatten().map(|e| e.shots).sum::<u64>();
        self.rules.combine(&self.row, &shifted, gradient, &mut self.variances);
        let value = self.read_value(sampling)?;
        self.cost.add(1 + self.rules.num_circuits(), start);
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        let print = self.source.fingerprint();
        match self.sampling {
            None => print,
            Some(Sampling { shots, seed, .. }) => {
                print.with("shots", &shots).with("seed of the shots", &seed)
            }
        }
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost, "calls": self.sampling.map_or(0, |s| s.calls) })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        if let Some(sampling) = &mut self.sampling {
            sampling.calls = part(state, "calls")?;
        }
        self.cost.restore(state)
    }
}

impl Gradient for ParameterShift {
    fn method(&self) -> &'static str {
        "parameter-shift"
    }

    fn cost(&self) -> Cost {
        self.cost
    }
}
