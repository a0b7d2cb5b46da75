//! What `ketlab device` prints.

use super::document::Covered;
use crate::device_options::{Loaded, What, by_kind};
use crate::table::{aligned_table, table};
use crate::text::plural;
use anyhow::Result;
use ketlab::device::{BUNDLED, Device, Finding, NoiseModel, median};
use std::collections::BTreeMap;
use std::io::Write;

/// Places of a kind of finding that are shown.
const PLACES: usize = 6;

pub fn list(out: &mut impl Write) -> Result<()> {
    let mut rows = Vec::new();
    for name in BUNDLED {
        let device = Device::named(name)?;
        let gates: Vec<String> = by_name(&device).into_keys().map(Into::into).collect();
        let count = |n: usize| n.to_string();
        rows.push(vec![
            (*name).into(),
            count(device.num_qubits()),
            count(device.couplings.len()),
            gates.join(", "),
        ]);
    }
    writeln!(out, "{}", aligned_table(&["device", "qubits", "couplings", "gates"], rows, 1..3))?;
    writeln!(
        out,
        "\nAll of them are invented: their numbers are drawn at random about plausible values, and no real \
         machine is meant."
    )?;
    Ok(())
}

fn by_name(device: &Device) -> BTreeMap<&str, Vec<&ketlab::device::GateCalibration>> {
    let mut found = BTreeMap::<&str, Vec<_>>::new();
    device.gates.iter().for_each(|gate| found.entry(&gate.name).or_default().push(gate));
    found
}

/// A number with as many digits as say something.
fn number(x: f64) -> String {
    match x {
        _ if x == 0.0 || !x.is_finite() => x.to_string(),
        _ if (1e-2..1e5).contains(&x.abs()) => {
            let digits = (3 - x.abs().log10().floor() as i32).max(0) as usize;
            let text = format!("{x:.digits$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').into()
            } else {
                text
            }
        }
        _ => format!("{x:.3e}"),
    }
}

/// Median, least, largest of what is said, and of how many.
fn spread(values: impl Iterator<Item = Option<f64>>) -> Option<[String; 4]> {
    let said: Vec<f64> = values.flatten().collect();
    let middle = median(said.iter().copied())?;
    let least = said.iter().copied().fold(f64::INFINITY, f64::min);
    let most = said.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some([number(middle), number(least), number(most), said.len().to_string()])
}

pub fn print(
    out: &mut impl Write,
    loaded: &Loaded,
    model: &NoiseModel,
    coverage: Option<&Covered>,
) -> Result<()> {
    match &loaded.what {
        What::Model(_) => {
            writeln!(
                out,
                "{}: {}, {}",
                loaded.name,
                loaded.source,
                plural(model.rules().len(), "rule")
            )?;
        }
        What::Device { device, findings } => print_device(out, loaded, device, findings)?,
    }
    if let Some(coverage) = coverage {
        writeln!(out, "\ncircuit: {}", coverage.text)?;
    }
    Ok(())
}

fn print_device(
    out: &mut impl Write,
    loaded: &Loaded,
    device: &Device,
    findings: &[Finding],
) -> Result<()> {
    writeln!(
        out,
        "{}: {}, {}, from {}",
        loaded.name,
        plural(device.num_qubits(), "qubit"),
        plural(device.couplings.len(), "coupling"),
        if loaded.source == "bundled" {
            "ketlab, which invented it: no real machine"
        } else {
            loaded.source
        },
    )?;
    let q = &device.qubits;
    let rows = [
        ("frequency (GHz)", spread(q.iter().map(|q| q.frequency_ghz))),
        ("anharmonicity (GHz)", spread(q.iter().map(|q| q.anharmonicity_ghz))),
        ("T1 (us)", spread(q.iter().map(|q| q.t1_us))),
        ("T2 (us)", spread(q.iter().map(|q| q.t2_us))),
        ("excited population", spread(q.iter().map(|q| q.excited_population))),
        ("P(1|0)", spread(q.iter().map(|q| q.readout.map(|r| r.p1_given_0)))),
        ("P(0|1)", spread(q.iter().map(|q| q.readout.map(|r| r.p0_given_1)))),
        ("readout (ns)", spread(q.iter().map(|q| q.readout_duration_ns))),
        ("reset (ns)", spread(q.iter().map(|q| q.reset_duration_ns))),
        ("ZZ of couplings (kHz)", spread(device.couplings.iter().map(|c| c.zz_khz))),
    ];
    let rows = rows.into_iter().filter_map(|(name, values)| {
        Some([name.to_string()].into_iter().chain(values?).collect::<Vec<String>>())
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if !rows.is_empty() {
        let heading = ["", "median", "least", "most", "said of"];
        writeln!(out, "\n{}", aligned_table(&heading, rows, 1..5))?;
    }
    let mut rows = Vec::new();
    for (name, records) in by_name(device) {
        let errors = spread(records.iter().map(|g| g.error));
        let dash = || "-".to_string();
        let [middle, least, most, _] = errors.unwrap_or_else(|| std::array::from_fn(|_| dash()));
        let time = median(records.iter().filter_map(|g| g.duration_ns));
        let time = time.map_or_else(dash, number);
        rows.push(vec![name.into(), records.len().to_string(), middle, least, most, time]);
    }
    if !rows.is_empty() {
        let heading = ["gate", "places", "median error", "least", "most", "median time (ns)"];
        writeln!(out, "\n{}", aligned_table(&heading, rows, 1..6))?;
    }
    if findings.is_empty() {
        writeln!(out, "\nnothing odd")?;
        return Ok(());
    }
    let mut rows = Vec::new();
    for (kind, count) in by_kind(findings) {
        let of_kind = findings.iter().filter(|f| f.what == kind);
        let mut places: Vec<String> = of_kind.take(PLACES).map(place).collect();
        if count > PLACES {
            places.push(format!("and {} more", count - PLACES));
        }
        rows.push(vec![kind.words().into(), count.to_string(), places.join(", ")]);
    }
    writeln!(out, "\n{}", table(&["finding", "count", "where"], rows))?;
    Ok(())
}

/// `qubit 3 (250 us; used 200 us)`.
fn place(finding: &Finding) -> String {
    let with_unit = |x: f64| format!("{} {}", number(x), finding.unit()).trim_end().to_string();
    match (finding.value, finding.used) {
        (Some(value), Some(used)) if value != used => {
            format!("{} ({}; used {})", finding.place(), with_unit(value), with_unit(used))
        }
        (Some(value), _) => format!("{} ({})", finding.place(), with_unit(value)),
        _ => finding.place(),
    }
}
