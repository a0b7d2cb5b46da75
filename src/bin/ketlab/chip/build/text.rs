//! What `ketlab chip build` prints.

use crate::chip::collisions::list;
use crate::table::aligned_table;
use crate::text::plural;
use ketlab::device::{BuiltChip, ChipPlan, median};
use std::io::Write;

pub fn print(out: &mut impl Write, plan: &ChipPlan, built: &BuiltChip) -> std::io::Result<()> {
    let lattice = built.design.lattice();
    let made = match &plan.scatter {
        None => "as designed".into(),
        Some(scatter) => format!(
            "chip {} of seed {}, scattered by {} MHz",
            scatter.chip, scatter.seed, scatter.sigma_mhz
        ),
    };
    writeln!(
        out,
        "{}: {}, {} on {}, {made}; {}",
        plan.name,
        plural(lattice.num_qubits(), "qubit"),
        plural(lattice.couplings().len(), "coupling"),
        lattice.name(),
        built.design.name()
    )?;
    let rules = &plan.rules;
    match built.collisions.len() {
        0 => writeln!(out, "no collisions by {rules}")?,
        n => writeln!(out, "{} by {rules}:", plural(n, "collision"))?,
    }
    list(out, &built.collisions)?;
    let qubits = &built.qubits;
    let rows = vec![
        row("frequency", "GHz", 4, qubits.iter().map(|q| q.frequency_ghz)),
        row("T1", "us", 1, qubits.iter().map(|q| q.coherence.t1_us)),
        row("T2", "us", 1, qubits.iter().map(|q| q.coherence.t2_us)),
        row("readout", "ns", 0, qubits.iter().map(|q| q.measurement.time_ns)),
        row("readout error", "", 5, qubits.iter().map(|q| 1.0 - q.measurement.assignment_fidelity)),
        row("sx, x error", "", 6, errors(built, "sx")),
        row("cx", "ns", 0, pairs(built, |gate| gate.duration_ns)),
        row("cx error", "", 5, pairs(built, |gate| gate.error)),
        row("  of it ZZ", "", 5, gates(built, |gate| gate.errors.zz)),
        row("  leakage, flips", "", 5, gates(built, |gate| gate.errors.leakage + gate.errors.flip)),
        row("static ZZ", "kHz", 2, zz(built)),
    ];
    let rows = rows.into_iter().flatten().collect();
    writeln!(out, "\n{}", aligned_table(&["", "unit", "median", "least", "most"], rows, 2..5))?;
    let without =
        built.pairs.iter().filter(|p| built.device.gate("cx", &[p.control, p.target]).is_none());
    match without.count() {
        0 => Ok(()),
        n => writeln!(out, "{} of {} have no gate", n, plural(built.pairs.len(), "coupling")),
    }
}

fn errors<'b>(built: &'b BuiltChip, name: &'b str) -> impl Iterator<Item = f64> + 'b {
    built.device.gates.iter().filter(move |g| g.name == name).filter_map(|g| g.error)
}

/// Of the gates from control to target.
fn pairs<'b>(
    built: &'b BuiltChip,
    what: impl Fn(&ketlab::device::GateCalibration) -> Option<f64> + 'b,
) -> impl Iterator<Item = f64> + 'b {
    built.pairs.iter().filter_map(move |p| what(built.device.gate("cx", &[p.control, p.target])?))
}

/// Of the gates by cross resonance.
fn gates<'b>(
    built: &'b BuiltChip,
    what: impl Fn(&ketlab::chip::CrossResonanceGate) -> f64 + 'b,
) -> impl Iterator<Item = f64> + 'b {
    built.pairs.iter().filter_map(move |pair| pair.gate.as_ref().ok().map(&what))
}

fn zz(built: &BuiltChip) -> impl Iterator<Item = f64> + '_ {
    built.device.couplings.iter().filter_map(|c| c.zz_khz)
}

/// Median, least, most; none of nothing.
fn row(
    what: &str,
    unit: &str,
    digits: usize,
    values: impl Iterator<Item = f64>,
) -> Option<Vec<String>> {
    let all: Vec<f64> = values.collect();
    let middle = median(all.iter().copied())?;
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shown = |x: f64| format!("{x:.digits$}");
    Some(vec![what.into(), unit.into(), shown(middle), shown(least), shown(most)])
}
