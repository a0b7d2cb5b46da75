//! `ketlab learn --list`.

use crate::table::aligned_table;
use anyhow::Result;
use ketlab::learning::data::NAMES;
use std::io::Write;

const MODELS: [(&str, &str); 8] = [
    (
        "reuploading",
        "layers of data and trained rotations with a ring of CZ, any number of --qubits",
    ),
    ("angle, angle-y, angle-z", "a rotation by each feature on a qubit of its own"),
    ("basis", "features of 0 and 1 as a basis state"),
    ("amplitude", "features as amplitudes, on log2 as many qubits"),
    ("iqp:REPS:ENTANGLEMENT", "Hadamards and ZZ rotations by products of features"),
    ("zz:REPS:ENTANGLEMENT", "the ZZ feature map of Havlíček et al. (2019)"),
    ("pauli:REPS:WORDS:ENTANGLEMENT", "a Pauli feature map, as pauli:2:Z,ZZ:full"),
    ("(own)", "--circuit FILE --data-params x0,x1"),
];

const LOSSES: [(&str, &str); 4] = [
    ("squared", "squared distance; of probabilities Brier's"),
    ("absolute", "absolute distance"),
    ("cross-entropy", "of classes: -ln of the probability of the right one"),
    ("hinge", "of classes by scores: how far from right by a margin of 1"),
];

pub fn print(out: &mut impl Write) -> Result<()> {
    let rows = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, what)| vec![name.to_string(), what.to_string()]).collect()
    };
    writeln!(out, "{}", aligned_table(&["model", "circuit"], rows(&MODELS), 0..0))?;
    writeln!(out, "embeddings are followed by --layers of trained rotations\n")?;
    writeln!(out, "{}\n", aligned_table(&["loss", "what"], rows(&LOSSES), 0..0))?;
    let data: Vec<_> = NAMES.iter().map(|name| (name.1, name.3)).collect();
    writeln!(out, "{}", aligned_table(&["data", "what"], rows(&data), 0..0))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ketlab::circuit::library::EmbeddingKind;
    use ketlab::learning::Loss;

    #[test]
    fn the_names_are_those_of_the_library() {
        assert_eq!(LOSSES.map(|loss| loss.0), Loss::ALL.map(Loss::name));
        for (names, _) in &MODELS[1..MODELS.len() - 1] {
            for name in names.split(", ") {
                let word = name.split(':').next().unwrap();
                assert!(word.parse::<EmbeddingKind>().is_ok(), "{word}");
            }
        }
    }
}
