//! What is done to the terms of a sum, pass by pass.

use super::cone::cone;
use super::fold::{FoldedMap, Reduction, conjugate};
use super::packed::{Protected, pack};
use super::rotation::RotationLayer;
use super::scale::ScaleLayer;
use super::schedule::{Stage, clifford_steps, schedule};
use super::transfer::LocalTransfer;
use super::{Step, Truncation};
use crate::clifford::CliffordStep;
use crate::error::Result;
use crate::pauli::{PauliString, PauliSum};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A pass over the terms. Masks are of the qubits that the observable can reach.
pub(super) enum Pass<const W: usize> {
    /// Strings become others.
    Map(Arc<FoldedMap<W>>),
    /// A layer of rotations.
    Rotate(Box<RotationLayer<W>>),
    /// Coefficients are multiplied.
    Scale(ScaleLayer<W>),
    /// Strings become several.
    Transfer(Box<LocalTransfer<W>>),
    /// The end of a layer: weight, if that was not looked at before, and number of terms.
    Cut { is_weight_done: bool },
}

/// Passes, in the order in which strings meet them.
pub(super) struct Plan<const W: usize> {
    pub passes: Vec<Pass<W>>,
    /// Protected strings where the circuit's own frame is.
    pub protected: Protected<W>,
}

/// What an observable meets: places of steps and the qubits of its light cone.
pub(super) struct Reach {
    met: Vec<usize>,
    /// Ascending; qubit k of the masks is `qubits[k]`.
    pub qubits: Vec<u32>,
}

impl Reach {
    pub fn new(steps: &[Step], num_qubits: usize, observable: &PauliSum) -> Self {
        let (met, qubits) = cone(steps, num_qubits, observable);
        Reach { met, qubits }
    }

    /// The number of a qubit among those reached.
    pub fn place(&self, qubit: usize) -> Option<usize> {
        self.qubits.binary_search(&(qubit as u32)).ok()
    }

    /// The string on the qubits reached; `None` if it has others.
    pub fn compact(&self, string: &PauliString) -> Option<PauliString> {
        let factors: Option<Vec<_>> =
            string.iter().map(|(q, letter)| Some((self.place(q)?, letter))).collect();
        PauliString::try_new(factors?).ok()
    }
}

/// Makes the passes one after the other.
struct Compiler<'a, const W: usize> {
    reach: &'a Reach,
    protected: Vec<PauliString>,
    passes: Vec<Pass<W>>,
    /// Clifford operations that are not folded yet.
    stretch: Vec<CliffordStep>,
    folded: HashMap<u64, Vec<FoldedStretch<W>>>,
}

type FoldedStretch<const W: usize> = (Vec<CliffordStep>, Option<Arc<FoldedMap<W>>>);

impl<const W: usize> Plan<W> {
    /// The passes of these steps for what the observable meets.
    pub fn new(steps: &[Step], reach: &Reach, truncation: &Truncation) -> Result<Self> {
        let protected = truncation.protected.iter().filter_map(|s| reach.compact(s)).collect();
        let mut compiler = Compiler::<W> {
            reach,
            protected,
            passes: Vec::new(),
            stretch: Vec::new(),
            folded: HashMap::new(),
        };
        for stage in schedule(steps, &reach.met) {
            compiler.stage(steps, stage)?;
        }
        let mut protected: Protected<W> = compiler.protected.iter().map(pack).collect();
        protected.sort_unstable();
        Ok(Plan { passes: compiler.passes, protected })
    }
}

impl<const W: usize> Compiler<'_, W> {
    fn stage(&mut self, steps: &[Step], stage: Stage) -> Result<()> {
        match stage {
            Stage::Clifford(places) => {
                let place = |q: u32| self.reach.place(q as usize).unwrap_or(0) as u32;
                let folded = clifford_steps(steps, &places);
                self.stretch.extend(folded.iter().map(|step| step.map_qubits(place)));
            }
            Stage::Rotations(places) => self.rotations(steps, places)?,
            Stage::Scale(places) => {
                self.fold()?;
                let maps = places.iter().filter_map(|&k| transfer(&steps[k]));
                let layer = ScaleLayer::new(maps, &|q| self.reach.place(q as usize).unwrap_or(0));
                self.passes.push(Pass::Scale(layer));
            }
            Stage::Transfer(k) => {
                self.fold()?;
                if let Some(map) = transfer(&steps[k]) {
                    let place = |q: u32| self.reach.place(q as usize).unwrap_or(0);
                    let protected = self.protected_in(&[])?;
                    let map = LocalTransfer::new(map, &place, protected);
                    self.passes.push(Pass::Transfer(Box::new(map)));
                }
            }
            Stage::Cut => {
                let is_local = self.stretch.iter().all(|step| step.qubits().len() == 1);
                let mut is_weight_done = false;
                // Rotations about single qubits keep weights: look before them. Where strings are
                // protected, whether one goes depends on the rotations.
                if is_local
                    && self.protected.is_empty()
                    && let Some(Pass::Rotate(layer)) = self.passes.last_mut()
                {
                    layer.cuts_weight = layer.keeps_weight;
                    is_weight_done = layer.keeps_weight;
                }
                self.fold()?;
                self.passes.push(Pass::Cut { is_weight_done });
            }
        }
        Ok(())
    }

    /// Rotations about commuting strings, in as few layers as their dependence lets.
    fn rotations(&mut self, steps: &[Step], mut places: Vec<usize>) -> Result<()> {
        while !places.is_empty() {
            let mut reduction = Reduction::default();
            let mut layer = RotationLayer::new(self.reach.qubits.len());
            let mut left = Vec::new();
            for k in places {
                let Step::Rotation { string, angle } = &steps[k] else { continue };
                let Some(generator) = self.reach.compact(string) else { continue };
                if layer.is_full() {
                    left.push(k);
                    continue;
                }
                match reduction.add(&generator)? {
                    Some((pivot, negative)) => layer.add(pivot as usize, *angle, negative, k),
                    None => left.push(k),
                }
            }
            layer.keeps_weight = reduction.is_local();
            layer.protected = self.protected_in(&reduction.steps)?;
            self.stretch.extend(reduction.steps.iter().cloned());
            self.fold()?;
            self.passes.push(Pass::Rotate(Box::new(layer)));
            self.stretch.extend(reduction.undo());
            places = left;
        }
        Ok(())
    }

    /// The protected strings after these Clifford operations, sorted.
    fn protected_in(&self, steps: &[CliffordStep]) -> Result<Protected<W>> {
        let carried = self.protected.iter().map(|string| {
            let image = steps.iter().try_fold(string.clone(), |image, step| {
                Ok::<_, crate::error::Error>(conjugate(step, &image)?.1)
            })?;
            Ok(pack(&image))
        });
        let mut protected = carried.collect::<Result<Protected<W>>>()?;
        protected.sort_unstable();
        Ok(protected)
    }

    /// Folds the Clifford operations that wait.
    fn fold(&mut self) -> Result<()> {
        if self.stretch.is_empty() {
            return Ok(());
        }
        let stretch = std::mem::take(&mut self.stretch);
        let mut hasher = DefaultHasher::new();
        stretch.hash(&mut hasher);
        let same_hash = self.folded.entry(hasher.finish()).or_default();
        let map = match same_hash.iter().find(|(steps, _)| *steps == stretch) {
            Some((_, map)) => map.clone(),
            None => {
                let map = FoldedMap::new(&stretch)?.map(Arc::new);
                same_hash.push((stretch, map.clone()));
                map
            }
        };
        self.passes.extend(map.map(Pass::Map));
        Ok(())
    }
}

fn transfer(step: &Step) -> Option<&super::Transfer> {
    match step {
        Step::Transfer(map) => Some(map),
        _ => None,
    }
}
