//! What `ketlab chip cross-resonance` prints.

use crate::table::{aligned_table, table};
use anyhow::Result;
use ketlab::chip::{CrossResonanceDesign, CrossResonanceGate, Lifetimes, Schedule, frequency_text};
use std::io::Write;

pub fn print(
    out: &mut impl Write,
    design: &CrossResonanceDesign,
    gate: &CrossResonanceGate,
) -> Result<()> {
    let mhz = |value: f64| frequency_text(1e-3 * value);
    let pair = &design.pair;
    writeln!(
        out,
        "control {}, target {}, detuning {}, J {}",
        frequency_text(pair.control.frequency_ghz()),
        frequency_text(pair.target.frequency_ghz()),
        mhz(gate.detuning_mhz),
        mhz(pair.j_mhz)
    )?;
    let schedule = match design.schedule {
        Schedule::Direct => "one pulse".into(),
        Schedule::Echoed { pulse_ns } => format!("an echo with pulses of {pulse_ns} ns"),
    };
    writeln!(
        out,
        "ZX90 in {:.1} ns by {schedule}: {:.1} ns of rotation, the rest flanks{}",
        gate.gate_time_ns,
        gate.rotation_ns,
        if design.schedule == Schedule::Direct { "" } else { " and pulses of the echo" }
    )?;
    let largest = &gate.largest_zx;
    writeln!(
        out,
        "drive {} at {:.6} GHz, where IZ is none; of drives up to {} the largest ZX is {} (drive {})",
        mhz(gate.drive_mhz),
        gate.effective.calibrated_drive_ghz(),
        mhz(largest.up_to_mhz),
        mhz(largest.zx_mhz),
        mhz(largest.drive_mhz)
    )?;
    let e = &gate.effective;
    let six = |value: f64| format!("{value:.6}");
    let row = |term: &str, exact: f64, of: Option<fn(&ketlab::chip::ZxIx) -> f64>| {
        let formula = |order| of.map_or(String::new(), |of| six(of(order)));
        vec![
            term.into(),
            six(exact),
            formula(&gate.linear_in_j),
            formula(&gate.third_order),
            formula(&gate.first_order),
        ]
    };
    let rows = vec![
        row("ZX", e.zx_mhz, Some(|o| o.zx_mhz)),
        row("IX", e.ix_mhz, Some(|o| o.ix_mhz)),
        row("ZZ", e.zz_mhz, None),
        row("IZ", e.iz_mhz, None),
        row("ZI", e.zi_mhz, None),
    ];
    let heading = ["MHz of P/2", "exact", "linear in J", "third order", "first order"];
    writeln!(out, "\n{}", table(&heading, rows))?;
    writeln!(
        out,
        "\nstatic ZZ {} (formula {})",
        frequency_text(1e-6 * gate.static_zz.exact_khz),
        frequency_text(1e-6 * gate.static_zz.formula_khz)
    )?;
    let part = |what: &str, value: f64| vec![what.into(), format!("{value:.3e}")];
    let errors = &gate.errors;
    let rows = vec![
        part("relaxation", errors.relaxation),
        part("ZZ", errors.zz),
        part("leakage", errors.leakage),
        part("control turned over", errors.flip),
        part("total", errors.total),
    ];
    writeln!(out, "\n{}", aligned_table(&["infidelity", ""], rows, 1..2))?;
    let lasts = |of: &Lifetimes| of.t1_us.is_none() && of.t2_us.is_none();
    match (lasts(&design.control), lasts(&design.target)) {
        (true, true) => writeln!(out, "  (without relaxation: no --t1 and --t2)")?,
        (true, false) => writeln!(out, "  (without relaxation of the control: no --t1 and --t2)")?,
        (false, true) => {
            writeln!(out, "  (without relaxation of the target: no --target-t1 and --target-t2)")?;
        }
        (false, false) => {}
    }
    Ok(())
}
