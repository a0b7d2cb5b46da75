//! What `ketlab chip transmon` prints for people.

use super::answer::Answer;
use crate::table::{aligned_table, table};
use ketlab::chip::frequency_text;
use std::io::{Result, Write};

/// Levels of which matrix elements are shown; `--json` has all.
const ELEMENTS: usize = 4;

pub fn print(answer: &Answer, out: &mut impl Write) -> Result<()> {
    let (ej, ec) = (frequency_text(answer.ej_ghz), frequency_text(answer.ec_ghz));
    writeln!(
        out,
        "transmon with EJ {ej}, EC {ec} (EJ/EC {:.4}), offset charge {}",
        answer.ej_over_ec, answer.offset_charge
    )?;
    if let Some(of_loop) = &answer.of_loop {
        writeln!(
            out,
            "  two junctions of together {} with asymmetry {} at {} flux quanta",
            frequency_text(of_loop.ej_sum_ghz),
            of_loop.asymmetry,
            of_loop.flux
        )?;
    }
    writeln!(out, "  f01            {:.9} GHz", answer.frequency_ghz)?;
    writeln!(out, "  anharmonicity  {:.6} MHz", 1e3 * answer.anharmonicity_ghz)?;
    if let Some(of_loop) = &answer.of_loop {
        match of_loop.frequency_slope_ghz {
            Some(slope) => writeln!(out, "  ∂f01/∂flux     {slope:.6} GHz per flux quantum")?,
            None => writeln!(out, "  ∂f01/∂flux     none: a cusp")?,
        }
        for spot in &of_loop.sweet_spots {
            writeln!(
                out,
                "  sweet spot     {} flux quanta: {:.6} GHz, curvature {:.4} GHz",
                spot.flux, spot.frequency_ghz, spot.curvature_ghz
            )?;
        }
    }
    levels(answer, out)?;
    formulas(answer, out)?;
    elements(answer, out)?;
    coherence(answer, out)
}

fn levels(answer: &Answer, out: &mut impl Write) -> Result<()> {
    writeln!(out)?;
    let row = |(m, level): (usize, &f64)| {
        let from_below = match m {
            0 => String::new(),
            _ => format!("{:.9}", level - answer.levels_ghz[m - 1]),
        };
        let dispersion = answer.charge_dispersion_ghz.get(m).map(|&ghz| frequency_text(ghz));
        vec![m.to_string(), format!("{level:.9}"), from_below, dispersion.unwrap_or_default()]
    };
    let rows = answer.levels_ghz.iter().enumerate().map(row).collect();
    let heading = ["level", "GHz", "from the last one", "charge dispersion"];
    writeln!(out, "{}", table(&heading, rows))
}

fn formulas(answer: &Answer, out: &mut impl Write) -> Result<()> {
    let Some(formulas) = &answer.formulas else { return Ok(()) };
    writeln!(out, "\nformulas for EJ ≫ EC beside the exact numbers")?;
    let (f, alpha) = (&formulas.frequency_ghz, &formulas.anharmonicity_ghz);
    let mhz = |ghz: f64| format!("{:.6} MHz", 1e3 * ghz);
    let row = |name: &str, exact: String, first: String, series: String| {
        vec![name.to_string(), exact, first, series]
    };
    let mut rows = vec![
        row("f01", mhz(answer.frequency_ghz), mhz(f.first_order), mhz(f.series)),
        row(
            "anharmonicity",
            mhz(answer.anharmonicity_ghz),
            mhz(alpha.first_order),
            mhz(alpha.series),
        ),
    ];
    for (m, (exact, formula)) in
        answer.charge_dispersion_ghz.iter().zip(&formulas.charge_dispersion_ghz).enumerate()
    {
        let name = format!("dispersion of level {m}");
        rows.push(row(&name, frequency_text(*exact), frequency_text(*formula), String::new()));
    }
    let exact = answer.charge_matrix[0][1];
    let first = format!("{:.6}", formulas.charge_elements[0]);
    rows.push(row("<0|n|1>", format!("{exact:.6}"), first, String::new()));
    writeln!(out, "{}", table(&["", "exact", "first order", "series"], rows))
}

fn elements(answer: &Answer, out: &mut impl Write) -> Result<()> {
    let shown = answer.levels_ghz.len().min(ELEMENTS);
    writeln!(out, "\nmatrix elements of the charge, <i|n|j> in Cooper pairs")?;
    let names: Vec<String> = (0..shown).map(|j| j.to_string()).collect();
    let heading: Vec<&str> = std::iter::once("").chain(names.iter().map(String::as_str)).collect();
    let cell = |x: &f64| if x.abs() < 1e-12 { "0".into() } else { format!("{x:.6}") };
    let row = |i: usize| {
        let cells = answer.charge_matrix[i][..shown].iter().map(cell);
        std::iter::once(i.to_string()).chain(cells).collect()
    };
    writeln!(out, "{}", table(&heading, (0..shown).map(row).collect()))
}

fn coherence(answer: &Answer, out: &mut impl Write) -> Result<()> {
    let Some(coherence) = &answer.coherence else { return Ok(()) };
    writeln!(out, "\ncoherence at {} mK", coherence.temperature_mk)?;
    let mut rows: Vec<Vec<String>> = coherence
        .contributions
        .iter()
        .map(|cause| vec![cause.name.into(), cause.kind.into(), time_text(cause.time_us)])
        .collect();
    for (name, of, time) in [
        ("T1", "all relaxation", coherence.t1_us),
        ("Tφ", "all dephasing", coherence.t_phi_us),
        ("T2", "1/T2 = 1/(2 T1) + 1/Tφ", coherence.t2_us),
    ] {
        rows.push(vec![name.into(), of.into(), time_text(time)]);
    }
    writeln!(out, "{}", aligned_table(&["cause", "takes", "time"], rows, 2..3))?;
    writeln!(out, "  excited population {:.3e}", coherence.excited_population)
}

/// A time with the unit that suits.
fn time_text(us: f64) -> String {
    match us {
        us if us.is_infinite() => "∞".into(),
        us if us >= 1e6 => format!("{:.4} s", 1e-6 * us),
        us if us >= 1e3 => format!("{:.4} ms", 1e-3 * us),
        us if us >= 1.0 => format!("{us:.4} µs"),
        us => format!("{:.4} ns", 1e3 * us),
    }
}
