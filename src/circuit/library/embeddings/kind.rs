//! Which embedding, by name.

use super::RotationAxis;
use crate::circuit::library::Entanglement;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// Which circuit embeds the data.
///
/// Names are a word and what differs from its defaults, with colons between; `reps` are
/// repetitions, `entanglement` is an [`Entanglement`] by name:
///
/// | name | defaults |
/// |---|---|
/// | `angle`, `angle-y`, `angle-z` | `angle` is `angle-x` |
/// | `basis` | |
/// | `amplitude` | |
/// | `iqp:reps:entanglement` | `iqp:1:full` |
/// | `zz:reps:entanglement` | `zz:2:full` |
/// | `pauli:reps:words:entanglement:alpha` | `pauli:2:Z,ZZ:full:2` |
///
/// ```
/// use ketlab::circuit::library::{EmbeddingKind, Entanglement};
/// let kind: EmbeddingKind = "zz:3:linear".parse()?;
/// assert_eq!(kind, EmbeddingKind::Zz { reps: 3, entanglement: Entanglement::Linear });
/// assert_eq!("zz:2:full".parse::<EmbeddingKind>()?.to_string(), "zz");
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum EmbeddingKind {
    /// [`angle_embedding`](super::angle_embedding)
    Angle(RotationAxis),
    /// [`basis_embedding`](super::basis_embedding)
    Basis,
    /// [`amplitude_embedding`](super::amplitude_embedding)
    Amplitude,
    /// [`iqp_embedding`](super::iqp_embedding)
    Iqp {
        /// Repetitions.
        reps: usize,
        /// The pairs that are entangled.
        entanglement: Entanglement,
    },
    /// [`zz_feature_map`](super::zz_feature_map)
    Zz {
        /// Repetitions.
        reps: usize,
        /// The pairs that are entangled.
        entanglement: Entanglement,
    },
    /// [`pauli_feature_map`](super::pauli_feature_map)
    Pauli {
        /// Repetitions.
        reps: usize,
        /// The Pauli words.
        paulis: Vec<String>,
        /// The blocks of qubits that each word acts on.
        entanglement: Entanglement,
        /// What angles are multiplied with.
        alpha: f64,
    },
}

const DEFAULT_WORDS: &str = "Z,ZZ";

impl fmt::Display for EmbeddingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each part with its default; those at the end that are their defaults are left out.
        let (word, parts): (String, Vec<(String, &str)>) = match self {
            EmbeddingKind::Angle(RotationAxis::X) => ("angle".into(), vec![]),
            EmbeddingKind::Angle(axis) => (format!("angle-{axis}"), vec![]),
            EmbeddingKind::Basis => ("basis".into(), vec![]),
            EmbeddingKind::Amplitude => ("amplitude".into(), vec![]),
            EmbeddingKind::Iqp { reps, entanglement } => {
                ("iqp".into(), vec![(reps.to_string(), "1"), (entanglement.to_string(), "full")])
            }
            EmbeddingKind::Zz { reps, entanglement } => {
                ("zz".into(), vec![(reps.to_string(), "2"), (entanglement.to_string(), "full")])
            }
            EmbeddingKind::Pauli { reps, paulis, entanglement, alpha } => {
                let parts = vec![
                    (reps.to_string(), "2"),
                    (paulis.join(","), DEFAULT_WORDS),
                    (entanglement.to_string(), "full"),
                    (alpha.to_string(), "2"),
                ];
                ("pauli".into(), parts)
            }
        };
        f.write_str(&word)?;
        let shown = parts.iter().rposition(|(value, default)| value != default);
        for (value, _) in &parts[..shown.map_or(0, |last| last + 1)] {
            write!(f, ":{value}")?;
        }
        Ok(())
    }
}

impl FromStr for EmbeddingKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(':');
        let word = parts.next().unwrap_or_default();
        let mut next = || parts.next().filter(|part| !part.is_empty());
        let kind = match word {
            "angle" | "angle-x" => EmbeddingKind::Angle(RotationAxis::X),
            "angle-y" => EmbeddingKind::Angle(RotationAxis::Y),
            "angle-z" => EmbeddingKind::Angle(RotationAxis::Z),
            "basis" => EmbeddingKind::Basis,
            "amplitude" => EmbeddingKind::Amplitude,
            "iqp" => {
                EmbeddingKind::Iqp { reps: repetitions(next(), 1)?, entanglement: pairs(next())? }
            }
            "zz" => {
                EmbeddingKind::Zz { reps: repetitions(next(), 2)?, entanglement: pairs(next())? }
            }
            "pauli" => EmbeddingKind::Pauli {
                reps: repetitions(next(), 2)?,
                paulis: next().unwrap_or(DEFAULT_WORDS).split(',').map(String::from).collect(),
                entanglement: pairs(next())?,
                alpha: next().map_or(Ok(2.0), |text| {
                    number(text, "alpha of an embedding", "it must be a number")
                })?,
            },
            _ => {
                const KNOWN: [&str; 8] =
                    ["angle", "angle-y", "angle-z", "basis", "amplitude", "iqp", "zz", "pauli"];
                return Err(Error::unknown_name("embedding", word, "the embeddings are", &KNOWN));
            }
        };
        match parts.next() {
            None => Ok(kind),
            Some(_) => Err(Error::Invalid {
                what: "the name of an embedding".into(),
                value: format!("`{text}`"),
                expected: format!("there are more parts than `{word}` has"),
            }),
        }
    }
}

fn repetitions(text: Option<&str>, default: usize) -> Result<usize> {
    let (what, expected) =
        ("the repetitions of an embedding", "it must be a whole number from 1 on, as in `zz:2`");
    match text.map_or(Ok(default), |text| number(text, what, expected))? {
        0 => {
            Err(Error::Invalid { what: what.into(), value: "0".into(), expected: expected.into() })
        }
        reps => Ok(reps),
    }
}

fn pairs(text: Option<&str>) -> Result<Entanglement> {
    text.map_or(Ok(Entanglement::Full), str::parse)
}

fn number<N: FromStr>(text: &str, what: &str, expected: &str) -> Result<N> {
    text.parse().map_err(|_| Error::Invalid {
        what: what.into(),
        value: format!("`{text}`"),
        expected: expected.into(),
    })
}
