//! Collisions of frequencies in documents and lists.

use ketlab::chip::{Collision, CollisionType, frequency_text};
use serde::Serialize;
use std::io::Write;

/// Collisions that are listed.
const MOST: usize = 8;

/// One in documents.
#[derive(Serialize)]
pub struct CollisionShown {
    #[serde(rename = "type")]
    of: usize,
    qubits: Vec<usize>,
    distance_mhz: f64,
    excess_mhz: f64,
}

impl From<&Collision> for CollisionShown {
    fn from(collision: &Collision) -> Self {
        CollisionShown {
            of: collision.of.number(),
            qubits: collision.qubits.clone(),
            distance_mhz: collision.distance_mhz,
            excess_mhz: collision.excess_mhz,
        }
    }
}

/// One a line.
pub fn list(out: &mut impl Write, collisions: &[Collision]) -> std::io::Result<()> {
    for collision in collisions.iter().take(MOST) {
        let how =
            if collision.of == CollisionType::OutsideStraddling { "outside" } else { "too near" };
        writeln!(
            out,
            "  {}, qubits {}: {} ({} {how})",
            collision.of,
            joined(&collision.qubits),
            collision.of.description(),
            frequency_text(1e-3 * collision.excess_mhz)
        )?;
    }
    if collisions.len() > MOST {
        writeln!(out, "  … {} more; `--json` lists all", collisions.len() - MOST)?;
    }
    Ok(())
}

/// `0-1-4`.
pub fn joined(qubits: &[usize]) -> String {
    qubits.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}
