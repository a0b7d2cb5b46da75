//! The Gibbs state e^{-βH}/Z of a machine, and how its populations change with the parameters.
//!
//! Populations are squared norms of columns of e^{-βH/2}, each a sum of Chebyshev polynomials of H
//! (Tal-Ezer and Kosloff, J. Chem. Phys. 81, 3967 (1984), in imaginary time); derivatives are those of
//! the recurrence, backwards. An evaluation takes O(4^n·n·√(β‖H‖)) operations for any number of
//! parameters, needs no levels apart, and memory for a few columns a thread. No eigensolver is in the
//! way: one of 2^n × 2^n takes O(8^n).

mod block;
mod columns;
mod structure;

use crate::engine::walsh_hadamard;
use crate::error::{Error, Result};
use crate::math::{Isa, Watch, check_memory, for_each_in_order, threads, vectorized};
use crate::pauli::PauliSum;
use block::{Block, LANES, Lowest, parity};
use columns::{Derivatives, Norms, Start, Sums, Workspace};
use structure::{Flips, RealString, Structure};

/// The most units of a machine with terms that do not commute.
pub const MAX_MIXED_UNITS: usize = 14;
/// The most units of a machine that is diagonal.
pub const MAX_DIAGONAL_UNITS: usize = 26;
/// Pieces of work that columns are shared out in. It decides the order of sums, so it is no number of
/// threads.
const PIECES: usize = 32;
/// States of so many bits are worked on by the thread that asks.
const ALONE: usize = 6;
/// A largest population below this is computed again in better units: columns are off by some 1e-16, so
/// that populations of this size are good to 1e-12.
const FAINT: f64 = 1e-8;

/// Operators O_a of H = -Σ θ_a O_a on so many qubits, made ready for many θ.
#[derive(Debug, Clone)]
pub(crate) struct Exponential {
    structure: Structure,
    flips: Vec<Flips>,
    isa: Isa,
    watch: Watch,
}

/// e^{-βH} for some θ, as far as it was computed.
#[derive(Debug)]
pub(crate) struct Evaluated {
    blocks: Vec<Block>,
    beta: f64,
    /// Populations are in units of e^{-β·lowest}.
    lowest: f64,
    /// ⟨x|e^{-βH}|x⟩ of each basis state x, in those units.
    populations: Vec<f64>,
    /// Tr O_a e^{-βH} of each operator.
    traces: Vec<f64>,
    /// Traces that are twice those of the complex matrices.
    doubled: bool,
}

impl Evaluated {
    /// ln Tr e^{-βH}.
    pub fn log_partition_function(&self) -> f64 {
        let twice = if self.doubled { std::f64::consts::LN_2 } else { 0.0 };
        self.populations.iter().sum::<f64>().ln() - self.beta * self.lowest - twice
    }

    /// Sums of the populations of equal low bits, over their sum: probabilities of these bits.
    pub fn probabilities(&self, low_bits: usize) -> Vec<f64> {
        let mut sums = self.marginal(low_bits);
        let total: f64 = self.populations.iter().sum();
        sums.iter_mut().for_each(|p| *p /= total);
        sums
    }

    /// Sums of the populations of equal low bits.
    pub fn marginal(&self, low_bits: usize) -> Vec<f64> {
        let mut sums = vec![0.0; 1 << low_bits];
        for part in self.populations.chunks_exact(1 << low_bits) {
            sums.iter_mut().zip(part).for_each(|(sum, p)| *sum += p);
        }
        sums
    }

    /// ⟨O_a⟩ of each operator.
    pub fn expectations(&self) -> Vec<f64> {
        let total: f64 = self.populations.iter().sum();
        self.traces.iter().map(|t| t / total).collect()
    }
}

impl Exponential {
    /// # Errors
    /// [`Error::Unsupported`] where there are more qubits than the limits, [`Error::TooLarge`] where more
    /// bytes than there are;
    /// [`Error::QubitOutOfRange`].
    pub fn new(num_qubits: usize, operators: &[&PauliSum]) -> Result<Self> {
        Self::with_blocks(num_qubits, operators, false)
    }

    /// One block, whatever the operators leave apart: for columns that begin as any vectors.
    pub fn whole(num_qubits: usize, operators: &[&PauliSum]) -> Result<Self> {
        Self::with_blocks(num_qubits, operators, true)
    }

    fn with_blocks(num_qubits: usize, operators: &[&PauliSum], whole: bool) -> Result<Self> {
        let diagonal = !whole && operators.iter().all(|o| o.is_diagonal());
        check_units(num_qubits, diagonal)?;
        let structure = Structure::new(num_qubits, operators, whole)?;
        let flips = structure.flips();
        let (isa, watch) = (Isa::best(), Watch::default());
        Ok(Exponential { structure, flips, isa, watch })
    }

    /// Ends with [`Error::Interrupted`] once this is cancelled.
    pub fn watch(self, watch: &Watch) -> Self {
        Exponential { watch: watch.clone(), ..self }
    }

    /// Uses this instruction set. Answers do not depend on it.
    #[cfg(test)]
    pub fn isa(self, isa: Isa) -> Self {
        Exponential { isa, ..self }
    }

    /// Number of bits of a basis state: the qubits, and one more where H is complex.
    pub fn num_bits(&self) -> usize {
        self.structure.num_bits
    }

    /// Populations, traces and the partition function.
    pub fn evaluate(&self, parameters: &[f64], beta: f64) -> Result<Evaluated> {
        Ok(self.evaluate_keeping(parameters, beta, false)?.0)
    }

    /// The same where no derivatives follow. Without fields populations of any size are exact, which
    /// columns give to 1e-16 of the largest column: populations below 1e-24 of the largest are rounding.
    pub fn state(&self, parameters: &[f64], beta: f64) -> Result<Evaluated> {
        let mut terms = self.structure.terms.iter().zip(parameters);
        let flips = |strings: &[RealString]| strings.iter().any(|string| string.x != 0);
        if terms.any(|(strings, theta)| *theta != 0.0 && flips(strings)) {
            return self.evaluate(parameters, beta);
        }
        check_parameters(parameters)?;
        Ok(self.diagonal_state(&self.structure.diagonal(self.isa, parameters), beta))
    }

    /// The same, and the columns of e^{β·lowest/2} e^{-βH/2}, one after the other.
    pub fn columns(&self, parameters: &[f64], beta: f64) -> Result<(Evaluated, Vec<f64>)> {
        self.evaluate_keeping(parameters, beta, true)
    }

    fn evaluate_keeping(
        &self,
        parameters: &[f64],
        beta: f64,
        keep: bool,
    ) -> Result<(Evaluated, Vec<f64>)> {
        check_parameters(parameters)?;
        let structure = &self.structure;
        let diagonal = structure.diagonal(self.isa, parameters);
        if structure.mixed == 0 {
            return Ok((self.diagonal_state(&diagonal, beta), Vec::new()));
        }
        let all: Vec<_> = (0..structure.blocks()).collect();
        let at = (parameters, beta);
        let mut blocks = self.blocks(&all, &diagonal, at, Lowest::Bounded)?;
        let mut done = self.norms(&blocks, keep)?;
        let faint = faint(&blocks, &done);
        if !faint.is_empty() {
            for block in self.blocks(&faint, &diagonal, at, Lowest::Searched)? {
                let number = block.number;
                blocks[number] = block;
            }
            done = self.norms(&blocks, keep)?;
        }
        let lowest = blocks.iter().map(|b| b.lowest).fold(f64::INFINITY, f64::min);
        let rows = structure.rows();
        let mut by_index = vec![0.0; diagonal.len()];
        let mut traces = vec![0.0; structure.terms.len()];
        let mut columns = Vec::new();
        let mut next = (usize::MAX, 0);
        for Columns { block: number, norms, sums, kept } in done {
            let block = &blocks[number];
            let weight = (-beta * (block.lowest - lowest)).exp();
            next = if next.0 == block.number { next } else { (block.number, 0) };
            let first = block.number * rows + next.1;
            by_index[first..].iter_mut().zip(&norms).for_each(|(p, norm)| *p = weight * norm);
            next.1 += norms.len();
            self.add_flips(&sums, block.number, weight, &mut traces);
            columns.extend(kept);
        }
        self.add_diagonal(by_index.clone(), &mut traces);
        let evaluated = self.finish(blocks, beta, lowest, &by_index, traces);
        Ok((evaluated, columns))
    }

    /// Σ w_x ∂⟨x|e^{-βH}|x⟩/∂θ_a over basis states x, for each a, in the units of the evaluation.
    pub fn derivatives(&self, at: &Evaluated, weights: impl Fn(usize) -> f64) -> Result<Vec<f64>> {
        let structure = &self.structure;
        let mut gradient = vec![0.0; structure.terms.len()];
        if structure.mixed == 0 {
            let weighted = (0..at.populations.len()).map(|index| {
                let state = structure.state(index);
                at.beta * weights(state) * at.populations[state]
            });
            self.add_diagonal(weighted.collect(), &mut gradient);
            return Ok(gradient);
        }
        let rows = structure.rows();
        let starts: Vec<Vec<(Start<'_>, f64)>> = at
            .blocks
            .iter()
            .map(|block| {
                let scale = (-at.beta * (block.lowest - at.lowest)).exp();
                let weight = |y: usize| scale * weights(structure.state(block.number * rows + y));
                (0..rows).map(|y| (Start::Basis(y), weight(y))).filter(|s| s.1 != 0.0).collect()
            })
            .collect();
        self.add_derivatives(pieces(&at.blocks, |k| starts[k].as_slice()), &mut gradient)?;
        Ok(gradient)
    }

    /// Σ w ∂⟨φ|e^{-βH}|φ⟩/∂θ_a over vectors φ of a [`whole`](Self::whole) block.
    pub fn derivatives_of(&self, at: &Evaluated, vectors: &[(Vec<f64>, f64)]) -> Result<Vec<f64>> {
        let mut gradient = vec![0.0; self.structure.terms.len()];
        let starts: Vec<_> = vectors.iter().map(|(v, w)| (Start::Vector(v), *w)).collect();
        self.add_derivatives(pieces(&at.blocks, |_| starts.as_slice()), &mut gradient)?;
        Ok(gradient)
    }

    fn add_derivatives<'a>(
        &self,
        pieces: Vec<(&'a Block, &'a [(Start<'a>, f64)])>,
        gradient: &mut [f64],
    ) -> Result<()> {
        let rows = self.structure.rows();
        let terms = pieces.iter().map(|p| p.0.coefficients.len()).max().unwrap_or(0);
        let bytes = Workspace::bytes(rows, terms) * threads() as u128;
        check_memory("the gradient of a Gibbs state", bytes, |_| {
            (None, "use fewer units or threads".into())
        })?;
        let done = self.share_out(pieces, |workspace, (block, starts)| {
            let work = Derivatives { block, flips: &self.flips, starts, workspace };
            Ok((block.number, vectorized(self.isa, work)))
        })?;
        let mut diagonal = vec![0.0; 1 << self.structure.num_bits];
        for (number, sums) in done {
            let place = &mut diagonal[number * rows..(number + 1) * rows];
            place.iter_mut().zip(&sums.diagonal).for_each(|(d, sum)| *d += sum);
            self.add_flips(&sums, number, 1.0, gradient);
        }
        self.add_diagonal(diagonal, gradient);
        Ok(())
    }

    /// Blocks, each with its own interval of levels.
    fn blocks(
        &self,
        numbers: &[usize],
        diagonal: &[f64],
        at: (&[f64], f64),
        lowest: Lowest,
    ) -> Result<Vec<Block>> {
        let rows = self.structure.rows();
        self.share_out(numbers.to_vec(), |_, number| {
            let part = &diagonal[number * rows..(number + 1) * rows];
            Block::new((&self.structure, &self.flips), number, part, at, lowest)
        })
    }

    /// All columns of blocks.
    fn norms(&self, blocks: &[Block], keep: bool) -> Result<Vec<Columns>> {
        let starts: Vec<_> = (0..self.structure.rows()).map(Start::Basis).collect();
        let pieces = pieces(blocks, |_| starts.as_slice());
        self.share_out(pieces, |workspace, (block, starts)| {
            let mut kept = Vec::new();
            let norms = Norms {
                block,
                flips: &self.flips,
                starts,
                workspace,
                keep: keep.then_some(&mut kept),
            };
            let (norms, sums) = vectorized(self.isa, norms);
            Ok(Columns { block: block.number, norms, sums, kept })
        })
    }

    /// The state of a diagonal H.
    fn diagonal_state(&self, energies: &[f64], beta: f64) -> Evaluated {
        let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
        let by_index: Vec<_> = energies.iter().map(|e| (-beta * (e - lowest)).exp()).collect();
        let mut traces = vec![0.0; self.structure.terms.len()];
        self.add_diagonal(by_index.clone(), &mut traces);
        self.finish(Vec::new(), beta, lowest, &by_index, traces)
    }

    fn finish(
        &self,
        blocks: Vec<Block>,
        beta: f64,
        lowest: f64,
        by_index: &[f64],
        traces: Vec<f64>,
    ) -> Evaluated {
        let mut populations = vec![0.0; by_index.len()];
        for (index, p) in by_index.iter().enumerate() {
            populations[self.structure.state(index)] = *p;
        }
        let doubled = self.structure.doubled;
        Evaluated { blocks, beta, lowest, populations, traces, doubled }
    }

    /// Adds Σ_x d[x] ⟨x|O_a|x⟩.
    fn add_diagonal(&self, mut diagonal: Vec<f64>, traces: &mut [f64]) {
        walsh_hadamard(self.isa, &mut diagonal);
        for (strings, trace) in self.structure.terms.iter().zip(traces) {
            for string in strings.iter().filter(|s| s.x == 0) {
                *trace += string.factor * diagonal[string.z as usize];
            }
        }
    }

    /// Adds what the sums of a block come to for the strings that flip bits.
    fn add_flips(&self, sums: &Sums, number: usize, weight: f64, traces: &mut [f64]) {
        let mixed = self.structure.rows() as u64 - 1;
        let others = (number as u64) << self.structure.mixed;
        for (Flips { masks, .. }, sum) in self.flips.iter().zip(&sums.flips) {
            for (strings, trace) in self.structure.terms.iter().zip(&mut *traces) {
                // The strings of the other masks of a class are those of the first.
                for string in strings.iter().filter(|s| s.x as usize == masks[0]) {
                    let sign = |y: usize| parity(string.z & mixed & y as u64);
                    let signed: f64 = match sum[..] {
                        [all] => all,
                        _ => sum.iter().enumerate().map(|(y, s)| s * sign(y)).sum(),
                    };
                    *trace += weight * string.factor * parity(string.z & others) * signed;
                }
            }
        }
    }

    /// Does the pieces on threads, and returns what they come to in order.
    fn share_out<P: Send, R: Send>(
        &self,
        pieces: Vec<P>,
        work: impl Fn(&mut Workspace, P) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        let mut slots: Vec<Option<R>> = pieces.iter().map(|_| None).collect();
        // Waking threads takes longer than small states do.
        let most = if self.structure.num_bits <= ALONE { 1 } else { threads() };
        let number = most.min(pieces.len()).max(1);
        let mut workers: Vec<_> = (0..number).map(|_| Workspace::default()).collect();
        let items = pieces.into_iter().zip(slots.iter_mut());
        let count = (items.len(), items);
        let finished =
            for_each_in_order(&mut workers, count, 1, &self.watch, |workspace, _, item| {
                let (piece, slot) = item;
                *slot = Some(work(workspace, piece)?);
                Ok(())
            })?;
        if finished.contains(&false) {
            return Err(Error::Interrupted);
        }
        Ok(slots.into_iter().flatten().collect())
    }
}

/// What came of a piece of a block's columns.
struct Columns {
    block: usize,
    norms: Vec<f64>,
    sums: Sums,
    kept: Vec<f64>,
}

/// The blocks whose populations are so small, in the units of their lowest level, that rounding is
/// near: that level is far above its bound.
fn faint(blocks: &[Block], done: &[Columns]) -> Vec<usize> {
    let mut largest = vec![0.0f64; blocks.len()];
    for piece in done {
        let most = &mut largest[piece.block];
        *most = piece.norms.iter().fold(*most, |m, norm| m.max(*norm));
    }
    (0..blocks.len()).filter(|&k| largest[k] < FAINT).collect()
}

/// The columns of blocks in pieces of whole groups, some [`PIECES`] in all.
fn pieces<'a, S>(
    blocks: &'a [Block],
    starts: impl Fn(usize) -> &'a [S],
) -> Vec<(&'a Block, &'a [S])> {
    let all: usize = (0..blocks.len()).map(|k| starts(k).len()).sum();
    let size = all.div_ceil(PIECES).next_multiple_of(LANES).max(LANES);
    let of_block = |(k, block)| starts(k).chunks(size).map(move |part| (block, part));
    blocks.iter().enumerate().flat_map(of_block).collect()
}

fn check_parameters(parameters: &[f64]) -> Result<()> {
    match parameters.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((a, &value)) => Err(Error::NotFinite { what: format!("parameter {a}"), value }),
        None => Ok(()),
    }
}

fn check_units(units: usize, diagonal: bool) -> Result<()> {
    let (limit, what, instead) = if diagonal {
        let instead = "use fewer units, or a restricted machine trained by chains (`--model rbm \
                       --method persistent`)";
        (MAX_DIAGONAL_UNITS, "the exact state of a diagonal Boltzmann machine", instead)
    } else {
        let instead = "use fewer units, a classical machine (`--model bm`), or sampled moments \
                       (`--objective bound --fix gamma=2 --moments path-integral`)";
        (MAX_MIXED_UNITS, "the exact Gibbs state of a quantum Boltzmann machine", instead)
    };
    // Of all states: populations, energies, their transforms; of a machine with fields the columns of a
    // thread besides, some 100 terms of eight.
    let each: u128 = if diagonal { 40 } else { 40 + 100 * size_of::<[f64; LANES]>() as u128 };
    let bytes = each << units.min(100);
    if units > limit {
        let time = if diagonal { "" } else { ", and each unit more four times the time" };
        return Err(Error::Unsupported {
            method: what,
            operation: format!("{units} units"),
            hint: format!(
                "the limit is {limit}; so many take {} MiB a thread{time}; {instead}",
                bytes >> 20
            ),
        });
    }
    check_memory(what, bytes, |_| (None, "use fewer units".into()))
}
