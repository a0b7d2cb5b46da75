//! A circuit with its map from data rows to angles.

use super::amplitude::AmplitudeTree;
use super::{
    EmbeddingKind, try_amplitude_embedding, try_angle_embedding, try_basis_embedding,
    try_iqp_embedding, try_pauli_feature_map, try_zz_feature_map,
};
use crate::circuit::library::Entanglement;
use crate::circuit::{Circuit, Op, ParameterMap};
use crate::error::{Error, Result};
use ndarray::{Array2, ArrayView2};
use std::fmt;

/// A data map: a circuit whose inputs are functions of a row of features.
///
/// A row goes to the circuit's *inputs* ([`inputs`](Self::inputs)): mostly it is them; amplitudes
/// become angles. The inputs go to the circuit's *parameters* ([`angles`](Self::angles)), which are
/// they and functions of them such as (π - x)·(π - y). Both maps have exact derivatives.
///
/// ```
/// use ketlab::circuit::library::Embedding;
/// use std::f64::consts::PI;
/// let zz = Embedding::new("zz:1".parse()?, 2)?;
/// assert_eq!((zz.num_qubits(), zz.num_features(), zz.to_string().as_str()), (2, 2, "zz:1"));
/// assert_eq!(zz.angles(&[PI - 2.0, PI - 3.0])?[2], 6.0);
/// assert_eq!(zz.jacobian(&[PI - 2.0, PI - 3.0])?.row(2).to_vec(), [-3.0, -2.0]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    name: String,
    kind: Option<EmbeddingKind>,
    conversion: Conversion,
    circuit: Circuit,
    map: ParameterMap,
    num_features: usize,
}

/// What makes inputs of features.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Conversion {
    /// They are the same.
    Identity,
    /// They are the same, and 0 or 1.
    Bits,
    /// They are amplitudes.
    Amplitudes(AmplitudeTree),
}

impl Embedding {
    /// That kind of embedding for rows of so many features.
    ///
    /// # Errors
    /// What its circuit refuses: no features, more than it can take, too many gates.
    pub fn new(kind: EmbeddingKind, num_features: usize) -> Result<Self> {
        let n = num_features;
        let mut conversion = Conversion::Identity;
        let circuit = match &kind {
            EmbeddingKind::Angle(axis) => try_angle_embedding(n, *axis)?,
            EmbeddingKind::Basis => {
                conversion = Conversion::Bits;
                try_basis_embedding(n)?
            }
            EmbeddingKind::Amplitude => {
                conversion = Conversion::Amplitudes(AmplitudeTree::new(n));
                try_amplitude_embedding(n)?
            }
            EmbeddingKind::Iqp { reps, entanglement } => {
                try_iqp_embedding(n, *reps, *entanglement)?
            }
            EmbeddingKind::Zz { reps, entanglement } => {
                try_zz_feature_map(n, *reps, *entanglement)?
            }
            EmbeddingKind::Pauli { reps, paulis, entanglement, alpha } => {
                try_pauli_feature_map(n, *reps, paulis, *entanglement, *alpha)?
            }
        };
        let (name, map) = (kind.to_string(), circuit.parameter_map());
        Ok(Embedding { name, kind: Some(kind), conversion, circuit, map, num_features })
    }

    /// A circuit of the caller's, all of whose inputs are features, in their order.
    ///
    /// # Errors
    /// If it has no inputs.
    pub fn from_circuit(circuit: Circuit) -> Result<Self> {
        let map = circuit.parameter_map();
        let num_features = map.inputs().len();
        if num_features == 0 {
            return Err(Error::Invalid {
                what: "the number of inputs of an embedding's circuit".into(),
                value: "0".into(),
                expected: "each feature is an input: write its angles with parameters".into(),
            });
        }
        let (name, conversion) = ("circuit".into(), Conversion::Identity);
        Ok(Embedding { name, kind: None, conversion, circuit, map, num_features })
    }

    /// Its kind, if it has one: a circuit of the caller's has none.
    pub fn kind(&self) -> Option<&EmbeddingKind> {
        self.kind.as_ref()
    }

    /// The circuit, with its inputs as parameters.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Number of features of a row.
    pub fn num_features(&self) -> usize {
        self.num_features
    }

    /// Number of qubits of the circuit.
    pub fn num_qubits(&self) -> usize {
        self.circuit.num_qubits()
    }

    /// The values of the circuit's inputs for a row of features: the row itself, but the angles
    /// that make its amplitudes for [`EmbeddingKind::Amplitude`].
    ///
    /// # Errors
    /// If there is another number of features or one is not finite; for [`EmbeddingKind::Basis`] if
    /// one is not 0 or 1, for [`EmbeddingKind::Amplitude`] if all are 0.
    pub fn inputs(&self, row: &[f64]) -> Result<Vec<f64>> {
        self.check(row)?;
        match &self.conversion {
            Conversion::Identity => Ok(row.to_vec()),
            Conversion::Bits => match row.iter().position(|&x| x != 0.0 && x != 1.0) {
                None => Ok(row.to_vec()),
                Some(k) => Err(Error::Invalid {
                    what: format!("feature {k} of a basis embedding"),
                    value: row[k].to_string(),
                    expected: "it must be 0 or 1; `angle` embeds any number".into(),
                }),
            },
            Conversion::Amplitudes(tree) => tree.angles(row),
        }
    }

    /// The inputs of many rows: rows × features gives rows × inputs, for a
    /// [`Batch`](crate::Batch).
    ///
    /// # Errors
    /// As [`inputs`](Self::inputs); the error of the first row that has one, with its number.
    pub fn inputs_of_rows(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        let mut inputs = Vec::with_capacity(rows.nrows() * self.map.inputs().len());
        for (number, row) in rows.rows().into_iter().enumerate() {
            let of_row = self.inputs(&row.to_vec()).map_err(|error| in_row(error, number))?;
            inputs.extend(of_row);
        }
        let shape = (rows.nrows(), self.map.inputs().len());
        Ok(Array2::from_shape_vec(shape, inputs).expect("one value for each input"))
    }

    /// All parameters of the circuit for a row of features, in their order.
    ///
    /// # Errors
    /// As [`inputs`](Self::inputs); if a parameter is not finite.
    pub fn angles(&self, row: &[f64]) -> Result<Vec<f64>> {
        self.map.row(&self.inputs(row)?)
    }

    /// The derivatives of the parameters by the features, exact: parameters × features. For bits
    /// they are those of the circuit, whose angle is πx.
    ///
    /// # Errors
    /// As [`angles`](Self::angles); for [`EmbeddingKind::Amplitude`] at rows where an angle has no
    /// derivative: where all features of one subtree, such as features 2k and 2k + 1, are 0.
    pub fn jacobian(&self, row: &[f64]) -> Result<Array2<f64>> {
        let by_inputs = self.map.jacobian(&self.inputs(row)?)?;
        match &self.conversion {
            Conversion::Identity | Conversion::Bits => Ok(by_inputs),
            Conversion::Amplitudes(tree) => Ok(by_inputs.dot(&tree.jacobian(row)?)),
        }
    }

    /// From the derivatives of a function by the circuit's inputs, as gradients give them, to its
    /// derivatives by the features.
    ///
    /// # Errors
    /// As [`jacobian`](Self::jacobian); if there is not one derivative for each input.
    pub fn pull_back(&self, row: &[f64], by_inputs: &[f64]) -> Result<Vec<f64>> {
        self.check(row)?;
        let expected = self.map.inputs().len();
        if by_inputs.len() != expected {
            return Err(Error::Invalid {
                what: "the number of derivatives by inputs".into(),
                value: by_inputs.len().to_string(),
                expected: format!("the circuit has {expected} inputs"),
            });
        }
        match &self.conversion {
            Conversion::Identity | Conversion::Bits => Ok(by_inputs.to_vec()),
            Conversion::Amplitudes(tree) => tree.pull_back(row, by_inputs),
        }
    }

    /// The same without gates on several qubits, so that states are products. Feature maps lose
    /// whole rotations, their ladders of CX with them; other circuits the gates. What has none is
    /// the same.
    ///
    /// # Errors
    /// If no gate that is left has a parameter: all data would have the same state.
    pub fn separable(&self) -> Result<Self> {
        let none = Entanglement::None;
        match &self.kind {
            Some(EmbeddingKind::Angle(_) | EmbeddingKind::Basis) => Ok(self.clone()),
            Some(EmbeddingKind::Iqp { reps, .. }) => {
                let kind = EmbeddingKind::Iqp { reps: *reps, entanglement: none };
                Self::new(kind, self.num_features)?.with_data()
            }
            Some(EmbeddingKind::Zz { reps, .. }) => {
                let kind = EmbeddingKind::Zz { reps: *reps, entanglement: none };
                Self::new(kind, self.num_features)?.with_data()
            }
            Some(EmbeddingKind::Pauli { reps, paulis, entanglement, alpha }) => {
                let letters = |word: &String| word.bytes().filter(|&letter| letter != b'I').count();
                let paulis = paulis.iter().filter(|word| letters(word) == 1).cloned().collect();
                let (entanglement, alpha) = (*entanglement, *alpha);
                let kind = EmbeddingKind::Pauli { reps: *reps, paulis, entanglement, alpha };
                Self::new(kind, self.num_features)?.with_data()
            }
            Some(EmbeddingKind::Amplitude) | None => {
                let mut one = self.clone();
                one.circuit.ops.retain(|op| match op {
                    Op::Gate(gate) => gate.qubits().count() <= 1,
                    _ => true,
                });
                if one.circuit.ops.len() < self.circuit.ops.len() {
                    (one.kind, one.name) = (None, format!("{}, separable", self.name));
                }
                one.with_data()
            }
        }
    }

    /// Itself, unless nothing in it depends on data.
    fn with_data(self) -> Result<Self> {
        let depends = |op: &Op| matches!(op, Op::Gate(gate) if gate.gate.is_parameterized());
        if self.circuit.ops().iter().any(depends) {
            return Ok(self);
        }
        Err(Error::Invalid {
            what: "the separable part of an embedding".into(),
            value: "without data".into(),
            expected: "none of its gates on one qubit has a parameter: all data would have the \
                       same state"
                .into(),
        })
    }

    fn check(&self, row: &[f64]) -> Result<()> {
        if row.len() != self.num_features {
            return Err(Error::Invalid {
                what: "the number of features of a row".into(),
                value: row.len().to_string(),
                expected: format!("the embedding `{}` takes {}", self.name, self.num_features),
            });
        }
        match row.iter().enumerate().find(|(_, x)| !x.is_finite()) {
            Some((k, &value)) => {
                Err(Error::NotFinite { what: format!("feature {k} of a row"), value })
            }
            None => Ok(()),
        }
    }
}

impl fmt::Display for Embedding {
    /// The name of its kind, `circuit` without one; `…, separable` if gates were left out of either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn in_row(error: Error, row: usize) -> Error {
    match error {
        Error::Invalid { what, value, expected } => {
            Error::Invalid { what: format!("row {row}: {what}"), value, expected }
        }
        Error::NotFinite { what, value } => {
            Error::NotFinite { what: format!("row {row}: {what}"), value }
        }
        other => other,
    }
}
