//! A quantum machine beside classical ones of equal effort, and an honest verdict.

use super::classical::{FittedMixture, MixtureFit};
use super::loss::MAX_WHOLE_UNITS;
use super::machine::BoltzmannMachine;
use super::target::Target;
use super::trained::Trained;
use super::training::Training;
use super::{Architecture, Loss, TransverseField};
use crate::error::{Error, Result};
use crate::optimize::Iterate;
use serde::Serialize;
use std::fmt;

/// A lower KL divergence counts if it is lower by this part, and by this many nats.
const LEAST_PART: f64 = 0.01;
const LEAST: f64 = 1e-6;
/// The mixture is judged on what it is fitted to: its probabilities may be as small as they like.
const MIXTURE_FLOOR: f64 = 1e-12;
/// Differences below this are what tolerances leave.
const SAME: f64 = 1e-6;

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
    /// The classical one of the same pattern; `None` where the run was cancelled before.
    pub classical: Option<Trained>,
    /// The classical one with at least as many parameters.
    pub more_hidden: Option<Trained>,
    /// A mixture of independent bits with at least as many parameters, fitted by expectation
    /// maximization.
    pub mixture: FittedMixture,
    /// Its KL divergence, in nats.
    pub mixture_kl: f64,
    /// What came of it, if all were trained to the end.
    pub verdict: Option<Verdict>,
}

/// How much lower the quantum machine's KL divergence is; of a target that is a quantum state, its
/// relative entropy S(η‖ρ).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Verdict {
    /// Whether relative entropies to a state are compared, and not KL divergences of what is measured.
    pub of_state: bool,
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
            "{} {} that of the classical machine of the same pattern and {} the lowest of \
             classical ones with at least as many parameters: ",
            if self.of_state { "relative entropy" } else { "KL divergence" },
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
    mut tell: impl FnMut(Contestant, u64, &Iterate<'_>),
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
        let tell = |start, progress: &Iterate<'_>| tell(contestant, start, progress);
        training.run_telling(machine, target, tell)
    };
    let quantum = train(Contestant::Quantum, &machine)?;
    let parameters = machine.parameters().len();
    // Once it is cancelled, what is finished counts.
    let mut rival = |contestant: Contestant, machine: BoltzmannMachine| match quantum.interrupted {
        true => Ok(None),
        false => match train(contestant, &machine) {
            Err(Error::Interrupted) => Ok(None),
            trained => trained.map(Some),
        },
    };
    let classical = rival(Contestant::SamePattern, architecture.classical().machine()?)?;
    let more_hidden = rival(Contestant::MoreHidden, more_hidden(architecture, parameters)?)?;
    let measured = target.measured()?;
    let components = (parameters + 1).div_ceil(measured.num_bits() + 1);
    let fit = MixtureFit::new(components).floor(MIXTURE_FLOOR).seed(training.seed_value());
    let mixture = fit.run(&measured)?;
    let mixture_kl = mixture.mixture.kullback_leibler(&measured)?;
    let verdict = match (&classical, &more_hidden) {
        (Some(classical), Some(more)) if !classical.interrupted && !more.interrupted => {
            Some(Verdict::new(&quantum, classical, more, mixture_kl))
        }
        _ => None,
    };
    Ok(Compared { quantum, classical, more_hidden, mixture, mixture_kl, verdict })
}

impl Verdict {
    fn new(quantum: &Trained, classical: &Trained, more: &Trained, mixture_kl: f64) -> Self {
        let all = [quantum, classical, more].map(|trained| trained.relative_entropy);
        // A mixture of bits is no state: it counts for laws alone.
        let (of_state, [quantum, classical, more], mixture) = match all {
            [Some(q), Some(c), Some(m)] => (true, [q, c, m], f64::INFINITY),
            _ => (false, [quantum.kl, classical.kl, more.kl], mixture_kl),
        };
        let best = more.min(mixture);
        let lowest = best.min(classical);
        Verdict {
            of_state,
            gain_over_same_pattern: classical - quantum,
            gain_over_best_classical: best - quantum,
            advantage: lowest - quantum > LEAST.max(LEAST_PART * lowest),
        }
    }
}

impl Training {
    /// For a rival: without what names parameters that it lacks, its checkpoints beside.
    fn for_contestant(&self, contestant: Contestant, machine: &BoltzmannMachine) -> Training {
        let loss = match self.loss() {
            // With hidden units it needs the whole exponential; the likelihood of what is measured is
            // the same for classical machines but for a constant.
            Loss::RelativeEntropy if machine.num_units() > MAX_WHOLE_UNITS => Loss::Likelihood,
            loss => loss,
        };
        match contestant {
            Contestant::Quantum => self.clone(),
            Contestant::SamePattern => self.for_machine(machine, loss, "classical"),
            Contestant::MoreHidden => self.for_machine(machine, loss, "hidden"),
        }
    }
}
