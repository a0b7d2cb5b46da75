//! What a plan does and costs, for people.

use super::Plan;
use super::butterflies::Butterfly;
use super::cost::Costs;
use super::layers::Item;
use super::pass::Pass;
use super::programs::Programs;
use super::schedule::Step;
use crate::engine::action::Kind;
use crate::engine::kernel::RegisterProgram;

/// What a plan does on states of its target, and what it should cost on a number of threads.
/// Made by [`Plan::report`].
#[derive(Debug, Clone, PartialEq)]
pub struct PlanReport {
    /// The sweeps over the state, in order.
    pub sweeps: Vec<SweepReport>,
    /// Floating-point operations, a fused multiplication and addition counting two.
    pub flops: f64,
    /// Bytes read from and written to the state's memory.
    pub bytes: f64,
    /// Predicted time in seconds, by numbers that are fixed for each instruction set.
    pub predicted_seconds: f64,
}

/// One sweep over the state.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepReport {
    /// For a sweep tile by tile, the bits of a tile: bit k of an index of the state is in the tile
    /// where bit k of this is set. Where all are, the state is one tile and stays where it is. `None`
    /// for one operation on the whole state.
    pub tile: Option<u64>,
    /// What is done, in order.
    pub passes: Vec<PassReport>,
    /// Floating-point operations.
    pub flops: f64,
    /// Bytes read from and written to the state's memory.
    pub bytes: f64,
    /// Predicted time in seconds.
    pub predicted_seconds: f64,
}

/// One pass over a tile, or over the state.
#[derive(Debug, Clone, PartialEq)]
pub struct PassReport {
    /// What it is: `registers`, `diagonal`, `butterflies`, or the name of an operation.
    pub name: &'static str,
    /// Operations in it: rotations, phases, factors.
    pub operations: usize,
    /// Floating-point operations for each amplitude, on average.
    pub flops_per_amplitude: f64,
    /// Predicted cycles of one core on 64 amplitudes.
    pub cycles: f64,
}

impl Plan {
    /// What the plan does and should cost on a number of threads.
    pub fn report(&self, threads: usize) -> PlanReport {
        let costs = Costs::of(self.target);
        let amplitudes = (self.num_qubits as f64).exp2();
        let bytes_per_amplitude = f64::from(self.target.precision.bytes_per_amplitude());
        let sweep = |step: &Step| {
            let (tile, passes, fraction) = match step {
                Step::Whole(pass) => (None, vec![pass_report(pass, &costs)], touched(pass)),
                Step::Tiles(group) => {
                    let passes = group
                        .items
                        .iter()
                        .map(|item| item_report(item, &costs, self.num_qubits))
                        .collect();
                    (Some(group.bits), passes, 1.0)
                }
            };
            let flops = amplitudes * passes.iter().map(|p| p.flops_per_amplitude).sum::<f64>();
            let bytes = 2.0 * bytes_per_amplitude * fraction * amplitudes;
            let cycles: f64 = passes.iter().map(|p| p.cycles).sum();
            let predicted_seconds =
                costs.seconds(bytes, cycles, self.num_qubits, bytes_per_amplitude, threads);
            SweepReport { tile, passes, flops, bytes, predicted_seconds }
        };
        let sweeps: Vec<SweepReport> = self.steps.iter().map(sweep).collect();
        let sum = |of: fn(&SweepReport) -> f64| sweeps.iter().map(of).sum();
        PlanReport {
            flops: sum(|s| s.flops),
            bytes: sum(|s| s.bytes),
            predicted_seconds: sum(|s| s.predicted_seconds),
            sweeps,
        }
    }
}

fn item_report(item: &Item, costs: &Costs, all: usize) -> PassReport {
    match item {
        Item::Programs(Programs { list, .. }) => PassReport {
            name: "registers",
            operations: list.iter().map(RegisterProgram::len).sum(),
            flops_per_amplitude: list.iter().map(RegisterProgram::flops).sum(),
            cycles: list.iter().map(|program| costs.of_program(program)).sum(),
        },
        Item::Diagonal(diagonal) => PassReport {
            name: "diagonal",
            operations: diagonal.len(),
            flops_per_amplitude: 12.0,
            cycles: costs.diagonal,
        },
        Item::Butterflies(butterflies) => PassReport {
            name: "butterflies",
            operations: butterflies.iter().map(Butterfly::operations).sum(),
            flops_per_amplitude: 7.0 * butterflies.iter().count() as f64,
            cycles: butterflies.iter().map(|b| costs.of_butterfly(b.bit, all)).sum(),
        },
        Item::Pass(pass) => pass_report(pass, costs),
    }
}

fn pass_report(pass: &Pass, costs: &Costs) -> PassReport {
    let (name, flops) = match pass {
        Pass::Turn { .. } => ("rotation", 14.0),
        Pass::Phase { .. } => ("phase", 6.0),
        Pass::Scale { .. } => ("scale", 6.0),
        Pass::Parity { .. } => ("phase", 6.0),
        Pass::Flip { .. } => ("controlled x", 0.0),
        Pass::Mix { .. } => ("pauli rotation", 14.0),
        Pass::Dense1 { .. } => ("matrix on 1 qubit", 14.0),
        Pass::Block { .. } => ("matrix on 2 qubits", 30.0),
        Pass::Fixed(located) => match &located.action.kind {
            Kind::Dense { targets, .. } => {
                let side = (targets.len() as f64).exp2();
                ("matrix", 8.0 * side - 2.0)
            }
            Kind::Diagonal { .. } => ("diagonal table", 6.0),
            kind => (kind.name(), 0.0),
        },
    };
    PassReport {
        name,
        operations: 1,
        flops_per_amplitude: flops * touched(pass),
        cycles: costs.load_store + costs.in_registers(pass),
    }
}

/// The part of the amplitudes that a pass touches.
fn touched(pass: &Pass) -> f64 {
    0.5f64.powi(pass.controls().mask.count_ones() as i32)
}
