//! bqpjson 1.0, the JSON of binary quadratic programs of Los Alamos.

use super::labels;
use super::model::Model;
use crate::error::{Error, Result};
use crate::ising::{Ising, Qubo};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

const VERSION: &str = "1.0.0";

/// What tells another version apart.
#[derive(Deserialize)]
struct Header {
    version: String,
}

/// What a file has besides (`solutions`, `description`, what a generator writes) is not read.
#[derive(Serialize, Deserialize)]
struct Document {
    version: String,
    #[serde(default)]
    id: u64,
    variable_ids: Vec<u64>,
    variable_domain: String,
    scale: f64,
    offset: f64,
    linear_terms: Vec<Linear>,
    quadratic_terms: Vec<Pair>,
    #[serde(default, skip_deserializing)]
    metadata: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Linear {
    id: u64,
    coeff: f64,
}

#[derive(Serialize, Deserialize)]
struct Pair {
    id_tail: u64,
    id_head: u64,
    coeff: f64,
}

impl Ising {
    /// Reads a bqpjson file, version 1.0, of the domain `spin` (`lanl-ansi/bqpjson`): the energy is
    /// scale · (offset + Σ hᵢ sᵢ + Σ Jᵢⱼ sᵢ sⱼ), and the scale is multiplied into the coefficients.
    ///
    /// The `variable_ids` may be any whole numbers from 0. Where they are 0 to n - 1 in some order,
    /// they are the numbers of the spins; else spin k is the k-th of the list.
    ///
    /// # Errors
    /// If it is not such JSON or of another version, the domain is `boolean` (then
    /// [`Qubo::from_bqpjson`] reads it), the scale is negative, a term has an id that is not listed,
    /// one id twice or the ids of a term before, or as [`Ising::try_new`].
    pub fn from_bqpjson(text: &str) -> Result<Self> {
        read(text)?.spins("bqpjson")
    }

    /// The model as bqpjson 1.0 of the domain `spin`, ids from 0 and scale 1;
    /// [`Ising::from_bqpjson`] reads it back to the bit.
    pub fn to_bqpjson(&self) -> String {
        write("spin", self.fields(), self.couplings(), self.offset())
    }
}

impl Qubo {
    /// Reads a bqpjson file of the domain `boolean`, as [`Ising::from_bqpjson`] does.
    ///
    /// # Errors
    /// As [`Ising::from_bqpjson`], the domains the other way round.
    pub fn from_bqpjson(text: &str) -> Result<Self> {
        read(text)?.bits("bqpjson")
    }

    /// The problem as bqpjson 1.0 of the domain `boolean`; [`Qubo::from_bqpjson`] reads it back to
    /// the bit.
    pub fn to_bqpjson(&self) -> String {
        write("boolean", self.linear(), self.quadratic(), self.offset())
    }
}

fn refused(value: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::Invalid {
        what: "the bqpjson file".into(),
        value: value.into(),
        expected: expected.into(),
    }
}

/// The model of either domain.
pub(super) fn read(text: &str) -> Result<Model> {
    let broken = |error: serde_json::Error| refused("not valid", error.to_string());
    let Header { version } = serde_json::from_str(text).map_err(broken)?;
    if version != "1.0" && !version.starts_with("1.0.") {
        let value = format!("of version `{}`", version.escape_debug());
        return Err(refused(value, "versions 1.0.x are read"));
    }
    let document: Document = serde_json::from_str(text).map_err(broken)?;
    let scale = document.scale;
    if !(scale >= 0.0 && scale.is_finite()) {
        let expected = "it must be a finite number from 0; put the sign into the coefficients";
        return Err(Error::Invalid {
            what: "the scale of the bqpjson file".into(),
            value: scale.to_string(),
            expected: expected.into(),
        });
    }
    let ids = &document.variable_ids;
    let variables = labels::variables(ids, |&id| usize::try_from(id).ok())?;
    let places: HashMap<u64, usize> = ids.iter().copied().zip(variables).collect();
    let place = |list: &str, k: usize, id: u64| {
        places.get(&id).copied().ok_or_else(|| Error::Invalid {
            what: format!("the id of entry {k} of {list}"),
            value: id.to_string(),
            expected: "it is not among the variable_ids".into(),
        })
    };
    let twice = |list: &str, k: usize, value: String| Error::Invalid {
        what: format!("entry {k} of {list}"),
        value,
        expected: "an entry before has the same; keep one".into(),
    };
    let mut linear = vec![0.0; ids.len()];
    let mut seen = HashSet::new();
    for (k, term) in document.linear_terms.iter().enumerate() {
        let i = place("linear_terms", k, term.id)?;
        if !seen.insert(i) {
            return Err(twice("linear_terms", k, format!("of the id {}", term.id)));
        }
        linear[i] = scale * term.coeff;
    }
    let (mut pairs, mut seen) = (Vec::new(), HashSet::new());
    for (k, term) in document.quadratic_terms.iter().enumerate() {
        let i = place("quadratic_terms", k, term.id_tail)?;
        let j = place("quadratic_terms", k, term.id_head)?;
        if i == j {
            return Err(Error::Invalid {
                what: format!("entry {k} of quadratic_terms"),
                value: format!("of the id {} twice", term.id_tail),
                expected: "it must join two different variables".into(),
            });
        }
        // The value is a sum, so that (i, j) and (j, i) add up; one pair twice is no valid file.
        if !seen.insert((i, j)) {
            let value = format!("of the ids ({}, {})", term.id_tail, term.id_head);
            return Err(twice("quadratic_terms", k, value));
        }
        pairs.push((i, j, scale * term.coeff));
    }
    let offset = scale * document.offset;
    match document.variable_domain.as_str() {
        "spin" => Ising::try_new(linear, pairs, offset).map(Model::Spins),
        "boolean" => Qubo::try_new(linear, pairs, offset).map(Model::Bits),
        other => {
            let value = format!("of the variable_domain `{}`", other.escape_debug());
            Err(refused(value, "`spin` and `boolean` are read"))
        }
    }
}

fn write(domain: &str, linear: &[f64], pairs: &[(usize, usize, f64)], offset: f64) -> String {
    // The sign of a zero is kept too.
    let terms = linear.iter().enumerate().filter(|(_, a)| a.to_bits() != 0);
    let document = Document {
        version: VERSION.into(),
        id: 0,
        variable_ids: (0..linear.len() as u64).collect(),
        variable_domain: domain.into(),
        scale: 1.0,
        offset,
        linear_terms: terms.map(|(i, &coeff)| Linear { id: i as u64, coeff }).collect(),
        quadratic_terms: pairs
            .iter()
            .map(|&(i, j, coeff)| Pair { id_tail: i as u64, id_head: j as u64, coeff })
            .collect(),
        metadata: BTreeMap::new(),
    };
    // Numbers, lists and strings always have a JSON form; all numbers are finite.
    let mut text = serde_json::to_string(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::same_bits;
    use crate::math::Bits;

    // Energies by `_evaluate` of the bqpjson package 0.5.3, in the order of the configurations with
    // variable 1 fastest, 3, then 5; first with x = 0 or s = -1.
    const TERMS: &str = r#""scale": 2.7, "offset": 1.23, "variable_ids": [1, 3, 5],
        "linear_terms": [{"id": 1, "coeff": 1.3}, {"id": 5, "coeff": -0.7}],
        "quadratic_terms": [{"id_tail": 1, "id_head": 3, "coeff": -0.2},
                            {"id_tail": 1, "id_head": 5, "coeff": 1.5}],
        "metadata": {"generated": "by hand"}, "description": "simple", "id": 0,
        "solutions": [{"id": 0, "assignment": [], "evaluation": -123.0}]"#;
    const SPIN: [f64; 8] = [5.211, 5.211, 6.291, 4.131, -6.669, 9.531, -5.589, 8.451];
    const BOOLEAN: [f64; 8] = [3.321, 6.831, 3.321, 6.291, 1.431, 8.991, 1.431, 8.451];

    fn document(domain: &str, terms: &str) -> String {
        format!(r#"{{"version": "1.0.0", "variable_domain": "{domain}", {terms}}}"#)
    }

    #[test]
    fn has_the_energies_of_its_own_package() {
        let model = Ising::from_bqpjson(&document("spin", TERMS)).unwrap();
        let qubo = Qubo::from_bqpjson(&document("boolean", TERMS)).unwrap();
        for k in 0..8 {
            let high = Bits::from_u64(k, 3);
            // Its s = +1 is our bit 0.
            let spin = model.energy(&Bits::from_u64(!k & 7, 3));
            assert!((spin - SPIN[k as usize]).abs() < 1e-12, "{k}: {spin}");
            let boolean = qubo.energy(&high);
            assert!((boolean - BOOLEAN[k as usize]).abs() < 1e-12, "{k}: {boolean}");
        }
        // (j, i) adds to (i, j), as its package evaluates it.
        let both = TERMS.replace(
            r#"{"id_tail": 1, "id_head": 5, "coeff": 1.5}"#,
            r#"{"id_tail": 1, "id_head": 5, "coeff": 1.0},
               {"id_tail": 5, "id_head": 1, "coeff": 0.5}"#,
        );
        let both = Ising::from_bqpjson(&document("spin", &both)).unwrap();
        assert!((both.couplings()[1].2 - 2.7 * 1.5).abs() < 1e-12);
    }

    #[test]
    fn has_this_form() {
        let model = Ising::new(vec![0.5, 0.0, -0.0], [(0, 1, -1.0)], 0.1);
        let text = model.to_bqpjson();
        let expected = r#"{"version":"1.0.0","id":0,"variable_ids":[0,1,2],"variable_domain":"spin","scale":1.0,"offset":0.1,"linear_terms":[{"id":0,"coeff":0.5},{"id":2,"coeff":-0.0}],"quadratic_terms":[{"id_tail":0,"id_head":1,"coeff":-1.0}],"metadata":{}}"#;
        assert_eq!(text.trim(), expected);
        assert!(same_bits(&Ising::from_bqpjson(&text).unwrap(), &model));
    }

    #[test]
    fn refuses_with_a_reason() {
        for (from, to, says) in [
            ("1.0.0", "0.1.0", "versions 1.0.x are read"),
            ("1.0.0", "2.0.0", "of version `2.0.0`"),
            ("\"scale\": 2.7", "\"scale\": -2.7", "sign into the coefficients"),
            ("\"scale\": 2.7", "\"scale\": 1e999", "out of range"),
            ("\"scale\": 2.7", "\"scale\": 1e308", "must be a finite number"),
            ("\"scale\": 2.7,", "", "missing field `scale`"),
            ("[1, 3, 5]", "[1, 3, 1]", "label 0 is the same"),
            ("[1, 3, 5]", "[1, 3]", "entry 1 of linear_terms is 5; it is not among"),
            ("[1, 3, 5]", "[1, 3, -5]", "-5"),
            ("\"id\": 5, \"coeff\": -0.7", "\"id\": 1, \"coeff\": -70", "an entry before"),
            ("\"id_head\": 5", "\"id_head\": 1", "two different variables"),
            ("\"id_head\": 5", "\"id_head\": 3", "ids (1, 3)"),
            ("spin", "boolean", "spins are expected"),
            ("spin", "integer", "`spin` and `boolean` are read"),
        ] {
            let text = document("spin", TERMS).replace(from, to);
            let text = text.replace("1.3", if to.contains("e308") { "1e10" } else { "1.3" });
            let error = Ising::from_bqpjson(&text).unwrap_err().to_string();
            assert!(error.contains(says), "{to}: {error}");
        }
        assert!(Qubo::from_bqpjson(&document("spin", TERMS)).is_err());
    }
}
