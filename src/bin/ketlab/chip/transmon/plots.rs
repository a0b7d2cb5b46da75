//! Pictures of `ketlab chip transmon`: levels against offset charge and against flux.

use super::answer::{Answer, Swept};
use ketlab::chip::frequency_text;
use ketlab::report::{Axis, Chart, Series};

/// The levels of a sweep. Against charge they are counted from the lowest energy of all, so that
/// bands are seen; against flux from the ground level, as a spectrum is measured.
pub fn sweep(answer: &Answer, swept: &Swept) -> Chart {
    let is_flux = swept.parameter == "flux";
    let (title, x, y) = match is_flux {
        true => (
            "Levels against flux",
            Axis::new("flux").unit("flux quanta"),
            Axis::new("above the ground level").unit("GHz"),
        ),
        false => (
            "Levels against charge",
            Axis::new("offset charge").unit("Cooper pairs"),
            Axis::new("above the lowest energy").unit("GHz"),
        ),
    };
    let all = swept.energies_ghz.iter().map(|energies| energies[0]);
    let lowest = all.fold(f64::INFINITY, f64::min);
    let mut chart = Chart::new(title, x, y);
    let first = usize::from(is_flux);
    for m in first..answer.levels_ghz.len() {
        let level = |(value, energies): (&f64, &Vec<f64>)| {
            (*value, energies[m] - if is_flux { energies[0] } else { lowest })
        };
        let name = if is_flux { format!("level {m} - level 0") } else { format!("level {m}") };
        let points = swept.values.iter().zip(&swept.energies_ghz).map(level);
        chart = chart.series(Series::line(name, points).slot(m - first));
    }
    let energies = match &answer.of_loop {
        Some(of_loop) => format!(
            "EJ {} with asymmetry {}",
            frequency_text(of_loop.ej_sum_ghz),
            of_loop.asymmetry
        ),
        None => format!("EJ {}", frequency_text(answer.ej_ghz)),
    };
    let rest = match (is_flux, &answer.of_loop) {
        (true, _) => format!("offset charge {}", answer.offset_charge),
        (false, Some(of_loop)) => format!("{} flux quanta", of_loop.flux),
        (false, None) => format!("EJ/EC {:.4}", answer.ej_over_ec),
    };
    chart.caption(format!("{energies}, EC {}, {rest}", frequency_text(answer.ec_ghz)))
}
