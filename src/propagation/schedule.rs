//! The order in which steps are done: those that do not wait for each other together.

use super::Step;
use crate::clifford::CliffordStep;
use crate::pauli::PauliString;
use smallvec::SmallVec;
use std::collections::HashMap;

/// Steps that are done at once, by their places in the list of steps.
#[derive(Debug, PartialEq)]
pub(super) enum Stage {
    /// A stretch of Clifford operations, in the order in which strings meet them.
    Clifford(Vec<usize>),
    /// Rotations whose generators commute.
    Rotations(Vec<usize>),
    /// Operations that multiply strings by numbers.
    Scale(Vec<usize>),
    /// Another operation.
    Transfer(usize),
    /// The end of a layer.
    Cut,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Clifford,
    Rotation,
    Scale,
    Transfer,
}

/// So many steps on a qubit that commute are told apart; the next one waits for all of them.
const MOST_OPEN: usize = 256;

/// The stages of these steps, which strings meet in this order. Two steps are exchanged only if they
/// have no qubit in common, are rotations that commute, or both multiply by numbers; nothing crosses
/// the end of a layer.
pub(super) fn schedule(steps: &[Step], met: &[usize]) -> Vec<Stage> {
    let mut stages = Vec::new();
    for segment in met.split(|&k| steps[k] == Step::Layer) {
        stages_of_segment(steps, segment, &mut stages);
        stages.push(Stage::Cut);
    }
    stages
}

fn kind(step: &Step) -> Kind {
    match step {
        Step::Clifford(_) => Kind::Clifford,
        Step::Rotation { .. } => Kind::Rotation,
        Step::Transfer(map) if map.is_diagonal() => Kind::Scale,
        Step::Transfer(_) | Step::Layer => Kind::Transfer,
    }
}

fn qubits(step: &Step) -> SmallVec<[u32; 4]> {
    match step {
        Step::Clifford(step) => step.qubits(),
        Step::Rotation { string, .. } => string.support().map(|q| q as u32).collect(),
        Step::Transfer(map) => SmallVec::from_slice(map.qubits()),
        Step::Layer => SmallVec::new(),
    }
}

fn string(step: &Step) -> Option<&PauliString> {
    match step {
        Step::Rotation { string, .. } => Some(string),
        _ => None,
    }
}

fn stages_of_segment(steps: &[Step], segment: &[usize], stages: &mut Vec<Stage>) {
    let kinds: Vec<Kind> = segment.iter().map(|&k| kind(&steps[k])).collect();
    // How many each waits for, and who waits for it.
    let mut waits = vec![0usize; segment.len()];
    let mut waiting: Vec<Vec<u32>> = vec![Vec::new(); segment.len()];
    let mut open: HashMap<u32, Vec<u32>> = HashMap::new();
    let commute = |a: usize, b: usize| match (kinds[a], kinds[b]) {
        (Kind::Scale, Kind::Scale) => true,
        (Kind::Rotation, Kind::Rotation) => {
            let (a, b) = (string(&steps[segment[a]]), string(&steps[segment[b]]));
            a.zip(b).is_some_and(|(a, b)| a.commutes_with(b))
        }
        _ => false,
    };
    for (i, &k) in segment.iter().enumerate() {
        let mut before: SmallVec<[u32; 8]> = SmallVec::new();
        for q in qubits(&steps[k]) {
            let open = open.entry(q).or_default();
            let is_full = open.len() >= MOST_OPEN;
            before.extend(open.iter().copied().filter(|&j| is_full || !commute(j as usize, i)));
            if is_full || matches!(kinds[i], Kind::Clifford | Kind::Transfer) {
                open.clear();
            }
            open.push(i as u32);
        }
        before.sort_unstable();
        before.dedup();
        waits[i] = before.len();
        before.iter().for_each(|&j| waiting[j as usize].push(i as u32));
    }
    let mut ready: Vec<u32> =
        (0..segment.len() as u32).filter(|&i| waits[i as usize] == 0).collect();
    let mut clifford = Vec::new();
    while !ready.is_empty() {
        let next = [Kind::Clifford, Kind::Scale, Kind::Transfer, Kind::Rotation]
            .into_iter()
            .find(|&kind| ready.iter().any(|&i| kinds[i as usize] == kind));
        let Some(next) = next else { break };
        let mut taken = Vec::new();
        ready.retain(|&i| {
            let take = kinds[i as usize] == next && (next != Kind::Transfer || taken.is_empty());
            if take {
                taken.push(i);
            }
            !take
        });
        taken.sort_unstable();
        for &i in &taken {
            for &j in &waiting[i as usize] {
                waits[j as usize] -= 1;
                if waits[j as usize] == 0 {
                    ready.push(j);
                }
            }
        }
        let places = || taken.iter().map(|&i| segment[i as usize]);
        if next == Kind::Clifford {
            clifford.extend(places());
            continue;
        }
        if !clifford.is_empty() {
            stages.push(Stage::Clifford(std::mem::take(&mut clifford)));
        }
        stages.push(match next {
            Kind::Scale => Stage::Scale(places().collect()),
            Kind::Transfer => Stage::Transfer(segment[taken[0] as usize]),
            _ => Stage::Rotations(places().collect()),
        });
    }
    if !clifford.is_empty() {
        stages.push(Stage::Clifford(clifford));
    }
}

/// The Clifford operations at these places.
pub(super) fn clifford_steps(steps: &[Step], places: &[usize]) -> Vec<CliffordStep> {
    let step = |&k: &usize| match &steps[k] {
        Step::Clifford(step) => Some(step.clone()),
        _ => None,
    };
    places.iter().filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_form_across_what_commutes() {
        let rotation = |text: &str| Step::Rotation { string: text.parse().unwrap(), angle: 0.1 };
        let steps = vec![
            rotation("X0"),
            Step::Clifford(CliffordStep::CX(0, 1)),
            rotation("X2"),
            Step::Layer,
            rotation("Z0"),
            rotation("Z0 Z1"),
            rotation("X0"),
            rotation("Z1"),
            Step::Clifford(CliffordStep::H(3)),
        ];
        let met: Vec<usize> = (0..steps.len()).rev().collect();
        let stages = schedule(&steps, &met);
        assert_eq!(
            stages,
            [
                Stage::Clifford(vec![8]),
                Stage::Rotations(vec![7, 6]),
                Stage::Rotations(vec![5, 4]),
                Stage::Cut,
                Stage::Clifford(vec![1]),
                Stage::Rotations(vec![2, 0]),
                Stage::Cut,
            ]
        );
    }
}
