//! What `ketlab chip readout` prints.

use super::found::Found;
use crate::table::{aligned_table, table};
use crate::text::{digits, number};
use anyhow::Result;
use ketlab::chip::{Assignment, frequency_text};
use std::io::Write;

/// Rows of the table of times, about.
const ROWS: usize = 10;

pub fn print(out: &mut impl Write, found: &Found) -> Result<()> {
    let Found { design, readout, .. } = found;
    let shifts = &readout.dispersive;
    let mhz = |value: f64| frequency_text(1e-3 * value);
    let line = |what: &str, value: String, note: String| vec![what.into(), value, note];
    let mut rows =
        vec![line("chi", mhz(shifts.chi_mhz), "by formula; the resonator moves by 2 chi".into())];
    if let Some(exact) = found.exact {
        let note = format!("and {} with the whole coupling", mhz(exact.whole_mhz));
        rows.push(line("chi, exact", mhz(exact.rotating_wave_mhz), note));
    }
    let decay = match readout.t1_us {
        Some(t1) => format!("{} us", digits(t1)),
        None => "none".into(),
    };
    rows.extend([
        line(
            "resonator",
            format!("{:.6} GHz", shifts.resonator_ghz),
            "the middle of its two frequencies".into(),
        ),
        line("Lamb shift", mhz(shifts.lamb_shift_mhz), "of the qubit".into()),
        line(
            "critical photons",
            format!(
                "{}, {}",
                digits(shifts.critical_photons),
                digits(shifts.critical_photons_of_one)
            ),
            format!(
                "with the qubit in 0, 1; {} are in the resonator, at most {} while it fills",
                digits(readout.photons),
                digits(readout.states.peak_photons())
            ),
        ),
        line(
            "Purcell T1",
            format!("{} us", digits(shifts.purcell_t1_us)),
            if design.purcell { "counts".into() } else { "does not count here".into() },
        ),
        line("T1", decay, "during the measurement".into()),
    ]);
    writeln!(
        out,
        "qubit {}, anharmonicity {}, resonator {}, g {}, kappa {}, efficiency {}",
        frequency_text(design.qubit_ghz),
        frequency_text(design.anharmonicity_ghz),
        frequency_text(design.resonator_ghz),
        mhz(design.g_mhz),
        mhz(design.kappa_mhz),
        number(design.efficiency)
    )?;
    writeln!(out, "\n{}", aligned_table(&["", "", ""], rows, 1..2))?;
    let every = found.curve.len().div_ceil(ROWS).max(1);
    let mut shown: Vec<(&Assignment, &str)> =
        found.curve.iter().skip(every - 1).step_by(every).map(|at| (at, "")).collect();
    shown.extend(found.at_time.iter().map(|at| (at, " ← --time")));
    shown.extend(found.best.iter().map(|at| (at, " ← best")));
    shown.sort_by(|a, b| a.0.time_ns.total_cmp(&b.0.time_ns));
    let row = |(at, mark): (&Assignment, &str)| {
        vec![
            format!("{:.1}", at.time_ns),
            format!("{:.3}", at.snr),
            format!("{:.3e}", at.p1_given_0),
            format!("{:.3e}", at.p0_given_1),
            format!("{:.6}{mark}", at.assignment_fidelity),
        ]
    };
    let heading = ["time (ns)", "SNR", "P(1|0)", "P(0|1)", "fidelity"];
    writeln!(out, "\n{}", table(&heading, shown.into_iter().map(row).collect()))?;
    match (&found.best, &found.best_kappa) {
        (Some(best), Some((kappa, other))) => writeln!(
            out,
            "\nbest: {:.1} ns, fidelity {:.6}; with as many photons at most kappa {} would be best ({} of 2 chi): {:.1} ns, \
             {:.6}",
            best.time_ns,
            best.assignment_fidelity,
            mhz(*kappa),
            digits(kappa / (2.0 * shifts.chi_mhz.abs())),
            other.time_ns,
            other.assignment_fidelity
        )?,
        _ => writeln!(out, "\nnothing decays: a longer measurement is always better")?,
    }
    Ok(())
}
