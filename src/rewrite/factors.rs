//! Which gate is which product of simpler gates.

use super::controlled::{pauli, swap, u3};
use super::diagonal::{MAX_DIAGONAL_QUBITS, diagonal};
use super::multi_controlled::{Borrowing, phase};
use super::permutation::{MAX_PERMUTATION_QUBITS, permutation};
use super::product::Product;
use super::rotation::{letters, rotation};
use super::unitary::{MAX_UNITARY_QUBITS, unitary};
use crate::error::{Error, Result};
use crate::gate::{Control, Form, Gate, GateOp, StdGate};

/// Deepest nesting of blocks that is expanded: what the readers of files take by default.
pub(crate) const MAX_DEPTH: usize = 200;

/// A gate under positive controls as a product of simpler gates, phases exact, on local qubits:
/// controls first. `has` says which rows under how many positive controls need no product.
///
/// # Errors
/// [`Error::Unsupported`], in the name of `method`, for tables and matrices on too many qubits. An
/// opaque gate has no factors: the caller has seen to it.
pub(crate) fn factors(
    gate: &Gate,
    num_controls: usize,
    method: &'static str,
    has: impl Fn(StdGate, usize) -> bool,
    borrowing: &mut Borrowing,
) -> Result<Vec<GateOp>> {
    let steps = |gate: &Gate| {
        let mut product = Product::new(num_controls);
        gate.steps().iter().flat_map(|s| s.iter()).for_each(|step| product.factor(step));
        product.ops
    };
    let too_large = |what: &str, limit: usize| Error::Unsupported {
        method,
        operation: format!("{what} `{}` on {} qubits", gate.name(), gate.num_qubits()),
        hint: format!("at most {limit} are written out; give it a definition by smaller gates"),
    };
    Ok(match gate {
        Gate::Std(row, angles) => match &row.spec().form {
            Form::Pauli([letter]) => pauli(*letter, num_controls, has(StdGate::X, num_controls)),
            Form::Pauli(_) => unreachable!("Pauli rows are on one qubit"),
            Form::Rotation(letters) => rotation(letters, &angles[0], num_controls),
            Form::Phase(map) => phase(&map.of(angles), num_controls, |m, borrowed| {
                if has(StdGate::X, m) {
                    GateOp::std(StdGate::X, [], [m]).controlled((0..m).map(Control::on))
                } else {
                    borrowing.x(m, borrowed)
                }
            }),
            Form::Swap => swap(num_controls),
            Form::Composite(_) => match &angles[..] {
                [theta, phi, lambda] if *row == StdGate::U3 && num_controls > 0 => {
                    u3([theta.clone(), phi.clone(), lambda.clone()], num_controls)
                }
                _ => steps(gate),
            },
        },
        Gate::PauliRotation(string, theta) => rotation(&letters(string), theta, num_controls),
        Gate::Diagonal(d) => {
            if gate.num_qubits() > MAX_DIAGONAL_QUBITS {
                return Err(too_large("the diagonal", MAX_DIAGONAL_QUBITS));
            }
            diagonal(&d.entries, num_controls)
        }
        Gate::Permutation(p) => permutation(&p.table, num_controls)
            .ok_or_else(|| too_large("the permutation", MAX_PERMUTATION_QUBITS))?,
        Gate::Unitary(u) => {
            if gate.num_qubits() > MAX_UNITARY_QUBITS {
                return Err(too_large("the matrix", MAX_UNITARY_QUBITS));
            }
            unitary(&u.matrix, num_controls)
        }
        Gate::Block(_) => steps(gate),
    })
}

/// Blocks are nested deeper than [`MAX_DEPTH`].
pub(crate) fn too_deep() -> Error {
    Error::Invalid {
        what: "the nesting of gate definitions".into(),
        value: format!("deeper than {MAX_DEPTH}"),
        expected: "flatten them with `decompose`".into(),
    }
}

/// What to do about a gate without a definition.
pub(super) fn opaque(method: &'static str, name: &str) -> Error {
    Error::Unsupported {
        method,
        operation: format!("the opaque gate `{name}`"),
        hint: "an opaque gate has no meaning; give it a definition".into(),
    }
}
