//! The kinds of gate: rows of the table with their angles, and what is no row.

use super::op::{Control, GateOp};
use super::{Angle, Angles, Form, GateMatrix, Inverse, StdGate};
use crate::error::{Error, Result};
use crate::math::matrix::unitarity_deviation;
use crate::pauli::PauliString;
use nalgebra::DMatrix;
use num_complex::Complex64;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;

/// Largest deviation from unitarity that [`Gate::unitary`] takes.
pub const UNITARY_TOLERANCE: f64 = 1e-8;

/// Most qubits of a gate that [`Gate::matrix`] writes out: 2^k × 2^k entries.
pub const MAX_MATRIX_QUBITS: usize = 12;

/// What acts on the targets. Controls are beside it, in [`GateOp`].
#[derive(Debug, Clone, PartialEq)]
pub enum Gate {
    /// A row of the table, with its angles.
    Std(StdGate, Angles),
    /// exp(-iθP/2); qubit k of the string is `targets[k]`.
    PauliRotation(Arc<PauliString>, Angle),
    /// Any unitary matrix.
    Unitary(Arc<UnitaryGate>),
    /// A diagonal matrix: 2^k numbers of modulus 1.
    Diagonal(Arc<DiagonalGate>),
    /// A reversible classical function: basis state b goes to `table[b]`.
    Permutation(Arc<PermutationGate>),
    /// A named group of gates.
    Block(Arc<Block>),
}

/// Data of [`Gate::Unitary`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UnitaryGate {
    /// For drawings.
    pub name: String,
    /// 2^k × 2^k, `targets[0]` least significant.
    pub matrix: DMatrix<Complex64>,
}

/// Data of [`Gate::Diagonal`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DiagonalGate {
    /// For drawings.
    pub name: String,
    /// 2^k entries, `targets[0]` least significant.
    pub entries: Arc<[Complex64]>,
}

/// Data of [`Gate::Permutation`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PermutationGate {
    /// For drawings.
    pub name: String,
    /// 2^k images, `targets[0]` least significant.
    pub table: Arc<[u32]>,
}

/// A named group of gates on its own qubits 0..k.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Block {
    /// For drawings and text formats.
    pub name: String,
    /// k.
    pub num_qubits: usize,
    /// The angles it was called with, for drawings and text formats; `definition` has them in it.
    pub angles: Angles,
    /// The gates; `None` for an opaque gate, which has a name and no meaning.
    pub definition: Option<Vec<GateOp>>,
    /// Whether an angle in it depends on a parameter.
    parameterized: bool,
}

impl Block {
    /// A block whose definition the caller has checked.
    pub(crate) fn new(
        name: String,
        num_qubits: usize,
        angles: Angles,
        definition: Option<Vec<GateOp>>,
    ) -> Self {
        let inside = definition.iter().flatten().any(|op| op.gate.is_parameterized());
        let parameterized = inside || angles.iter().any(|a| a.fixed().is_none());
        Block { name, num_qubits, angles, definition, parameterized }
    }
}

fn num_bits(len: usize, what: &str) -> Result<usize> {
    if len.is_power_of_two() && len.trailing_zeros() <= 24 {
        return Ok(len.trailing_zeros() as usize);
    }
    Err(Error::Invalid {
        what: format!("the size of {what}"),
        value: len.to_string(),
        expected: "it must be 2^k with k qubits, k at most 24".into(),
    })
}

impl Gate {
    /// A row of the table without angles.
    pub fn fixed(gate: StdGate) -> Gate {
        Gate::Std(gate, Angles::new())
    }

    /// A checked unitary: square, 2^k × 2^k, finite, |U†U - 1| ≤ [`UNITARY_TOLERANCE`].
    pub fn unitary(name: impl Into<String>, matrix: DMatrix<Complex64>) -> Result<Gate> {
        num_bits(matrix.nrows(), "a unitary")?;
        let deviation = unitarity_deviation(&matrix);
        if deviation > UNITARY_TOLERANCE {
            return Err(Error::NotUnitary { deviation, tolerance: UNITARY_TOLERANCE });
        }
        Ok(Gate::Unitary(Arc::new(UnitaryGate { name: name.into(), matrix })))
    }

    /// A checked diagonal: 2^k entries of modulus 1 within [`UNITARY_TOLERANCE`].
    pub fn diagonal(name: impl Into<String>, entries: Vec<Complex64>) -> Result<Gate> {
        num_bits(entries.len(), "a diagonal")?;
        let off = |z: &Complex64| {
            if z.norm().is_finite() { (z.norm_sqr() - 1.0).abs() } else { f64::INFINITY }
        };
        let deviation = entries.iter().map(off).fold(0.0, f64::max);
        if deviation > UNITARY_TOLERANCE {
            return Err(Error::NotUnitary { deviation, tolerance: UNITARY_TOLERANCE });
        }
        Ok(Gate::Diagonal(Arc::new(DiagonalGate { name: name.into(), entries: entries.into() })))
    }

    /// A checked permutation of 0..2^k.
    pub fn permutation(name: impl Into<String>, table: Vec<u32>) -> Result<Gate> {
        num_bits(table.len(), "a permutation")?;
        let mut seen = vec![false; table.len()];
        for &image in &table {
            match seen.get_mut(image as usize) {
                Some(slot) if !*slot => *slot = true,
                _ => {
                    return Err(Error::Invalid {
                        what: "an image of a permutation".into(),
                        value: image.to_string(),
                        expected: format!("each of 0..{} must appear once", table.len()),
                    });
                }
            }
        }
        Ok(Gate::Permutation(Arc::new(PermutationGate { name: name.into(), table: table.into() })))
    }

    /// The bit oracle |x⟩|y⟩ → |x⟩|y ⊕ f(x)⟩ of a classical function from `inputs` bits to
    /// `outputs` bits, as a permutation whose low targets are x and whose high ones are y.
    pub fn oracle(
        name: impl Into<String>,
        inputs: usize,
        outputs: usize,
        f: impl Fn(u32) -> u32,
    ) -> Result<Gate> {
        let qubits = inputs + outputs;
        if qubits > 24 {
            return Err(Error::Invalid {
                what: "the number of qubits of an oracle".into(),
                value: qubits.to_string(),
                expected: "its table has 2^qubits entries: at most 24".into(),
            });
        }
        let (x_mask, y_mask) = ((1u32 << inputs) - 1, (1u32 << outputs) - 1);
        let table = (0..1u32 << qubits).map(|b| b ^ ((f(b & x_mask) & y_mask) << inputs)).collect();
        Gate::permutation(name, table)
    }

    /// A named group of gates on qubits 0..`num_qubits`, each checked; without a definition an
    /// opaque gate. `angles` are shown beside the name and change nothing.
    pub fn block(
        name: impl Into<String>,
        num_qubits: usize,
        angles: impl IntoIterator<Item = Angle>,
        definition: Option<Vec<GateOp>>,
    ) -> Result<Gate> {
        definition.iter().flatten().try_for_each(|op| op.check(num_qubits))?;
        let angles = angles.into_iter().collect();
        Ok(Gate::Block(Arc::new(Block::new(name.into(), num_qubits, angles, definition))))
    }

    /// Number of targets.
    pub fn num_qubits(&self) -> usize {
        match self {
            Gate::Std(gate, _) => gate.spec().num_qubits,
            Gate::PauliRotation(string, _) => string.num_qubits(),
            Gate::Unitary(u) => u.matrix.nrows().trailing_zeros() as usize,
            Gate::Diagonal(d) => d.entries.len().trailing_zeros() as usize,
            Gate::Permutation(p) => p.table.len().trailing_zeros() as usize,
            Gate::Block(b) => b.num_qubits,
        }
    }

    /// Name, without controls.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Gate::Std(gate, _) => gate.spec().name.into(),
            Gate::PauliRotation(..) => "pauli_rotation".into(),
            Gate::Unitary(u) => u.name.as_str().into(),
            Gate::Diagonal(d) => d.name.as_str().into(),
            Gate::Permutation(p) => p.name.as_str().into(),
            Gate::Block(b) => b.name.as_str().into(),
        }
    }

    /// Its angles as they are shown.
    pub fn angles(&self) -> &[Angle] {
        match self {
            Gate::Std(_, angles) => angles,
            Gate::PauliRotation(_, angle) => std::slice::from_ref(angle),
            Gate::Block(b) => &b.angles,
            Gate::Unitary(_) | Gate::Diagonal(_) | Gate::Permutation(_) => &[],
        }
    }

    /// The same gate with every angle mapped (also inside a block).
    pub fn map_angles(&self, map: &impl Fn(&Angle) -> Angle) -> Gate {
        match self {
            Gate::Std(gate, angles) => Gate::Std(*gate, angles.iter().map(map).collect()),
            Gate::PauliRotation(string, angle) => Gate::PauliRotation(string.clone(), map(angle)),
            Gate::Block(b) if b.parameterized => {
                let inner = |op: &GateOp| GateOp { gate: op.gate.map_angles(map), ..op.clone() };
                Gate::Block(Arc::new(Block::new(
                    b.name.clone(),
                    b.num_qubits,
                    b.angles.iter().map(map).collect(),
                    b.definition.as_ref().map(|ops| ops.iter().map(inner).collect()),
                )))
            }
            other => other.clone(),
        }
    }

    /// Whether an angle depends on a parameter.
    pub fn is_parameterized(&self) -> bool {
        match self {
            Gate::Block(b) => b.parameterized,
            other => other.angles().iter().any(|a| a.fixed().is_none()),
        }
    }

    /// Calls `f` with every angle, also those inside a block.
    pub(crate) fn try_for_each_angle(&self, f: &mut dyn FnMut(&Angle) -> Result<()>) -> Result<()> {
        self.angles().iter().try_for_each(&mut *f)?;
        if let Gate::Block(b) = self {
            let inner = b.definition.iter().flatten().filter(|op| op.gate.is_parameterized());
            inner.into_iter().try_for_each(|op| op.gate.try_for_each_angle(f))?;
        }
        Ok(())
    }

    /// The factors of a composite row or a block on the gate's own qubits 0..k, first factor
    /// first; `None` for what has no factors.
    pub fn steps(&self) -> Option<Cow<'_, [GateOp]>> {
        match self {
            Gate::Block(b) => b.definition.as_deref().map(Cow::Borrowed),
            Gate::Std(gate, angles) => {
                let Form::Composite(steps) = gate.spec().form else { return None };
                let ops = steps.iter().map(|s| GateOp {
                    gate: Gate::Std(s.gate, s.angles.iter().map(|m| m.of(angles)).collect()),
                    targets: s.targets.iter().map(|&t| t as u32).collect(),
                    controls: s.controls.iter().map(|&c| Control::on(c)).collect(),
                });
                Some(Cow::Owned(ops.collect()))
            }
            _ => None,
        }
    }

    /// The gate that undoes it.
    pub fn inverse(&self) -> Result<Gate> {
        Ok(match self {
            Gate::Std(gate, angles) => match &gate.spec().inverse {
                Inverse::Itself => self.clone(),
                Inverse::Row(row, maps) => {
                    Gate::Std(*row, maps.iter().map(|m| m.of(angles)).collect())
                }
                Inverse::Steps => inverse_block(gate.spec().name, self)?,
            },
            Gate::PauliRotation(string, angle) => {
                Gate::PauliRotation(string.clone(), -angle.clone())
            }
            Gate::Unitary(u) => Gate::Unitary(Arc::new(UnitaryGate {
                name: dagger(&u.name),
                matrix: u.matrix.adjoint(),
            })),
            Gate::Diagonal(d) => Gate::Diagonal(Arc::new(DiagonalGate {
                name: dagger(&d.name),
                entries: d.entries.iter().map(|z| z.conj()).collect(),
            })),
            Gate::Permutation(p) => {
                let mut table = vec![0; p.table.len()];
                for (b, &image) in p.table.iter().enumerate() {
                    table[image as usize] = b as u32;
                }
                Gate::Permutation(Arc::new(PermutationGate {
                    name: dagger(&p.name),
                    table: table.into(),
                }))
            }
            Gate::Block(b) => inverse_block(&b.name, self)?,
        })
    }

    /// The matrix at fixed angles; `None` where a parameter is unbound, for a block
    /// (`Circuit::matrix` multiplies its gates), and above [`MAX_MATRIX_QUBITS`].
    pub fn matrix(&self) -> Option<GateMatrix> {
        if self.num_qubits() > MAX_MATRIX_QUBITS {
            return None;
        }
        match self {
            Gate::Std(gate, angles) => {
                let fixed: Option<SmallVec<[f64; 4]>> = angles.iter().map(Angle::fixed).collect();
                Some((gate.spec().matrix)(&fixed?))
            }
            Gate::PauliRotation(string, angle) => {
                let (sin, cos) = (angle.fixed()? / 2.0).sin_cos();
                let pauli = string.to_dense(string.num_qubits()).ok()?;
                let identity = DMatrix::<Complex64>::identity(pauli.nrows(), pauli.ncols());
                let rotation = identity * Complex64::from(cos) + pauli * Complex64::new(0.0, -sin);
                Some(GateMatrix::Many(rotation))
            }
            Gate::Unitary(u) => Some(GateMatrix::Many(u.matrix.clone())),
            Gate::Diagonal(d) => {
                let diagonal = nalgebra::DVector::from_column_slice(&d.entries);
                Some(GateMatrix::Many(DMatrix::from_diagonal(&diagonal)))
            }
            Gate::Permutation(p) => {
                let mut m = DMatrix::zeros(p.table.len(), p.table.len());
                for (from, &to) in p.table.iter().enumerate() {
                    m[(to as usize, from)] = Complex64::from(1.0);
                }
                Some(GateMatrix::Many(m))
            }
            Gate::Block(_) => None,
        }
    }
}

/// `name†`, or the name back.
fn dagger(name: &str) -> String {
    name.strip_suffix('†').map_or_else(|| format!("{name}†"), str::to_string)
}

fn inverse_block(name: &str, gate: &Gate) -> Result<Gate> {
    let steps = gate.steps().ok_or_else(|| Error::Unsupported {
        method: "the inverse",
        operation: format!("the opaque gate `{name}`"),
        hint: "give the gate a definition".into(),
    })?;
    let definition = steps.iter().rev().map(GateOp::inverse).collect::<Result<_>>()?;
    let angles = gate.angles().iter().cloned().collect();
    let block = Block::new(dagger(name), gate.num_qubits(), angles, Some(definition));
    Ok(Gate::Block(Arc::new(block)))
}
