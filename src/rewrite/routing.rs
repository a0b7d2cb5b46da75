//! Circuits for machines on which only some pairs of qubits share gates.

use super::body::with_bodies;
use super::coupling::CouplingMap;
use super::layout::Layout;
use crate::circuit::{Circuit, Op};
use crate::error::{Error, Result};
use crate::gate::{GateOp, StdGate};
use crate::math::{Domain, Streams};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// Random layouts that are tried beside the one that moves no qubit.
const TRIALS: u64 = 4;
/// Times that a layout is improved by routing the circuit forth and back.
const IMPROVEMENTS: usize = 2;
/// Gates that come next and are looked at beside those in front.
const EXTENDED: usize = 20;
/// What they count.
const EXTENDED_WEIGHT: f64 = 0.5;
/// What a swap adds to the cost of the next ones of its qubits, and after how many swaps that is
/// forgotten.
const DECAY: f64 = 0.001;
const DECAY_RESET: usize = 5;

/// A circuit on the qubits of a machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Routed {
    /// On the physical qubits, in one register.
    pub circuit: Circuit,
    /// Which physical qubit each qubit of the circuit begins on; after the circuit's own, where the
    /// physical qubits that it does not use begin.
    pub initial_layout: Vec<usize>,
    /// Where each of them ends.
    pub final_layout: Vec<usize>,
}

impl Routed {
    /// Number of swaps that were put in, those inside of branches and loops not included.
    fn num_swaps(&self, original: &Circuit) -> usize {
        self.circuit.ops().len() - original.ops().len()
    }
}

/// The same circuit on the qubits of a coupling map: every gate on two qubits is on a pair of it,
/// and swaps that were put in bring qubits together. Measurements write the classical bits that
/// they wrote, final ones behind all else; where qubits begin and end is told. A branch or a loop ends with the qubits where
/// they were at its beginning. The same seed gives the same circuit.
///
/// Swaps are chosen as SABRE does: those that bring the gates in front, and less so the next 20,
/// nearest together; the layout that a pass forth and back through the circuit ends with is better
/// than the one that it began with (G. Li, Y. Ding, Y. Xie, "Tackling the qubit mapping problem for
/// NISQ-era quantum devices", ASPLOS 2019, arXiv:1809.02573). Of five first layouts the one with
/// the fewest swaps is taken. The time is linear in the number of gates and of swaps.
///
/// # Errors
/// If the circuit has more qubits than the map. [`Error::Unsupported`] for gates on three and more
/// qubits: [`to_basis`](super::to_basis) comes before; and for readout errors, which belong to the
/// qubits of a machine. Noise channels move with their qubits and need no pair; swaps that are put in
/// have no noise, so a noise model is applied to what comes out.
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::rewrite::{CouplingMap, route};
/// let mut c = Circuit::new(3);
/// c.h(0).cx(0, 1).cx(1, 2).cx(0, 2).measure_all();
/// let routed = route(&c, &CouplingMap::line(3)?, 7)?;
/// assert_eq!(routed.circuit.count_ops()["swap"], 1);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub fn route(circuit: &Circuit, coupling: &CouplingMap, seed: u64) -> Result<Routed> {
    let n = coupling.num_qubits();
    if circuit.num_qubits() > n {
        return Err(Error::Invalid {
            what: "the number of qubits of a circuit to route".into(),
            value: circuit.num_qubits().to_string(),
            expected: format!("the coupling map has {n}"),
        });
    }
    check(circuit.ops())?;
    if let Some((qubit, _)) = circuit.readout_errors().next() {
        return Err(Error::Unsupported {
            method: "routing",
            operation: format!("the readout error of qubit {qubit}"),
            hint: "which qubit of the machine is misread is said where the qubits are: route the \
                   circuit first, then `Circuit::set_readout_error` or a noise model"
                .into(),
        });
    }
    let streams = Streams::new(seed, Domain::Routing);
    // Final measurements come last: before, later swaps would move what is measured already.
    let is_final = circuit.final_measurements();
    let among = |wanted: bool| -> Vec<Op> {
        let ops = circuit.ops().iter().zip(&is_final).filter(|(_, last)| **last == wanted);
        ops.map(|(op, _)| op.clone()).collect()
    };
    let (before, measurements) = (among(false), among(true));
    let forth = Order::new(&before, circuit);
    let back = forth.reversed();
    let mut best: Option<Routed> = None;
    for trial in 0..=TRIALS {
        let mut rng = streams.stream(trial);
        let mut first: Vec<usize> = (0..n).collect();
        if trial > 0 {
            first.shuffle(&mut rng);
        }
        let mut layout = Layout::new(first);
        // The layout that moves no qubit is tried as it is.
        for _ in 0..if trial > 0 { IMPROVEMENTS } else { 0 } {
            for order in [&forth, &back] {
                Router { coupling, circuit, rng: &mut rng, layout: &mut layout, ops: vec![] }
                    .run(order)?;
            }
        }
        let initial_layout = layout.places().to_vec();
        let mut router =
            Router { coupling, circuit, rng: &mut rng, layout: &mut layout, ops: vec![] };
        router.run(&forth)?;
        let mut ops = router.ops;
        let final_layout = layout.places().to_vec();
        ops.extend(measurements.iter().map(|op| match *op {
            Op::Measure { qubit, clbit } => {
                Op::Measure { qubit: final_layout[qubit as usize] as u32, clbit }
            }
            _ => unreachable!("a final measurement is a measurement"),
        }));
        let mut on_machine = circuit.on_qubits(n)?;
        on_machine.extend_checked(ops);
        let routed = Routed { circuit: on_machine, initial_layout, final_layout };
        let fewer = |b: &Routed| routed.num_swaps(circuit) < b.num_swaps(circuit);
        if best.as_ref().is_none_or(fewer) {
            best = Some(routed);
        }
    }
    Ok(best.expect("the first layout was tried"))
}

/// Refuses gates on more than two qubits.
fn check(ops: &[Op]) -> Result<()> {
    for op in ops {
        if let Op::Gate(gate) = op
            && gate.qubits().nth(2).is_some()
        {
            return Err(Error::Unsupported {
                method: "routing",
                operation: format!("`{}` on {} qubits", gate.name(), gate.qubits().count()),
                hint: "write the circuit in a basis first (`rewrite::to_basis`)".into(),
            });
        }
        op.bodies().into_iter().try_for_each(check)?;
    }
    Ok(())
}

/// Operations with what must come before each.
struct Order<'c> {
    ops: &'c [Op],
    next: Vec<Vec<usize>>,
    /// How many must come before.
    waits_for: Vec<usize>,
}

impl<'c> Order<'c> {
    fn new(ops: &'c [Op], circuit: &Circuit) -> Self {
        let mut last: Vec<Option<usize>> = vec![None; circuit.num_qubits() + circuit.num_clbits()];
        let mut order = Order { ops, next: vec![vec![]; ops.len()], waits_for: vec![0; ops.len()] };
        for (k, op) in ops.iter().enumerate() {
            let mut before = vec![];
            op.for_each_wire(circuit.num_qubits(), &mut |wire| {
                before.extend(last[wire].filter(|&b| b != k));
                last[wire] = Some(k);
            });
            before.sort_unstable();
            before.dedup();
            order.waits_for[k] = before.len();
            before.into_iter().for_each(|b| order.next[b].push(k));
        }
        order
    }

    fn reversed(&self) -> Self {
        let mut next = vec![vec![]; self.ops.len()];
        for (k, after) in self.next.iter().enumerate() {
            after.iter().for_each(|&a| next[a].push(k));
        }
        Order { ops: self.ops, next, waits_for: self.next.iter().map(Vec::len).collect() }
    }

    /// The qubits of a gate on two.
    fn pair(&self, k: usize) -> Option<(usize, usize)> {
        let Op::Gate(gate) = &self.ops[k] else { return None };
        let mut qubits = gate.qubits().map(|q| q as usize);
        qubits.next().zip(qubits.next())
    }
}

struct Router<'a> {
    coupling: &'a CouplingMap,
    circuit: &'a Circuit,
    rng: &'a mut ChaCha8Rng,
    layout: &'a mut Layout,
    ops: Vec<Op>,
}

impl Router<'_> {
    /// Appends all operations and the swaps between.
    fn run(&mut self, order: &Order) -> Result<()> {
        let mut waits_for = order.waits_for.clone();
        let mut ready: Vec<usize> = (0..order.ops.len()).filter(|&k| waits_for[k] == 0).collect();
        // In front: gates on two qubits that are apart.
        let mut front: Vec<usize> = vec![];
        let mut decay = vec![1.0; self.coupling.num_qubits()];
        let mut swaps = 0;
        loop {
            // In the order of the circuit, so that outputs read like inputs.
            ready.append(&mut front);
            ready.sort_unstable_by(|a, b| b.cmp(a));
            let mut progress = false;
            while let Some(k) = ready.pop() {
                if order.pair(k).is_some_and(|pair| !self.are_together(pair)) {
                    front.push(k);
                    continue;
                }
                self.append(&order.ops[k])?;
                progress = true;
                for &next in &order.next[k] {
                    waits_for[next] -= 1;
                    if waits_for[next] == 0 {
                        let at = ready.partition_point(|&r| r > next);
                        ready.insert(at, next);
                    }
                }
            }
            if front.is_empty() {
                return Ok(());
            }
            if progress || swaps % DECAY_RESET == 0 {
                decay.fill(1.0);
            }
            swaps = if progress { 0 } else { swaps };
            // Where choosing goes round in circles, one gate is brought together straight.
            if swaps > 3 * self.coupling.num_qubits() {
                self.bring_together(order.pair(front[0]).expect("it is a gate on two"));
                continue;
            }
            let (a, b) = self.best_swap(order, &front, &waits_for, &decay);
            self.swap(a, b);
            decay[a] += DECAY;
            decay[b] += DECAY;
            swaps += 1;
        }
    }

    fn are_together(&self, (a, b): (usize, usize)) -> bool {
        self.coupling.contains(self.layout.place(a), self.layout.place(b))
    }

    fn append(&mut self, op: &Op) -> Result<()> {
        let placed = match op {
            Op::If(_) | Op::While(_) => with_bodies(op, &mut |body| self.routed_body(body))?,
            _ => self.layout.placed(op),
        };
        self.ops.push(placed);
        Ok(())
    }

    /// A body that ends with all qubits where they began.
    fn routed_body(&self, ops: &[Op]) -> Result<Vec<Op>> {
        let mut layout = Layout::new(self.layout.places().to_vec());
        let mut rng = self.rng.clone();
        let order = Order::new(ops, self.circuit);
        let mut router = Router {
            coupling: self.coupling,
            circuit: self.circuit,
            rng: &mut rng,
            layout: &mut layout,
            ops: vec![],
        };
        router.run(&order)?;
        for (a, b) in router.layout.swaps().to_vec().into_iter().rev() {
            router.swap(a, b);
        }
        Ok(router.ops)
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.layout.swap(a, b);
        self.ops.push(Op::Gate(GateOp::std(StdGate::Swap, [], [a, b])));
    }

    /// Moves one qubit along a shortest way to the other.
    fn bring_together(&mut self, (a, b): (usize, usize)) {
        while !self.are_together((a, b)) {
            let (from, to) = (self.layout.place(a), self.layout.place(b));
            let distance = |q: &usize| self.coupling.distance(*q, to);
            let nearer = self.coupling.neighbors(from).iter().copied().min_by_key(distance);
            self.swap(from, nearer.expect("the map is connected"));
        }
    }

    /// The swap of two neighbors, one of them in front, after which the gates in front and next are
    /// nearest together; among equal ones any.
    fn best_swap(
        &mut self,
        order: &Order,
        front: &[usize],
        waits_for: &[usize],
        decay: &[f64],
    ) -> (usize, usize) {
        let pairs_in_front: Vec<_> = front.iter().filter_map(|&k| order.pair(k)).collect();
        let pairs_next = extended(order, front, waits_for);
        let mut candidates = vec![];
        for q in pairs_in_front.iter().flat_map(|&(a, b)| [a, b]) {
            let from = self.layout.place(q);
            let pairs =
                self.coupling.neighbors(from).iter().map(|&to| (from.min(to), from.max(to)));
            candidates.extend(pairs);
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Vec<(usize, usize)> = vec![];
        let mut least = f64::INFINITY;
        for (a, b) in candidates {
            let after = |q: usize| match self.layout.place(q) {
                place if place == a => b,
                place if place == b => a,
                place => place,
            };
            let mean = |pairs: &[(usize, usize)]| {
                let apart = |&(p, q): &(usize, usize)| self.coupling.distance(after(p), after(q));
                pairs.iter().map(apart).sum::<usize>() as f64 / pairs.len().max(1) as f64
            };
            let cost = decay[a].max(decay[b])
                * (mean(&pairs_in_front) + EXTENDED_WEIGHT * mean(&pairs_next));
            if cost < least - 1e-9 {
                least = cost;
                best.clear();
            }
            if cost < least + 1e-9 {
                best.push((a, b));
            }
        }
        best[self.rng.random_range(0..best.len())]
    }
}

/// The pairs of gates that come soon after those in front.
fn extended(order: &Order, front: &[usize], waits_for: &[usize]) -> Vec<(usize, usize)> {
    let mut left: Vec<(usize, usize)> = vec![];
    let mut pairs = vec![];
    let mut open: VecDeque<usize> = front.iter().copied().collect();
    // Of a long row of other operations only its beginning is looked at.
    for _ in 0..4 * EXTENDED {
        let Some(k) = open.pop_front() else { break };
        for &next in &order.next[k] {
            let at = left.iter().position(|l| l.0 == next).unwrap_or_else(|| {
                left.push((next, waits_for[next]));
                left.len() - 1
            });
            left[at].1 -= 1;
            if left[at].1 == 0 {
                pairs.extend(order.pair(next));
                open.push_back(next);
            }
        }
        if pairs.len() >= EXTENDED {
            break;
        }
    }
    pairs.truncate(EXTENDED);
    pairs
}
