//! Files of samples: ketlab's sample sets, what `ketlab anneal --json` writes, and dimod's sample sets.

use super::json::{self, fault, unreadable};
use super::meaning::{Variables, told};
use super::{SampleSet, dimod};
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::ising::files;
use serde::Deserialize;
use std::path::Path;

/// What a document says of itself.
#[derive(Deserialize)]
struct Header {
    format: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    variable_type: Option<String>,
}

impl SampleSet {
    /// The set of a JSON file: one of [`SampleSet::to_json`], a document of `ketlab anneal --json`, whose
    /// `solver` becomes the set's `info`, or a sample set of dimod with SPIN variables, which are taken
    /// for our spins. Of dimod's BINARY variables the text does not say what they mean, and the SPIN
    /// variables of a QUBO may be the other way round: [`SampleSet::read_for`] tells it by the energies.
    ///
    /// # Errors
    /// If the file cannot be read, is larger than [`MAX_FILE_BYTES`](crate::ising::MAX_FILE_BYTES), or
    /// is none of the three, or has rows of BINARY variables.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| {
            set_of(text, |variables, set| {
                if variables == Variables::Spin || set.is_empty() {
                    return Ok(set);
                }
                let expected = "x may be a QUBO's bit or stand for the spin 2x - 1, which the file does \
                                not say: write SPIN variables, or read it for a model whose energies tell";
                Err(fault("the variables of a sample set", "BINARY", expected))
            })
        })
    }

    /// [`SampleSet::read`] of samples of this model: variables of dimod have the meaning, of two, that
    /// has the energies of the file in the model. dimod relates its kinds by s = 2x - 1, ketlab by
    /// s = 1 - 2x: BINARY ones are a QUBO's bits or stand for spins 2x - 1, SPIN ones are our spins or
    /// those of a QUBO that dimod converted, where spin 1 is bit 1. Where both have the energies
    /// (without fields all spins may be turned), bits are bits and spins are spins. Where neither has, a
    /// constant that all energies lack, an offset, tells it if it fits one meaning alone.
    ///
    /// # Errors
    /// As [`SampleSet::read`]; if samples have not as many spins as the model; if the energies fit
    /// neither meaning of dimod's variables: what they are in both.
    pub fn read_for(path: impl AsRef<Path>, model: &Ising) -> Result<Self> {
        let path = path.as_ref();
        let set = files::read(path, |text, _| {
            set_of(text, |variables, set| told(variables, set, model))
        })?;
        if set.num_spins() == model.num_spins() {
            return Ok(set);
        }
        let expected = format!("the problem has {}", model.num_spins());
        let fault = fault("the number of variables of the samples", set.num_spins(), expected);
        Err(Error::io(path, fault))
    }
}

/// The set of a text, and of one of dimod's, as spins with s = 2x - 1, what `meant` makes of it.
fn set_of(
    text: &str,
    meant: impl FnOnce(Variables, SampleSet) -> Result<SampleSet>,
) -> Result<SampleSet> {
    let header: Header = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    match (header.format.as_deref(), header.kind.as_deref(), header.variable_type.as_deref()) {
        (Some(json::FORMAT), ..) => SampleSet::from_json(text),
        (Some(json::ANNEAL), ..) => json::of_anneal(text),
        (None, Some(dimod::KIND), kind) => {
            let variables = match kind {
                Some("BINARY") => Variables::Binary,
                _ => Variables::Spin,
            };
            meant(variables, SampleSet::from_dimod(text)?)
        }
        (format, kind, _) => {
            let value = format.or(kind);
            let value = value.map_or("missing".into(), |name| format!("`{}`", name.escape_debug()));
            let expected = "a ketlab.sample_set, a document of `ketlab anneal --json` or a sample set of \
                            dimod is read";
            Err(fault("the format of a file of samples", value, expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SampleInfo;
    use super::*;
    use crate::ising::Qubo;
    use crate::math::Bits;
    use std::path::PathBuf;

    fn written(name: &str, text: &str) -> PathBuf {
        let name = format!("ketlab-samples-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn set(model: &Ising, reads: &[u64]) -> SampleSet {
        let bits = reads.iter().map(|&x| Bits::from_u64(x, model.num_spins()));
        SampleSet::new(model, bits, SampleInfo::default()).unwrap()
    }

    #[test]
    fn every_kind_of_file_is_read() {
        let qubo = Qubo::new(vec![1.0, -2.0, 0.5], [(0, 1, 3.0), (1, 2, -1.0)], 0.25);
        let model = qubo.to_ising().unwrap();
        let want = set(&model, &[3, 0, 5, 3]);
        let anneal = r#"{"format": "ketlab.anneal", "version": 1, "file": "x", "num_spins": 3,
            "samples": [{"spins": [-1, 1, 1], "energy": 1.25, "occurrences": 4}],
            "solver": {"solver": "tabu search", "seed": 7}, "interrupted": false, "meta": {}}"#;
        let path = written("anneal.json", anneal);
        let read = SampleSet::read(&path).unwrap();
        assert_eq!((read.bits(0).to_string(), read.reads()), ("001".into(), 4));
        assert_eq!((read.info.solver.as_str(), read.info.seed), ("tabu search", Some(7)));
        assert_eq!(model.energy(&read.bits(0)), 1.25);
        let path = written("own.json", &want.to_json());
        assert_eq!(SampleSet::read(&path).unwrap(), want);
        let path = written("spin.json", &want.to_dimod());
        assert!(SampleSet::read(&path).unwrap().iter().eq(want.iter()));
        // BINARY has two meanings, and the energies say which: as bits, and as (1 + s)/2.
        let path = written("bits.json", &want.to_dimod_qubo());
        let says = SampleSet::read(&path).unwrap_err().to_string();
        assert!(says.contains("BINARY") && says.contains("bits.json"), "{says}");
        assert!(SampleSet::read_for(&path, &model).unwrap().iter().eq(want.iter()));
        let turned = want.clone().turned();
        std::fs::write(&path, turned.to_dimod_qubo()).unwrap();
        assert!(SampleSet::read_for(&path, &model).unwrap().iter().eq(want.iter()));
        let other = Ising::new(vec![1.0, 0.0, 0.0], [], 0.0);
        let says = SampleSet::read_for(&path, &other).unwrap_err().to_string();
        assert!(says.contains("BINARY") && says.contains("bits.json"), "{says}");
        // SPIN has them too: as the model's spins, and as those that dimod makes of the QUBO's bits.
        for set in [&want, &turned] {
            std::fs::write(&path, set.to_dimod()).unwrap();
            assert!(SampleSet::read_for(&path, &model).unwrap().iter().eq(want.iter()));
            let says = SampleSet::read_for(&path, &other).unwrap_err().to_string();
            assert!(says.contains("SPIN") && says.contains("as the spins"), "{says}");
        }
        let none = set(&model, &[]);
        for text in [none.to_dimod(), none.to_dimod_qubo()] {
            std::fs::write(&path, text).unwrap();
            assert!(SampleSet::read(&path).unwrap().is_empty());
            assert!(SampleSet::read_for(&path, &model).unwrap().is_empty());
        }
        std::fs::remove_file(path).unwrap();
    }

    /// Written by dimod 0.12.23, `ExactSolver().sample_qubo(Q)` of Q = {(0, 0): 1, (1, 1): -2,
    /// (0, 1): 3}, then `change_vartype("SPIN")`: the lowest has x₁ = 1 alone, which dimod writes as the
    /// spins (-1, 1).
    #[test]
    fn spins_that_dimod_makes_of_bits_are_those_bits() {
        let text = r#"{"type": "SampleSet", "version": {"sampleset_schema": "3.2.0"},
            "num_variables": 2, "num_rows": 4, "sample_data": {"type": "array",
            "data": [[-1, -1], [1, -1], [1, 1], [-1, 1]], "data_type": "int8", "shape": [4, 2],
            "use_bytes": false}, "sample_type": "int8", "sample_packed": false, "vectors": {
            "energy": {"type": "array", "data": [0.0, 1.0, 2.0, -2.0], "data_type": "float64",
            "shape": [4], "use_bytes": false}, "num_occurrences": {"type": "array",
            "data": [1, 1, 1, 1], "data_type": "int64", "shape": [4], "use_bytes": false}},
            "variable_labels": [0, 1], "variable_type": "SPIN", "info": {}}"#;
        let path = written("of-bits.json", text);
        let qubo = Qubo::new(vec![1.0, -2.0], [(0, 1, 3.0)], 0.0);
        let set = SampleSet::read_for(&path, &qubo.to_ising().unwrap()).unwrap();
        assert!(set.iter().all(|row| qubo.energy(&row.bits) == row.energy));
        assert_eq!(set.lowest().unwrap().bits.to_string(), "10");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn faults_are_named() {
        let says = |text: &str| {
            let path = written("fault.json", text);
            SampleSet::read(&path).unwrap_err().to_string()
        };
        assert!(says("0 1 1\n").contains("JSON"));
        assert!(says("{}").contains("missing"));
        assert!(says(r#"{"format": "ketlab.ising"}"#).contains("ketlab anneal --json"));
        assert!(says(r#"{"type": "BinaryQuadraticModel"}"#).contains("dimod"));
        assert!(says(r#"{"format": "ketlab.anneal", "version": 9}"#).contains("version 1"));
        assert!(says(r#"{"format": "ketlab.anneal", "version": 1}"#).contains("num_spins"));
        assert!(SampleSet::read("none.json").unwrap_err().to_string().contains("none.json"));
        let model = Ising::new(vec![0.0; 2], [], 0.0);
        let path = written("short.json", &set(&model, &[1]).to_json());
        let other = Ising::new(vec![0.0; 3], [], 0.0);
        assert!(SampleSet::read(&path).is_ok());
        let says = SampleSet::read_for(&path, &other).unwrap_err().to_string();
        assert!(says.contains("the problem has 3"), "{says}");
    }
}
