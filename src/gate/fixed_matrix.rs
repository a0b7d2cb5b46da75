//! Matrices of gates without parameters, blocks included.

use super::kinds::{Block, Gate};
use super::op::GateOp;
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::collections::HashMap;
use std::sync::Arc;

/// Deepest nesting of blocks that is multiplied out.
const MAX_DEPTH: usize = 200;

/// The matrix of a gate, also of a block, which is multiplied out; `None` for opaque gates, unbound
/// parameters, too many qubits and blocks nested too deep.
pub(super) fn fixed_matrix(gate: &Gate, max_qubits: usize) -> Option<DMatrix<Complex64>> {
    if gate.num_qubits() > max_qubits {
        return None;
    }
    Products::default().of(gate, 0)
}

/// Blocks that are multiplied out already: definitions share blocks, and doubling one in the next
/// some sixty times is a short text.
#[derive(Default)]
struct Products(HashMap<*const Block, DMatrix<Complex64>>);

impl Products {
    fn of(&mut self, gate: &Gate, depth: usize) -> Option<DMatrix<Complex64>> {
        let Gate::Block(block) = gate else { return Some(gate.matrix()?.to_dmatrix()) };
        if let Some(known) = self.0.get(&Arc::as_ptr(block)) {
            return Some(known.clone());
        }
        let dimension = 1 << block.num_qubits;
        let mut product = DMatrix::identity(dimension, dimension);
        for op in block.definition.as_ref().filter(|_| depth < MAX_DEPTH)? {
            multiply(op, &self.of(&op.gate, depth + 1)?, &mut product);
        }
        self.0.insert(Arc::as_ptr(block), product.clone());
        Some(product)
    }
}

/// Multiplies by a gate from the left: what acts after all that `product` has.
fn multiply(op: &GateOp, matrix: &DMatrix<Complex64>, product: &mut DMatrix<Complex64>) {
    let place = |b: usize| {
        op.targets.iter().enumerate().fold(0, |at, (k, &target)| at | (b >> k & 1) << target)
    };
    let places: Vec<usize> = (0..matrix.nrows()).map(place).collect();
    let targets = place(usize::MAX);
    let acts = |base: usize| {
        let holds = |c: &super::Control| (base >> c.qubit & 1 == 1) == c.positive;
        base & targets == 0 && op.controls.iter().all(holds)
    };
    let bases: Vec<usize> = (0..product.nrows()).filter(|&base| acts(base)).collect();
    let mut before = vec![Complex64::ZERO; places.len()];
    for mut column in product.column_iter_mut() {
        for base in &bases {
            before.iter_mut().zip(&places).for_each(|(b, at)| *b = column[base | at]);
            for (row, at) in places.iter().enumerate() {
                column[base | at] =
                    before.iter().enumerate().map(|(k, b)| matrix[(row, k)] * b).sum();
            }
        }
    }
}
