//! The answer for people.

use super::answer::{Answer, WANTED};
use super::args::Args;
use super::values::Against;
use crate::chip::collisions::{joined, list};
use crate::table::aligned_table;
use crate::text::{percent, plural};
use ketlab::chip::{CheckCount, Collision, TypeCount, frequency_text};
use std::io::Write;

/// Frequencies, collisions and couplings that are listed.
const MOST: usize = 8;

pub fn print(out: &mut impl Write, args: &Args, answer: &Answer) -> std::io::Result<()> {
    let Answer { setup, case, found, .. } = answer;
    let (lattice, plan) = (&setup.lattice, &setup.plan);
    writeln!(
        out,
        "{}: {}, {}; {}",
        lattice.name(),
        plural(lattice.num_qubits(), "qubit"),
        plural(lattice.couplings().len(), "coupling"),
        frequencies(answer)
    )?;
    let spread = match args.sigma_r {
        Some(relative) => {
            let all = case.spreads_ghz();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            format!("{} of resistances, about {}", percent(relative), frequency_text(mean))
        }
        None => frequency_text(args.sigma()),
    };
    let alpha = match case.anharmonicity_spread_ghz() {
        0.0 => String::new(),
        sigma => format!(", of anharmonicities {}", frequency_text(sigma)),
    };
    writeln!(
        out,
        "rules {}; spread {spread}{alpha}; {}, seed {}",
        case.rules(),
        plural(found.chips as usize, "chip"),
        args.seed.value()
    )?;
    design(out, plan.name(), &answer.design_collisions)?;
    let (low, high) = found.interval;
    writeln!(out, "\nyield               {:.5}  [{low:.5}, {high:.5}] at 95 %", found.value)?;
    if let Some(product) = answer.product {
        writeln!(out, "product of marginals {product:.5}  (an estimate: collisions share qubits)")?;
    }
    if found.good == 0 {
        writeln!(
            out,
            "no chip was good: the yield is at most {high:.2e}; more --chips bound it further"
        )?;
    }
    types(out, &found.by_type, found.chips)?;
    worst(out, answer)?;
    needed(out, answer)?;
    for curve in &answer.curves {
        let (Against::Spacing, Some(best)) = (curve.against, curve.best()) else { continue };
        writeln!(
            out,
            "best spacing of the curve: {}, yield {:.5} [{:.5}, {:.5}]",
            frequency_text(1e-3 * best.mhz),
            best.found.value,
            best.found.interval.0,
            best.found.interval.1
        )?;
    }
    Ok(())
}

/// What the qubits are designed for.
fn frequencies(answer: &Answer) -> String {
    let plan = &answer.setup.plan;
    let (levels, _) = plan.levels();
    let all = plan.anharmonicities_ghz();
    let alpha = match all.iter().all(|a| *a == all[0]) {
        true => format!(", anharmonicity {}", frequency_text(all[0])),
        false => String::new(),
    };
    let at = match levels.len() {
        0..=MOST => levels.iter().map(|&f| frequency_text(f)).collect::<Vec<_>>().join(", "),
        n => format!(
            "{n} frequencies from {} to {}",
            frequency_text(levels[0]),
            frequency_text(levels[n - 1])
        ),
    };
    format!("{}: {at}{alpha}", plan.name())
}

/// The collisions that every chip begins with.
fn design(out: &mut impl Write, name: &str, collisions: &[Collision]) -> std::io::Result<()> {
    if collisions.is_empty() {
        return writeln!(out, "the design itself has no collision");
    }
    writeln!(
        out,
        "the design itself ({name}) has {}, so that chips are good by chance alone:",
        plural(collisions.len(), "collision")
    )?;
    list(out, collisions)
}

fn types(out: &mut impl Write, by_type: &[TypeCount], chips: u64) -> std::io::Result<()> {
    let share = |n: u64| percent(n as f64 / chips as f64);
    let row = |count: &TypeCount| {
        vec![
            count.of.number().to_string(),
            share(count.chips),
            share(count.alone),
            count.of.description().into(),
        ]
    };
    let rows = by_type.iter().map(row).collect();
    let heading = ["type", "chips", "this alone", "what meets"];
    writeln!(out, "\n{}\n", aligned_table(&heading, rows, 1..3))?;
    let mut sorted: Vec<&TypeCount> = by_type.iter().filter(|count| count.chips > 0).collect();
    sorted.sort_by_key(|count| std::cmp::Reverse(count.chips));
    if sorted.is_empty() {
        return writeln!(out, "no chip collides");
    }
    let names: Vec<String> =
        sorted.iter().take(3).map(|c| format!("{} ({})", c.of.number(), share(c.chips))).collect();
    writeln!(out, "most chips are lost to type {}", names.join(", then "))
}

/// Where on the chip.
fn worst(out: &mut impl Write, answer: &Answer) -> std::io::Result<()> {
    let found = &answer.found;
    let mut checks: Vec<&CheckCount> = found.couplings.iter().chain(&found.triples).collect();
    checks.retain(|check| check.chips > 0);
    checks.sort_by_key(|check| std::cmp::Reverse(check.chips));
    if checks.is_empty() {
        return Ok(());
    }
    let share = |check: &&&CheckCount| {
        let part = percent(check.chips as f64 / found.chips as f64);
        format!("{} ({part})", joined(&check.qubits))
    };
    let most: Vec<String> = checks.iter().take(3).map(|check| share(&check)).collect();
    writeln!(out, "collide most often: {}", most.join(", "))?;
    let by_qubit = found.collisions_by_qubit();
    let mut qubits: Vec<usize> = (0..by_qubit.len()).collect();
    qubits.sort_by(|&a, &b| by_qubit[b].total_cmp(&by_qubit[a]));
    let most: Vec<String> =
        qubits.iter().take(3).map(|&q| format!("{q} ({:.3} a chip)", by_qubit[q])).collect();
    writeln!(out, "qubits in most collisions: {}", most.join(", "))
}

fn needed(out: &mut impl Write, answer: &Answer) -> std::io::Result<()> {
    let Some(needed) = &answer.needed else { return Ok(()) };
    let pairs = WANTED.iter().zip(needed);
    let known: Vec<String> = pairs
        .filter_map(|(wanted, sigma)| {
            let mhz = 1e3 * sigma.as_ref()?;
            Some(format!("{} up to {mhz:.1} MHz", percent(*wanted)))
        })
        .collect();
    match known.is_empty() {
        true => Ok(()),
        false => writeln!(out, "this design yields {} of spread", known.join(", ")),
    }
}
