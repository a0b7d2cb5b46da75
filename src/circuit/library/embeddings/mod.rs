//! Embeddings: circuits whose inputs are data.
//!
//! | circuit | qubits for d features | the data are |
//! |---|---|---|
//! | [`angle_embedding`] | d | angles of one rotation a qubit |
//! | [`basis_embedding`] | d | bits of a basis state |
//! | [`amplitude_embedding`] | ⌈log2 d⌉ | amplitudes, normalized |
//! | [`iqp_embedding`] | d | angles of RZ, products those of RZZ |
//! | [`zz_feature_map`], [`pauli_feature_map`] | d | angles of Pauli rotations, Π(π - x) those on several qubits |
//! | [`data_reuploading`] | any | angles of rotations in every layer, with trained ones between |
//!
//! An [`Embedding`] is one of them, or any circuit, with its map from data rows to angles.

mod amplitude;
mod angle;
mod embedding;
mod iqp;
mod kind;
mod pauli;
mod reuploading;
mod sizes;
#[cfg(test)]
mod tests;

pub use amplitude::{amplitude_embedding, try_amplitude_embedding};
pub use angle::{
    RotationAxis, angle_embedding, basis_embedding, try_angle_embedding, try_basis_embedding,
};
pub use embedding::Embedding;
pub use iqp::{iqp_embedding, try_iqp_embedding};
pub use kind::EmbeddingKind;
pub use pauli::{pauli_feature_map, try_pauli_feature_map, try_zz_feature_map, zz_feature_map};
pub use reuploading::{data_reuploading, try_data_reuploading};
