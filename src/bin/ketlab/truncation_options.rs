//! What Pauli propagation leaves out.

use crate::options::{MANY, count};
use anyhow::{Context, Result, bail};
use ketlab::Error;
use ketlab::pauli::PauliString;
use ketlab::propagation::Truncation;

/// The heading of the help.
const PROPAGATION: &str = "Pauli propagation";

/// Which strings are left out.
#[derive(clap::Args, Clone)]
pub struct TruncationOptions {
    /// With --method pauli: leave out strings whose coefficients are smaller than this, after every
    /// rotation
    #[arg(help_heading = PROPAGATION, long, value_name = "X", value_parser = coefficient, allow_hyphen_values = true)]
    min_coefficient: Option<f64>,
    /// With --method pauli: leave out strings with more letters than this. It is looked at where a
    /// layer ends: before a rotation about another letter than the one about which this layer rotated
    /// the qubit, or with an entangling gate in between; so once a step of a kicked Ising model, when
    /// all its rotations are done
    #[arg(help_heading = PROPAGATION, long, value_name = "W", value_parser = count::<usize>(0..=MANY))]
    max_weight: Option<usize>,
    /// With --method pauli: keep at most this many strings, those with the largest coefficients; it is
    /// looked at after rotations that are done together, after operations that take a string to
    /// several, and where weights are
    #[arg(help_heading = PROPAGATION, long, value_name = "N", value_parser = count::<usize>(1..=MANY))]
    max_terms: Option<usize>,
    /// With --method pauli: never leave out this string, like "Z62"; may be given several times
    #[arg(help_heading = PROPAGATION, long, value_name = "STRING")]
    protect: Vec<String>,
}

fn coefficient(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        Ok(_) => Err("a least coefficient is finite and not negative, like 1e-5".into()),
        Err(_) => Err("write a number, like 1e-5".into()),
    }
}

impl TruncationOptions {
    /// A flag that is given.
    fn flag(&self) -> Option<&'static str> {
        let given = [
            (self.min_coefficient.is_some(), "--min-coefficient"),
            (self.max_weight.is_some(), "--max-weight"),
            (self.max_terms.is_some(), "--max-terms"),
            (!self.protect.is_empty(), "--protect"),
        ];
        given.iter().find(|flag| flag.0).map(|flag| flag.1)
    }

    /// Refuses the flags where another method is taken.
    ///
    /// # Errors
    /// If one is given.
    pub fn refuse(&self) -> Result<()> {
        if let Some(flag) = self.flag() {
            bail!(
                "{flag} is for Pauli propagation, which is never truncated by itself: give \
                 `--method pauli` with it, or leave it out"
            );
        }
        Ok(())
    }

    /// What they say, for a circuit of so many qubits.
    ///
    /// # Errors
    /// If a protected string is none, or on a qubit that the circuit does not have.
    pub fn truncation(&self, num_qubits: usize) -> Result<Truncation> {
        let protected = self.protect.iter().map(|text| {
            let context = || format!("--protect \"{text}\"");
            let string: PauliString = text.parse().with_context(context)?;
            if string.num_qubits() > num_qubits {
                let error = Error::QubitOutOfRange { qubit: string.num_qubits() - 1, num_qubits };
                return Err(error).with_context(context);
            }
            Ok(string)
        });
        Ok(Truncation {
            min_coefficient: self.min_coefficient.unwrap_or(0.0),
            max_weight: self.max_weight,
            max_terms: self.max_terms,
            protected: protected.collect::<Result<_>>()?,
        })
    }
}

/// What is left out, in words.
pub fn in_words(truncation: &Truncation) -> String {
    let mut words = Vec::new();
    if truncation.min_coefficient > 0.0 {
        words.push(format!("coefficients below {:e}", truncation.min_coefficient));
    }
    if let Some(weight) = truncation.max_weight {
        words.push(format!("strings of more than {weight} letters"));
    }
    if let Some(terms) = truncation.max_terms {
        words.push(format!("all but the {terms} largest strings"));
    }
    if words.is_empty() {
        return "nothing is left out".into();
    }
    let protected: Vec<String> = truncation.protected.iter().map(|s| s.to_string()).collect();
    let but = match &protected[..] {
        [] => String::new(),
        strings => format!("; kept whatever comes: {}", strings.join(", ")),
    };
    format!("left out: {}{but}", words.join(", "))
}
