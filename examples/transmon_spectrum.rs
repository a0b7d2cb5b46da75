//! Why a transmon is no Cooper pair box: its levels against offset charge as EJ/EC grows, and against
//! the flux through the loop of two junctions. Writes target/transmon_spectrum.svg and .png.

use ketlab::chip::{Transmon, TunableTransmon, frequency_text, sweep_energies_ghz};
use ketlab::report::{Axis, Chart, Figure, Series};

const LEVELS: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut figure = Figure::new("Levels of a transmon")
        .caption("against charge over EC, from the lowest energy; against flux in GHz, from the ground level")
        .columns(2);
    println!("EJ/EC  f01/EC    α/EC    dispersion of level 1 over EC");
    for ratio in [1.0, 10.0, 50.0] {
        let transmon = Transmon::new(ratio, 1.0)?;
        println!(
            "{ratio:5}  {:7.4}  {:7.4}  {:.3e}",
            transmon.frequency_ghz(),
            transmon.anharmonicity_ghz(),
            transmon.charge_dispersion_ghz(1)?
        );
        figure = figure.panel(against_charge(transmon)?);
    }
    // 5.7 GHz at its highest, with junctions that differ by a tenth of their sum.
    let tunable = TunableTransmon::new(15.0, 0.3, 0.1)?;
    for spot in tunable.sweet_spots()? {
        println!("sweet spot at flux {}: {}", spot.flux, frequency_text(spot.frequency_ghz));
    }
    let figure = figure.panel(against_flux(&tunable)?);
    let folder = env!("CARGO_MANIFEST_DIR");
    std::fs::create_dir_all(format!("{folder}/target"))?;
    for extension in ["svg", "png"] {
        figure.save(format!("{folder}/target/transmon_spectrum.{extension}"))?;
    }
    Ok(())
}

/// From -1 to 1.
fn places() -> impl Iterator<Item = f64> {
    (-200..=200).map(|k| f64::from(k) / 200.0)
}

fn against_charge(transmon: Transmon) -> ketlab::Result<Chart> {
    let transmons =
        places().map(|ng| transmon.with_offset_charge(ng)).collect::<Result<Vec<_>, _>>()?;
    let energies = sweep_energies_ghz(&transmons, LEVELS)?;
    let lowest = energies.iter().map(|levels| levels[0]).fold(f64::INFINITY, f64::min);
    let x = Axis::new("offset charge").unit("Cooper pairs");
    let mut chart =
        Chart::new(format!("EJ/EC = {}", transmon.ej_over_ec()), x, Axis::new("energy").unit("EC"));
    for m in 0..LEVELS {
        let points = places().zip(&energies).map(|(ng, levels)| (ng, levels[m] - lowest));
        chart = chart.series(Series::line(format!("level {m}"), points).slot(m));
    }
    Ok(chart)
}

fn against_flux(tunable: &TunableTransmon) -> ketlab::Result<Chart> {
    let transmons = places().map(|flux| tunable.at_flux(flux)).collect::<Result<Vec<_>, _>>()?;
    let energies = sweep_energies_ghz(&transmons, LEVELS)?;
    let x = Axis::new("flux").unit("flux quanta");
    let mut chart = Chart::new("EJ 15 GHz, EC 0.3 GHz", x, Axis::new("energy").unit("GHz"));
    for m in 0..LEVELS {
        let points = places().zip(&energies).map(|(flux, levels)| (flux, levels[m] - levels[0]));
        chart = chart.series(Series::line(format!("level {m}"), points).slot(m));
    }
    Ok(chart)
}
