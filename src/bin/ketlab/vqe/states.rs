//! The ground state from one or several starts, and the states above it.

use super::Args;
use super::ansatz::{Chosen, first_start, perturbed};
use super::problem::Problem;
use crate::start::{self, Tried};
use crate::train::was_interrupted;
use anyhow::{Result, bail};
use clap::ValueEnum;
use ketlab::chemistry::{Molecule, generalized_excitations};
use ketlab::gradient::SimulatedGradient;
use ketlab::optimize::Optimizer;
use ketlab::pauli::PauliSum;
use ketlab::simulate::{Eigensolver, Sector, Watch};
use ketlab::variational::{Level, Subspace, Vqe, VqeResult};
use num_complex::Complex64;
use std::f64::consts::PI;

/// Up to this many qubits the exact levels stand beside those found.
const EXACT_QUBITS: usize = 14;
/// What a state may have outside of the sector that it is in.
const OUTSIDE: f64 = 1e-12;

/// How the states above the ground state are found.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Excited {
    /// Levels in the span of the ground state and its generalized single and double excitations
    Expansion,
    /// Minimizations away from the states found before, then levels in the span of all of them
    Deflation,
}

/// What was found.
#[derive(Default)]
pub struct Found {
    /// The kept minimization of the ground state first, then those of deflation.
    pub minimizations: Vec<VqeResult>,
    /// All starts of the ground state, if there were several.
    pub tried: Vec<Tried>,
    /// The levels, where more than the ground state was asked for.
    pub levels: Vec<Level>,
    /// Why there are fewer than asked for.
    pub fewer: Option<String>,
    pub method: Option<Excited>,
}

/// The basis states that an ansatz stays among, and the Hamiltonian's levels there.
pub struct Reached {
    pub sector: Sector,
    pub name: String,
    /// The levels there, with a penalty those with the right number of electrons; `None` where that
    /// takes too long, or the Hamiltonian leaves the sector.
    pub exact: Option<Vec<f64>>,
}

/// What every minimization of a run needs.
pub struct Run<'a> {
    pub args: &'a Args,
    pub ansatz: &'a Chosen,
    pub problem: &'a Problem,
    pub optimizer: &'a dyn Optimizer,
    pub watch: &'a Watch,
}

impl Run<'_> {
    /// The minimizations of the ground state.
    pub fn ground<G: SimulatedGradient>(&self, vqe: &mut Vqe<G>) -> Result<Found> {
        let Run { args, ansatz, optimizer, watch, .. } = *self;
        let len = ansatz.circuit.inputs().count();
        let first = args.seed.value();
        let (mut results, mut tried): (Vec<VqeResult>, Vec<Tried>) = (Vec::new(), Vec::new());
        for number in 0..=args.restarts.number() {
            let (name, seed, from) = match number {
                0 => first_start(args, ansatz)?,
                _ => {
                    let seed = first.wrapping_add(number);
                    ("random".into(), Some(seed), start::random(seed, vec![PI; len]))
                }
            };
            let mut stopping = args.train.stopping(watch)?;
            let result = vqe.minimize(optimizer, &from, &mut stopping)?;
            let measured = result.estimate.as_ref().map(|estimate| estimate.value);
            let value = measured.unwrap_or(result.outcome.best_value);
            tried.push(Tried::new(name, seed, value, &result.outcome));
            results.push(result);
            let stop = results.last().is_some_and(|last| was_interrupted(&last.outcome));
            // Without parameters every start is the same one.
            if stop || len == 0 {
                break;
            }
        }
        let best = start::keep_lowest(&mut tried);
        let minimizations = vec![results.swap_remove(best)];
        if tried.len() < 2 {
            tried.clear();
        }
        Ok(Found { minimizations, tried, ..Found::default() })
    }

    /// The states above the ground state.
    pub fn above<G: SimulatedGradient>(
        &self,
        vqe: &mut Vqe<G>,
        found: &mut Found,
        reached: &Reached,
    ) -> Result<()> {
        let Run { args, ansatz, problem, optimizer, watch } = *self;
        let hamiltonian = problem.molecule.hamiltonian();
        let count = usize::from(args.states);
        let default = match keeps_particles(reached, &problem.molecule) {
            true => Excited::Expansion,
            false => Excited::Deflation,
        };
        let method = args.excited.unwrap_or(default);
        found.method = Some(method);
        let mut span = Subspace::new(reached.sector.clone())?;
        let mut ground = vqe.state(&found.minimizations[0].params)?;
        let n = problem.molecule.num_qubits();
        match method {
            Excited::Expansion if default == Excited::Deflation => bail!(
                "--excited expansion moves electrons, and this ansatz does not keep their number: use \
             `--excited deflation`, or an ansatz of electrons (uccsd, k-upccgsd, \
             particle-conserving)"
            ),
            Excited::Expansion => {
                let keep_spin = reached.sector == spin_sector(&problem.molecule)?;
                span.expand(&ground, &generalized_excitations(n, keep_spin)?)?;
            }
            Excited::Deflation => {
                span.push(&ground)?;
                let weight = 2.0 * hamiltonian.one_norm() + args.penalty.abs();
                // Any will do where all levels are one.
                let weight = if weight > 0.0 { weight } else { 1.0 };
                for number in 1..args.states {
                    if span.is_complete() {
                        break;
                    }
                    let last = found.minimizations.last().expect("there is the ground state");
                    if was_interrupted(&last.outcome) {
                        break;
                    }
                    // More than any gap of the Hamiltonian.
                    vqe.deflate(&last.params.clone(), weight)?;
                    let from = perturbed(args, ansatz, number);
                    let mut stopping = args.train.stopping(watch)?;
                    let result = vqe.minimize(optimizer, &from, &mut stopping)?;
                    ground = vqe.state(&result.params)?;
                    let new = span.push(&ground)?;
                    found.minimizations.push(result);
                    if new < 1e-3 {
                        break;
                    }
                }
            }
        }
        found.levels = span.levels(hamiltonian, count)?;
        if found.levels.len() < count {
            let (all, name) = (reached.sector.dimension(), &reached.name);
            let have = found.levels.len();
            found.fewer = Some(if span.is_complete() {
                format!("{count} states were asked for; nothing is left: {name} has {all}")
            } else if method == Excited::Expansion {
                format!(
                    "{count} states were asked for; the expansion of the ground state reaches {have} of \
                 the {all} states of {name}"
                )
            } else {
                format!(
                    "{count} states were asked for; the last minimization found nothing that is not in \
                 the span of the {have} before it ({name} has {all} states): another --ansatz, \
                 --seed or more --layers may reach further"
                )
            });
        }
        Ok(())
    }

    /// The smallest of the sectors of a molecule that an ansatz does not leave, told by its state at
    /// random parameters.
    pub fn reached<G: SimulatedGradient>(&self, vqe: &mut Vqe<G>) -> Result<Reached> {
        let Run { args, problem, watch, .. } = *self;
        let molecule = &problem.molecule;
        let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
        let probe = vqe.state(&start::random(args.seed.value(), vec![PI; vqe.num_params()]))?;
        let stays = |sector: &Sector| {
            let states = (0u64..).zip(&probe).filter(|(index, _)| !sector.contains(*index));
            states.map(|(_, a): (u64, &Complex64)| a.norm_sqr()).sum::<f64>() < OUTSIDE
        };
        let spin = spin_sector(molecule)?;
        let (sector, name) = if problem.read_as.is_none() && stays(&spin) {
            let spin = if electrons.is_multiple_of(2) { "0" } else { "1/2" };
            (
                spin_sector(molecule)?,
                format!("the sector with {} and S_z = {spin}", electrons_of(electrons)),
            )
        } else if problem.read_as.is_none() && stays(&Sector::particles(n, electrons)?) {
            (
                Sector::particles(n, electrons)?,
                format!("the sector with {}", electrons_of(electrons)),
            )
        } else {
            (Sector::all(n)?, format!("the space of {}", crate::text::plural(n, "qubit")))
        };
        let h = molecule.hamiltonian();
        let compared = match args.penalty != 0.0 && sector == Sector::all(n)? {
            true => Sector::particles(n, electrons)?,
            false => sector.clone(),
        };
        let exact = match n <= EXACT_QUBITS && compared.is_kept_by(h) {
            true => Some(exact(h, &compared, usize::from(args.states), watch)?),
            false => None,
        };
        Ok(Reached { sector, name, exact })
    }
}

fn exact(h: &PauliSum, sector: &Sector, count: usize, watch: &Watch) -> Result<Vec<f64>> {
    let solver = Eigensolver::new(count).sector(sector.clone()).watch(watch);
    match solver.run(h, sector.num_qubits()) {
        Ok(found) => Ok(found.values),
        // What was found before is told all the same.
        Err(ketlab::Error::Interrupted) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn electrons_of(number: usize) -> String {
    crate::text::plural(number, "electron")
}

/// That of the Hartree-Fock state.
fn spin_sector(molecule: &Molecule) -> Result<Sector> {
    let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
    // Alternating spins, up first.
    Ok(Sector::particles_and_spin(n, electrons, (electrons % 2) as i64)?)
}

fn keeps_particles(reached: &Reached, molecule: &Molecule) -> bool {
    let n = molecule.num_qubits();
    molecule.num_electrons() > 0 && reached.sector.dimension() < 1 << n
}
