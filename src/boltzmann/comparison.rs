//! A quantum machine beside classical ones of equal effort, and an honest verdict.

use super::classical::{FittedMixture, MixtureFit};
use super::machine::BoltzmannMachine;
use super::target::Target;
use super::trained::Trained;
use super::training::Training;
use super::{Architecture, Loss, TransverseField};
use crate::error::{Error, Result};
use crate::optimize::Progress;
use serde::Serialize;
use std::fmt;

/// A lower KL divergence counts if it is lower by this part, and by this many nats.
const LEAST_PART: f64 = 0.01;
const LEAST: f64 = 1e-6;
/// Differences below this are rounding.
const SAME: f64 = 1e-9;

/// Which machine is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contestant {
    /// The quantum one.
    Quantum,
    /// The classical one of the same pattern: fewer parameters by the transverse fields.
    SamePattern,
    /// A classical one with more hidden units, uncoupled among themselves: the fewest with which it has
    /// at least as many parameters.
    MoreHidden,
}

impl Contestant {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Contestant::Quantum => "quantum",
            Contestant::SamePattern => "classical",
            Contestant::MoreHidden => "classical with more hidden units",
        }
    }
}

/// Machines trained alike: the same optimizer, limits and number of starts.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The quantum machine.
    pub quantum: Trained,
    /// The classical one of the same pattern.
    pub classical: Trained,
    /// The classical one with at least as many parameters.
    pub more_hidden: Trained,
    /// A mixture of independent bits with at least as many parameters, fitted by expectation
    /// maximization.
    pub mixture: FittedMixture,
    /// Its KL divergence, in nats.
    pub mixture_kl: f64,
    /// What came of it.
    pub verdict: Verdict,
}

/// How much lower the quantum machine's KL divergence is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Verdict {
    /// KL of the classical machine of the same pattern minus that of the quantum one, in nats.
    pub gain_over_same_pattern: f64,
    /// The lowest classical KL with at least as many parameters minus that of the quantum machine.
    pub gain_over_best_classical: f64,
    /// Whether the quantum machine is lower than all of them by 1 % and 1e-6 nats: on these data, at
    /// this size and effort.
    pub advantage: bool,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let against = |gain: f64| match gain {
            _ if gain.abs() < SAME => "equal to".to_string(),
            _ if gain > 0.0 => format!("{gain:.3e} nats below"),
            _ => format!("{:.3e} nats above", -gain),
        };
        write!(
            f,
            "KL divergence {} that of the classical machine of the same pattern and {} the lowest of \
             classical ones with at least as many parameters: ",
            against(self.gain_over_same_pattern),
            against(self.gain_over_best_classical),
        )?;
        f.write_str(if self.advantage {
            "lower than all of them, on these data and with this effort; no more is claimed"
        } else {
            "no advantage"
        })
    }
}

/// The classical pattern with more hidden units and at least so many parameters.
fn more_hidden(architecture: Architecture, parameters: usize) -> Result<BoltzmannMachine> {
    let mut classical = Architecture { hidden_couplings: false, ..architecture.classical() };
    loop {
        classical.num_hidden += 1;
        let machine = classical.machine()?;
        if machine.parameters().len() >= parameters {
            return Ok(machine);
        }
    }
}

/// Trains a quantum machine and its classical rivals on the same data with the same training; tells
/// which one is trained, the start and where its optimizer is.
///
/// # Errors
/// As [`Training::run`]; if the architecture has no transverse field; if the data's measured law does
/// not fit in memory.
pub fn compare(
    training: &Training,
    architecture: Architecture,
    target: &Target,
    mut tell: impl FnMut(Contestant, u64, &Progress<'_>),
) -> Result<Compared> {
    let fields = [architecture.visible_field, architecture.hidden_field];
    if fields.iter().all(|field| *field == TransverseField::None) {
        return Err(Error::Invalid {
            what: "the machine to compare with classical ones".into(),
            value: "a classical one".into(),
            expected: "an architecture with a transverse field".into(),
        });
    }
    let machine = architecture.machine()?;
    let mut train = |contestant: Contestant, machine: &BoltzmannMachine| {
        let training = training.for_contestant(contestant, machine);
        training.run_telling(machine, target, |start, progress| tell(contestant, start, progress))
    };
    let quantum = train(Contestant::Quantum, &machine)?;
    let parameters = machine.parameters().len();
    let classical = train(Contestant::SamePattern, &architecture.classical().machine()?)?;
    let more = train(Contestant::MoreHidden, &more_hidden(architecture, parameters)?)?;
    let measured = target.measured()?;
    let components = (parameters + 1).div_ceil(measured.num_bits() + 1);
    let mixture = MixtureFit::new(components).seed(training.seed_value()).run(&measured)?;
    let mixture_kl = mixture.mixture.kullback_leibler(&measured)?;
    let best = more.kl.min(mixture_kl);
    let gain_over_best_classical = best - quantum.kl;
    let lowest = best.min(classical.kl);
    let verdict = Verdict {
        gain_over_same_pattern: classical.kl - quantum.kl,
        gain_over_best_classical,
        advantage: lowest - quantum.kl > LEAST.max(LEAST_PART * lowest),
    };
    Ok(Compared { quantum, classical, more_hidden: more, mixture, mixture_kl, verdict })
}

impl Training {
    /// For a rival: without what names parameters that it lacks, its checkpoints beside.
    fn for_contestant(&self, contestant: Contestant, machine: &BoltzmannMachine) -> Training {
        let loss = match (contestant, self.loss()) {
            (Contestant::Quantum, loss) => loss,
            // The relative entropy of a machine with hidden units needs its whole exponential; that
            // of a classical one to what is measured is the likelihood but for a constant.
            (_, Loss::RelativeEntropy) if machine.num_hidden() > 0 => Loss::Likelihood,
            (_, loss) => loss,
        };
        match contestant {
            Contestant::Quantum => self.clone(),
            Contestant::SamePattern => self.for_machine(machine, loss, "classical"),
            Contestant::MoreHidden => self.for_machine(machine, loss, "hidden"),
        }
    }
}
