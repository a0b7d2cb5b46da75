//! Pictures of `ketlab chip cross-resonance`.

use super::windows::colliding;
use anyhow::Result;
use ketlab::chip::{
    Aim, CrossResonance, CrossResonanceDesign, CrossResonanceGate, ErrorBudget, Ladder, Rules,
    frequency_text,
};
use ketlab::report::{Axis, Chart, Figure, Series};

/// One of the errors.
type Part = fn(&ErrorBudget) -> f64;

/// Points of a curve against the drive, and against the detuning.
const DRIVES: usize = 48;
const DETUNINGS: usize = 160;
/// How exact the ends of collision windows are drawn.
const WINDOW_STEP_MHZ: f64 = 0.5;
/// Least error that is drawn.
const LEAST: f64 = 1e-9;

/// ZX and the errors against the drive, ZX and ZZ against the detuning.
pub fn figure(design: &CrossResonanceDesign, gate: &CrossResonanceGate) -> Result<Figure> {
    let mhz = |value: f64| frequency_text(1e-3 * value);
    let pair = &design.pair;
    let most = (1.6 * gate.drive_mhz).max(gate.detuning_mhz.abs());
    let drives = (1..=DRIVES).map(|k| most * k as f64 / DRIVES as f64);
    let gates: Vec<CrossResonanceGate> = drives.filter_map(|d| at_drive(design, d)).collect();
    let figure = Figure::new("Cross resonance").caption(format!(
        "target {}, anharmonicities {} and {}, J {}; detuning {}, drive {} unless on the axis",
        frequency_text(pair.target.frequency_ghz()),
        frequency_text(pair.control.anharmonicity_ghz().unwrap_or(f64::NAN)),
        frequency_text(pair.target.anharmonicity_ghz().unwrap_or(f64::NAN)),
        mhz(pair.j_mhz),
        mhz(gate.detuning_mhz),
        mhz(gate.drive_mhz)
    ));
    let [zx, zz] = against_detuning(design, gate)?;
    Ok(figure.panel(rates(&gates, gate)).panel(errors(&gates, gate)).panel(zx).panel(zz).columns(2))
}

/// What a gate by another drive would be; `None` where levels cross.
fn at_drive(design: &CrossResonanceDesign, drive_mhz: f64) -> Option<CrossResonanceGate> {
    let pair = CrossResonance { drive_mhz, ..design.pair.clone() };
    CrossResonanceDesign { pair, aim: Aim::Drive, ..design.clone() }.gate().ok()
}

fn drive() -> Axis {
    Axis::new("drive").unit("MHz")
}

fn rates(gates: &[CrossResonanceGate], gate: &CrossResonanceGate) -> Chart {
    let of = |y: fn(&CrossResonanceGate) -> f64| {
        gates.iter().map(move |gate| (gate.drive_mhz, y(gate).abs()))
    };
    let most = gates.iter().map(|gate| gate.zx_mhz().abs()).fold(0.0, f64::max);
    Chart::new(
        "ZX against the drive",
        drive(),
        Axis::new("|ZX|").unit("MHz").range(0.0, 1.5 * most),
    )
    .series(Series::line("exact", of(|gate| gate.zx_mhz())).slot(0))
    .series(Series::reference("first order", of(|gate| gate.first_order.zx_mhz)))
    .series(Series::reference("third order", of(|gate| gate.third_order.zx_mhz)))
    .vertical("this gate", gate.drive_mhz)
}

fn errors(gates: &[CrossResonanceGate], gate: &CrossResonanceGate) -> Chart {
    let parts: [(&str, Part); 5] = [
        ("total", |e| e.total),
        ("relaxation", |e| e.relaxation),
        ("ZZ", |e| e.zz),
        ("leakage", |e| e.leakage),
        ("control turned over", |e| e.flip),
    ];
    let chart = Chart::new("Errors against the drive", drive(), Axis::new("infidelity").log());
    let slots = [6, 1, 2, 3, 4];
    parts
        .into_iter()
        .zip(slots)
        .fold(chart, |chart, ((name, part), slot)| {
            let points = gates.iter().map(|gate| {
                let error = part(&gate.errors);
                (gate.drive_mhz, if error > LEAST { error } else { f64::NAN })
            });
            let points: Vec<_> = points.collect();
            match points.iter().any(|point| point.1.is_finite()) {
                true => chart.series(Series::line(name, points).slot(slot)),
                false => chart,
            }
        })
        .vertical("this gate", gate.drive_mhz)
}

fn against_detuning(
    design: &CrossResonanceDesign,
    gate: &CrossResonanceGate,
) -> Result<[Chart; 2]> {
    let pair = &design.pair;
    let (control, target) = (pair.anharmonicity_mhz()?, anharmonicity_mhz(&pair.target));
    let widest = 1.4 * control.abs().max(target.abs()).max(0.8 * gate.detuning_mhz.abs());
    let range = (-widest, widest);
    // In the middles of pieces, none of which is a pole.
    let at = |k: usize| range.0 + (range.1 - range.0) * (k as f64 + 0.5) / DETUNINGS as f64;
    let (mut zx, mut zz) = (Vec::new(), Vec::new());
    for detuning in (0..DETUNINGS).map(at) {
        let control = Ladder::duffing(
            pair.target.frequency_ghz() + 1e-3 * detuning,
            1e-3 * control,
            pair.control.num_levels(),
        )?;
        let moved = CrossResonance { control, drive_mhz: gate.drive_mhz, ..pair.clone() };
        let shown = |value: f64| if value > 0.0 { value } else { f64::NAN };
        zx.push((detuning, moved.effective().map_or(f64::NAN, |e| shown(e.zx_mhz.abs()))));
        zz.push((detuning, moved.static_zz().map_or(f64::NAN, |zz| shown(zz.exact_khz.abs()))));
    }
    let rules = Rules::hertzberg_2021();
    let windows = colliding(pair, &rules, range, WINDOW_STEP_MHZ);
    let chart = |title: &str, y: Axis, name: &str, points: Vec<(f64, f64)>, slot: usize| {
        let axis = Axis::new("detuning, control less target").unit("MHz").range(range.0, range.1);
        let chart = Chart::new(title, axis, y.log())
            .series(Series::line(name, points).slot(slot))
            .vertical("this gate", gate.detuning_mhz);
        windows.iter().fold(chart, |chart, &(low, high)| {
            chart.vertical_band(format!("collisions of types 1 to 4, {}", rules.name), low, high)
        })
    };
    Ok([
        chart("ZX against the detuning", Axis::new("|ZX|").unit("MHz"), "exact", zx, 0),
        chart(
            "Static ZZ against the detuning",
            Axis::new("|ZZ|").unit("kHz"),
            "static ZZ, exact",
            zz,
            5,
        ),
    ])
}

fn anharmonicity_mhz(qubit: &Ladder) -> f64 {
    1e3 * qubit.anharmonicity_ghz().unwrap_or(f64::NAN)
}
