//! Pictures of `ketlab chip readout`.

use super::found::Found;
use crate::text::digits;
use ketlab::chip::{Assignment, PointerStates, frequency_text};
use ketlab::report::{Axis, Chart, Figure, Series, Style};

/// Points of the curves of the field.
const FIELD_POINTS: usize = 200;

/// Signal to noise and fidelity against time, and the states of the resonator.
pub fn figure(found: &Found) -> Figure {
    let mhz = |value: f64| frequency_text(1e-3 * value);
    let readout = &found.readout;
    let decay = readout.t1_us.map_or("no decay".into(), |t1| format!("T1 {} us", digits(t1)));
    Figure::new("Dispersive readout")
        .caption(format!(
            "chi {}, kappa {}, {} photons ({} critical), efficiency {}, {decay}",
            mhz(readout.states.chi_mhz),
            mhz(readout.states.kappa_mhz),
            digits(readout.photons),
            digits(readout.dispersive.least_critical_photons()),
            readout.efficiency
        ))
        .panel(best(signal(found), found))
        .panel(best(fidelity(found), found))
        .panel(errors(found))
        .panel(field(&readout.states, found))
        .columns(2)
}

fn time() -> Axis {
    Axis::new("integration time").unit("ns")
}

fn best(chart: Chart, found: &Found) -> Chart {
    found.best.iter().fold(chart, |chart, best| chart.vertical("best time", best.time_ns))
}

fn curve(found: &Found, name: &str, y: impl Fn(&Assignment) -> f64) -> Series {
    Series::line(name, found.curve.iter().map(|at| (at.time_ns, y(at))))
}

fn signal(found: &Found) -> Chart {
    Chart::new("Signal to noise", time(), Axis::new("SNR"))
        .series(curve(found, "SNR", |at| at.snr).slot(6))
}

fn fidelity(found: &Found) -> Chart {
    let without = |at: &Assignment| {
        let states = found.readout.states;
        let snr = states.squared_signal_to_noise(at.time_ns, found.readout.efficiency).sqrt();
        (at.time_ns, snr)
    };
    let without: Vec<(f64, f64)> = found
        .curve
        .iter()
        .map(without)
        .map(|(time, snr)| (time, ketlab::chip::fidelity_without_decay(snr)))
        .collect();
    Chart::new("Fidelity", time(), Axis::new("fidelity"))
        .series(curve(found, "assignment", |at| at.assignment_fidelity).slot(0))
        .series(curve(found, "1 - P(1|0) - P(0|1)", |at| at.measurement_fidelity).slot(1))
        .series(Series::reference("the latter without decay", without))
}

fn errors(found: &Found) -> Chart {
    // What is below has no place on a logarithmic axis.
    let shown = |p: f64| if p > 1e-12 { p } else { f64::NAN };
    let chart = Chart::new("Errors", time(), Axis::new("probability").log())
        .series(curve(found, "P(0|1)", |at| shown(at.p0_given_1)).slot(3));
    let any = found.curve.iter().any(|at| at.p1_given_0 > 1e-12);
    let chart = match any {
        true => chart.series(curve(found, "P(1|0)", |at| shown(at.p1_given_0)).slot(2)),
        false => chart,
    };
    best(chart, found)
}

fn field(states: &PointerStates, found: &Found) -> Chart {
    let end = found.curve.last().map_or(0.0, |at| at.time_ns);
    let path = |state: usize| {
        (0..=FIELD_POINTS).map(move |k| {
            let alpha = states.amplitude(state, end * (k as f64 / FIELD_POINTS as f64).powi(2));
            (alpha.re, alpha.im)
        })
    };
    let last = |state: usize| {
        let alpha = states.amplitude(state, end);
        [(alpha.re, alpha.im)]
    };
    let chart = Chart::new("Field in the resonator", Axis::new("Re α"), Axis::new("Im α"));
    [0, 1].into_iter().fold(chart, |chart, state| {
        let name = format!("qubit in {state}");
        chart
            .series(Series::line(&name, path(state)).slot(4 + state))
            .series(Series::new(&name, Style::Points, last(state)).slot(4 + state))
    })
}
