//! What an anneal by Schrödinger's equation gives.

use super::splitting::Splitting;
use super::units::Units;
use crate::engine::StateVector;
use crate::error::Result;
use crate::ising::{Ising, Sample, SampleInfo, SampleSet};
use crate::math::{Bits, Domain, Streams, list_of};
use serde_json::{Map, json};

/// Where an anneal begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Initial {
    /// |+…+⟩, the ground state of the transverse field.
    #[default]
    Plus,
    /// A configuration, bit i for spin i, 0 for +1: where reverse annealing begins.
    Classical(Bits),
}

/// What was recorded at one moment of an anneal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// In the schedule's unit.
    pub time: f64,
    /// Where the path is.
    pub s: f64,
    /// ⟨H⟩ without the model's offset, in the schedule's unit of energy.
    pub energy: f64,
    /// The mean energy of the model (fields, couplings, offset), in its own unit.
    pub model_energy: f64,
    /// ⟨ΣX⟩ / n.
    pub transverse: f64,
    /// The weight on the ground space of the model.
    pub success_probability: f64,
}

/// The state at the end of an anneal, with what it cost and how far to trust it.
#[derive(Debug)]
pub struct Evolution {
    /// The state. Spin i is qubit i, bit 0 for +1.
    pub state: StateVector,
    /// The weight on the whole ground space of the model, however many configurations that has.
    pub success_probability: f64,
    /// The mean energy of the model, offset included.
    pub mean_energy: f64,
    /// The lowest energy of the model, offset included.
    pub ground_energy: f64,
    /// How many configurations have the lowest energy.
    pub degeneracy: usize,
    /// How far the state is from that of smaller and smaller steps, ‖Δψ‖₂ up to a global phase, as
    /// runs with larger steps tell. No probability is off by more than this, to first order.
    pub error_estimate: f64,
    /// |Σ|a|² - 1| at the end, by rounding, before the state was normalized.
    pub norm_drift: f64,
    /// Steps of the run that made the state.
    pub steps: usize,
    /// Steps of all runs, those for the error estimate included.
    pub total_steps: usize,
    /// How a step was made.
    pub splitting: Splitting,
    /// How long the anneal took, in the schedule's unit: physical time, not that of the computer.
    pub time: f64,
    /// The schedule's units.
    pub units: Units,
    /// The moments asked for, the first at time 0 and the last at the end.
    pub moments: Vec<Moment>,
}

impl Evolution {
    /// Measures the spins of the final state so many times, as the state of as many anneals: one row
    /// for each configuration that was read, in the order of their bits as numbers.
    ///
    /// ```
    /// use ketlab::annealing::{Path, Schedule, SchroedingerAnnealing};
    /// use ketlab::ising::Ising;
    /// let pair = Ising::new(vec![-0.5, 0.0], [(0, 1, -1.0)], 0.0);
    /// let path = Path::forward(20.0)?;
    /// let end = SchroedingerAnnealing::new().run(&pair, &Schedule::linear(), &path)?;
    /// let samples = end.samples(&pair, 100, 7)?;
    /// assert_eq!((samples.reads(), samples.lowest().unwrap().energy), (100, -1.5));
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is of another number of spins; [`TooLarge`](crate::Error::TooLarge) if what was read
    /// does not fit.
    pub fn samples(&self, model: &Ising, reads: u64, seed: u64) -> Result<SampleSet> {
        let n = model.num_spins();
        let mut rng = Streams::new(seed, Domain::Sampling).stream(0);
        let outcomes = self.state.try_sample(reads, &mut rng)?;
        let mut rows = list_of("the samples", outcomes.len(), "read fewer")?;
        for (index, occurrences) in outcomes {
            let bits = Bits::from_u64(index, self.state.num_qubits());
            model.check_bits(&bits)?;
            rows.push(Sample { energy: model.energy(&bits), bits, occurrences });
        }
        let mut parameters = Map::new();
        parameters.insert("time".into(), json!(self.time));
        parameters.insert("splitting".into(), json!(self.splitting));
        let info = SampleInfo {
            solver: "annealing by Schrödinger's equation".into(),
            parameters,
            seed: Some(seed),
            ..SampleInfo::default()
        };
        SampleSet::from_samples(n, rows, info)
    }
}
