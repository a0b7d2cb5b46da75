//! Powers of gates, with any real exponent.

use super::fixed_matrix::fixed_matrix;
use super::kinds::{Block, DiagonalGate, PermutationGate, UNITARY_TOLERANCE, UnitaryGate};
use super::{Angle, Form, Gate, GateOp, Inverse, StdGate};
use crate::error::{Error, Result};
use crate::pauli::Pauli;
use nalgebra::{Complex, DMatrix};
use num_complex::Complex64;
use std::f64::consts::{FRAC_PI_4, PI, TAU};
use std::sync::Arc;

/// Most qubits of a gate whose power is computed as a matrix.
pub const MAX_POWER_QUBITS: usize = 6;

/// Most copies of a gate in the block that is its power.
pub const MAX_REPETITIONS: usize = 1 << 16;

/// Whole exponents up to this multiply matrices, which is exact for entries 0, ±1 and ±i.
const MAX_PRODUCTS: f64 = 64.0;

/// From here on the integers have gaps, and whether an exponent is odd is a matter of rounding.
const MAX_EXPONENT: f64 = (1u64 << 53) as f64;

/// How near to -1, as an angle, an eigenvalue is on the cut, which belongs to +π: as near as a
/// matrix is unitary.
const CUT: f64 = UNITARY_TOLERANCE;

impl Gate {
    /// U^k on the principal branch: an eigenvalue e^{iφ} with φ in (-π, π] becomes e^{ikφ}. An
    /// eigenvalue within [`UNITARY_TOLERANCE`](super::UNITARY_TOLERANCE) of -1 counts as -1 =
    /// e^{iπ}.
    ///
    /// Whole exponents multiply. Rotations and phases scale their angles; for other exponents a
    /// number is first reduced to the principal range, while an angle with parameters is scaled as
    /// it stands: it is on the principal branch where its values are in (-2π, 2π) for a rotation,
    /// in (-π, π] for a phase. Fixed phases and roots of X stay rows where there is one (√X is `sx`
    /// and √Z is `s`), permutations (whole exponents) and diagonals stay such, blocks are repeated.
    /// Everything else becomes a matrix, named like `H^0.5`.
    ///
    /// # Errors
    /// If the exponent is not finite or not below 2^53. [`Error::Unsupported`] for an opaque gate,
    /// for parameters under an exponent that is not whole (rotations and phases aside), for more
    /// than [`MAX_POWER_QUBITS`] qubits under one, and for more than [`MAX_REPETITIONS`]
    /// repetitions.
    ///
    /// ```
    /// use ketlab::{Gate, StdGate};
    /// let x = Gate::fixed(StdGate::X);
    /// assert_eq!(x.power(0.5)?, Gate::fixed(StdGate::SX));
    /// assert_eq!(x.power(0.25)?.power(4.0)?.num_qubits(), 1);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn power(&self, exponent: f64) -> Result<Gate> {
        if !exponent.is_finite() {
            return Err(Error::NotFinite {
                what: format!("the exponent of `{}`", self.name()),
                value: exponent,
            });
        }
        if exponent.abs() >= MAX_EXPONENT {
            return Err(Error::Invalid {
                what: format!("the exponent of `{}`", self.name()),
                value: crate::error::shown(exponent),
                expected: "its magnitude must be below 2^53".into(),
            });
        }
        let power = Power { gate: self, exponent, whole: exponent.fract() == 0.0 };
        match exponent {
            0.0 => return Ok(power.identity()),
            1.0 => return Ok(self.clone()),
            -1.0 => return self.inverse(),
            _ => {}
        }
        match self {
            Gate::Std(row, angles) => power.row(*row, angles),
            Gate::PauliRotation(string, angle) => {
                Ok(power.rotation(angle, |a| Gate::PauliRotation(string.clone(), a)))
            }
            Gate::Diagonal(d) => {
                let entries = d.entries.iter().map(|&z| power.number(z)).collect();
                Ok(Gate::Diagonal(Arc::new(DiagonalGate { name: power.name(), entries })))
            }
            Gate::Permutation(p) if power.whole => Ok(power.permutation(&p.table)),
            Gate::Block(b) => power.block(b),
            Gate::Unitary(_) | Gate::Permutation(_) => power.dense_or_repeated(),
        }
    }
}

/// A gate and its exponent.
struct Power<'a> {
    gate: &'a Gate,
    exponent: f64,
    /// Whether the exponent is an integer.
    whole: bool,
}

impl Power<'_> {
    fn row(&self, row: StdGate, angles: &[Angle]) -> Result<Gate> {
        let spec = row.spec();
        let rotated = |angle| {
            let rest = angles[1..].iter().cloned();
            Gate::Std(row, std::iter::once(angle).chain(rest).collect())
        };
        match &spec.form {
            Form::Pauli([Pauli::I]) => return Ok(self.gate.clone()),
            Form::Pauli([Pauli::Z]) => return Ok(eighth_turns(4.0 * self.exponent)),
            Form::Pauli([Pauli::X]) => return Ok(self.root_of_x(self.exponent)),
            Form::Phase(map) if spec.num_qubits == 1 && angles.is_empty() => {
                return Ok(eighth_turns((map.offset / FRAC_PI_4).round() * self.exponent));
            }
            Form::Phase(map) if spec.num_qubits <= 1 => {
                let row = [StdGate::GlobalPhase, StdGate::P][spec.num_qubits];
                return Ok(Gate::Std(row, [self.phase(map.of(angles))].into_iter().collect()));
            }
            Form::Rotation(_) => return Ok(self.rotation(&angles[0], rotated)),
            _ => {}
        }
        match row {
            // A rotation in all but form: its axis has an angle too, which stays.
            StdGate::R => Ok(self.rotation(&angles[0], rotated)),
            // √X has the eigenvalues 1 and i of X^0.5, so its powers are those of X.
            StdGate::SX => Ok(self.root_of_x(0.5 * self.exponent)),
            StdGate::SXdg => Ok(self.root_of_x(-0.5 * self.exponent)),
            _ => match spec.inverse {
                Inverse::Itself if self.whole && self.exponent % 2.0 == 0.0 => Ok(self.identity()),
                Inverse::Itself if self.whole => Ok(self.gate.clone()),
                Inverse::Itself => Ok(self.involution(self.exponent, self.name())),
                _ => self.dense_or_repeated(),
            },
        }
    }

    /// e^{iλ}, scaled.
    fn phase(&self, lambda: Angle) -> Angle {
        match lambda.fixed() {
            Some(lambda) if !self.whole => Angle::Fixed(off_the_cut(wrap(lambda)) * self.exponent),
            _ => lambda * self.exponent,
        }
    }

    /// exp(-iθP/2) with P² = 1. Its eigenvalues are e^{∓iθ/2}, so a θ in (-2π, 2π) is scaled. At
    /// ±2π both are -1 = e^{iπ}, and what is left is a phase.
    fn rotation(&self, theta: &Angle, make: impl Fn(Angle) -> Gate) -> Gate {
        let half = match theta.fixed() {
            Some(theta) if !self.whole => wrap(theta / 2.0),
            _ => return make(theta.clone() * self.exponent),
        };
        if half.abs() < PI - CUT {
            return make(Angle::Fixed(2.0 * half * self.exponent));
        }
        // exp(-iπP) = -1 is split off.
        let rest = 2.0 * (half - PI.copysign(half)) * self.exponent;
        let phase = Angle::Fixed(PI * self.exponent);
        let mut definition = vec![GateOp::std(StdGate::GlobalPhase, [phase], [])];
        if rest != 0.0 {
            definition.push(GateOp::new(make(Angle::Fixed(rest)), 0..self.gate.num_qubits()));
        }
        self.as_block(definition)
    }

    /// One number of modulus 1.
    fn number(&self, z: Complex64) -> Complex64 {
        match i32::try_from(self.exponent as i64) {
            // Exact for ±1 and ±i.
            Ok(times) if self.whole => (z / z.norm()).powi(times),
            _ => Complex64::from_polar(1.0, off_the_cut(z.arg()) * self.exponent),
        }
    }

    /// Each cycle is turned by the exponent.
    fn permutation(&self, table: &[u32]) -> Gate {
        let mut image = vec![u32::MAX; table.len()];
        let mut cycle = Vec::new();
        for start in 0..table.len() as u32 {
            if image[start as usize] != u32::MAX {
                continue;
            }
            cycle.clear();
            cycle.push(start);
            let mut next = table[start as usize];
            while next != start {
                cycle.push(next);
                next = table[next as usize];
            }
            let turn = (self.exponent as i64).rem_euclid(cycle.len() as i64) as usize;
            for (k, &from) in cycle.iter().enumerate() {
                image[from as usize] = cycle[(k + turn) % cycle.len()];
            }
        }
        Gate::Permutation(Arc::new(PermutationGate { name: self.name(), table: image.into() }))
    }

    fn block(&self, block: &Block) -> Result<Gate> {
        let Some(definition) = &block.definition else {
            return Err(self.unsupported("the opaque gate", "give the gate a definition"));
        };
        // Repeated, unless that is longer than its matrix has entries.
        let length = definition.len().max(1) as f64 * self.exponent.abs();
        if self.whole && length <= 4f64.powi(block.num_qubits.min(100) as i32) {
            self.repeated()
        } else {
            self.dense_or_repeated()
        }
    }

    /// As a matrix, or where there is none as a block of repetitions.
    fn dense_or_repeated(&self) -> Result<Gate> {
        let matrix = match self.gate.is_parameterized() {
            true => None,
            false => fixed_matrix(self.gate, MAX_POWER_QUBITS),
        };
        match matrix {
            Some(matrix) => self.dense(&matrix),
            None if self.whole => self.repeated(),
            None if self.gate.is_parameterized() => Err(self.unsupported(
                "parameters under an exponent that is not whole in",
                "bind them first; only rotations and phases scale with their parameters",
            )),
            None if self.gate.num_qubits() > MAX_POWER_QUBITS => {
                let hint = format!(
                    "an exponent that is not whole takes a matrix, of at most {MAX_POWER_QUBITS} \
                     qubits; write the power of each part"
                );
                Err(self.unsupported("the many qubits of", &hint))
            }
            None => {
                Err(self.unsupported("the definition of", "it is opaque inside, or nested deep"))
            }
        }
    }

    fn repeated(&self) -> Result<Gate> {
        if self.exponent.abs() > MAX_REPETITIONS as f64 {
            let what = format!("{} repetitions of", self.exponent.abs());
            let hint = format!("repeat it at most {MAX_REPETITIONS} times, or write a loop");
            return Err(self.unsupported(&what, &hint));
        }
        let once = if self.exponent < 0.0 { self.gate.inverse()? } else { self.gate.clone() };
        let once = GateOp::new(once, 0..self.gate.num_qubits());
        Ok(self.as_block(vec![once; self.exponent.abs() as usize]))
    }

    fn dense(&self, matrix: &DMatrix<Complex64>) -> Result<Gate> {
        if self.whole && self.exponent.abs() <= MAX_PRODUCTS {
            let base = if self.exponent < 0.0 { matrix.adjoint() } else { matrix.clone() };
            return Ok(self.unitary(self.name(), base.pow(self.exponent.abs() as u32)));
        }
        let Some((vectors, phases)) = eigen(matrix) else {
            return Err(self.unsupported(
                "the eigenvectors of",
                "they could not be computed accurately; write the power of each part",
            ));
        };
        let mut scaled = vectors.clone();
        for (mut column, phase) in scaled.column_iter_mut().zip(phases) {
            column *= Complex64::from_polar(1.0, phase * self.exponent);
        }
        Ok(self.unitary(self.name(), scaled * vectors.adjoint()))
    }

    /// X^k.
    fn root_of_x(&self, k: f64) -> Gate {
        // X² = 1; 0.5 and 1.5 are exact.
        match k.rem_euclid(2.0) {
            0.0 => Gate::fixed(StdGate::I),
            0.5 => Gate::fixed(StdGate::SX),
            1.0 => Gate::fixed(StdGate::X),
            1.5 => Gate::fixed(StdGate::SXdg),
            _ => {
                let k = nearest(k, 2.0);
                let x = Gate::fixed(StdGate::X);
                Power { gate: &x, exponent: k, whole: false }.involution(k, power_name("X", k))
            }
        }
    }

    /// U^k with U² = 1: (1 + w)/2 + (1 - w)/2·U with w = (-1)^k = e^{ikπ}.
    fn involution(&self, k: f64, name: String) -> Gate {
        let matrix = self.gate.matrix().expect("rows without angles have one").to_dmatrix();
        let w = Complex64::from_polar(1.0, PI * k.rem_euclid(2.0));
        let identity = DMatrix::<Complex64>::identity(matrix.nrows(), matrix.nrows());
        let power = identity * ((1.0 + w) / 2.0) + matrix * ((1.0 - w) / 2.0);
        self.unitary(name, power)
    }

    fn identity(&self) -> Gate {
        match self.gate.num_qubits() {
            0 => Gate::Std(StdGate::GlobalPhase, [Angle::Fixed(0.0)].into_iter().collect()),
            1 => Gate::fixed(StdGate::I),
            _ => self.as_block(Vec::new()),
        }
    }

    fn unitary(&self, name: String, matrix: DMatrix<Complex64>) -> Gate {
        Gate::Unitary(Arc::new(UnitaryGate { name, matrix }))
    }

    fn as_block(&self, definition: Vec<GateOp>) -> Gate {
        let angles = self.gate.angles().iter().cloned().collect();
        let num_qubits = self.gate.num_qubits();
        Gate::Block(Arc::new(Block::new(self.name(), num_qubits, angles, Some(definition))))
    }

    fn name(&self) -> String {
        match self.gate {
            // Its symbol is a cross on each wire.
            Gate::Std(StdGate::Swap, _) => power_name("SWAP", self.exponent),
            Gate::Std(row, _) => power_name(row.spec().symbol, self.exponent),
            other => power_name(&other.name(), self.exponent),
        }
    }

    fn unsupported(&self, what: &str, hint: &str) -> Error {
        Error::Unsupported {
            method: "the power of a gate",
            operation: format!("{what} `{}`", self.gate.name()),
            hint: hint.into(),
        }
    }
}

/// diag(1, e^{iπk/4}), as a row of fixed phase where there is one.
fn eighth_turns(k: f64) -> Gate {
    let turned = k.rem_euclid(8.0);
    let row = match turned {
        0.0 => StdGate::I,
        1.0 => StdGate::T,
        2.0 => StdGate::S,
        4.0 => StdGate::Z,
        6.0 => StdGate::Sdg,
        7.0 => StdGate::Tdg,
        _ => {
            let angle = Angle::Fixed(nearest(k, 8.0) * FRAC_PI_4);
            return Gate::Std(StdGate::P, [angle].into_iter().collect());
        }
    };
    Gate::fixed(row)
}

/// The number nearest to 0 that differs from `k` by a multiple of `period`.
fn nearest(k: f64, period: f64) -> f64 {
    if k.abs() <= period / 2.0 { k } else { k - period * (k / period).round() }
}

/// The same angle in [-π, π].
fn wrap(angle: f64) -> f64 {
    if angle.abs() <= PI { angle } else { Complex64::from_polar(1.0, angle).arg() }
}

/// -π and what is as good as that is π.
fn off_the_cut(phase: f64) -> f64 {
    if phase < -PI + CUT { phase + TAU } else { phase }
}

/// Eigenvectors, as columns, and principal phases of a unitary.
///
/// The Hermitian matrix (e^{-ia}U + e^{ia}U†)/2 has the eigenvectors of U, with the eigenvalues
/// cos(φ - a). Only phases φ and φ' that are mirror images about a fall together and mix their
/// vectors; a pair of them costs a residual of some 1e-16/|sin((φ + φ')/2 - a)|. So the best of
/// several a is taken. (Phases that are equal or near may mix: that changes U as little as they
/// differ.)
fn eigen(unitary: &DMatrix<Complex64>) -> Option<(DMatrix<Complex64>, Vec<f64>)> {
    let mut best = None;
    let mut least = 10.0 * UNITARY_TOLERANCE;
    for try_number in 0..16 {
        // Multiples of the golden angle are nowhere near each other, nor near fractions of π.
        let a = 0.3 + 2.399_963_229_728_653 * f64::from(try_number);
        let turned = unitary * Complex64::from_polar(0.5, -a);
        let vectors = (&turned + turned.adjoint()).symmetric_eigen().eigenvectors;
        let images = unitary * &vectors;
        let values: Vec<Complex<f64>> =
            (0..vectors.ncols()).map(|k| vectors.column(k).dotc(&images.column(k))).collect();
        let residual = (0..vectors.ncols())
            .map(|k| (images.column(k) - vectors.column(k) * values[k]).norm())
            .fold(0.0, f64::max);
        if residual < least {
            least = residual;
            best = Some((vectors, values.iter().map(|z| off_the_cut(z.arg())).collect()));
        }
        if least < 1e-14 * unitary.nrows() as f64 {
            break;
        }
    }
    best
}

/// `X^0.5`; exponents with many digits are rounded, and a name that is a power already gets
/// parentheses.
fn power_name(base: &str, exponent: f64) -> String {
    let exact = exponent.to_string();
    let exponent = if exact.len() <= 7 {
        exact
    } else if (1e-3..1e6).contains(&exponent.abs()) {
        let rounded = format!("{exponent:.4}");
        rounded.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        format!("{exponent:.3e}")
    };
    if base.contains('^') { format!("({base})^{exponent}") } else { format!("{base}^{exponent}") }
}
