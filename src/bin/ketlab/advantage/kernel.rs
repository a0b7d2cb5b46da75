//! `ketlab advantage kernel`.

use super::common::Common;
use super::follow::{Shown, follow};
use crate::options::count;
use crate::table::table;
use crate::text::{digits, percent};
use anyhow::Result;
use ketlab::advantage::Report;
use ketlab::advantage::kernel::{Geometry, KernelAdvantage};
use ketlab::report::{Axis, Chart, Figure, Series, Style};
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab advantage kernel
  ketlab advantage kernel --data moons --spread 0.2 --size 60,120 --plot kernel.svg
  ketlab advantage kernel --size 40 -o report.json
  ketlab advantage kernel --rerun report.json")]
pub struct Args {
    /// Data with classes by name, without their number of rows
    #[arg(long, value_name = "NAME", default_value = "ad-hoc")]
    data: String,
    /// Their noise; of ad-hoc, the gap between the classes
    #[arg(long, value_name = "NUMBER", default_value_t = 0.3)]
    spread: f64,
    /// Numbers of rows, each a data set of its own
    #[arg(
        long, value_name = "ROWS,…", value_delimiter = ',', default_value = "160,320",
        value_parser = count::<u64>(4..=100_000)
    )]
    size: Vec<u64>,
    /// The embedding, as of `ketlab kernel`
    #[arg(long, value_name = "NAME", default_value = "zz")]
    map: String,
    #[command(flatten)]
    common: Common,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let of_flags = || {
        let mut experiment = KernelAdvantage::new(&args.data, args.spread);
        experiment.sizes = args.size.clone();
        experiment.study.map = args.map.clone();
        experiment.seed = args.common.seed.value();
        Ok(experiment)
    };
    follow(&args.common, of_flags, Shown { details, figure })
}

fn details(out: &mut dyn Write, _: &KernelAdvantage, report: &Report<Vec<Geometry>>) -> Result<()> {
    let number = |value: Option<f64>| value.map_or("–".into(), digits);
    let rows = report.details.iter().map(|g| {
        vec![
            g.rows.to_string(),
            percent(g.accuracy),
            g.best_classical.as_ref().map_or("–".into(), |(name, accuracy)| {
                format!("{} ({name})", percent(*accuracy))
            }),
            number(g.geometric_difference),
            digits(g.room),
            number(g.concentration),
        ]
    });
    let heading = [
        "rows",
        "quantum",
        "best classical by tuning",
        "geometric difference",
        "√N",
        "variance / random states'",
    ];
    writeln!(out, "\n{}", table(&heading, rows.collect()))?;
    Ok(())
}

/// How far each rival is ahead, against the number of rows.
fn figure(experiment: &KernelAdvantage, report: &Report<Vec<Geometry>>) -> Figure {
    let mut names: Vec<&str> = Vec::new();
    for contender in
        report.contenders.iter().filter(|c| c.kind == ketlab::advantage::Kind::Classical)
    {
        if !names.contains(&contender.name.as_str()) {
            names.push(&contender.name);
        }
    }
    let y = Axis::new("accuracy ahead of the quantum kernel");
    let mut chart = Chart::new("Rivals on the same test rows", Axis::new("rows"), y)
        .horizontal("quantum kernel", 0.0);
    for name in names {
        let of = report.contenders.iter().filter(|c| c.name == name);
        let (mut points, mut ends) = (Vec::new(), Vec::new());
        for (contender, score) in of.filter_map(|c| Some((c, c.score?))) {
            points.push((contender.size as f64, score.value));
            ends.push((score.low, score.high));
        }
        chart = chart.series(Series::new(name, Style::LinePoints, points).with_band(ends));
    }
    let geometry = |value: fn(&Geometry) -> Option<f64>| {
        report.details.iter().filter_map(move |g| Some((g.rows as f64, value(g)?)))
    };
    let differences =
        Chart::new("Room for an advantage", Axis::new("rows"), Axis::new("geometric difference"))
            .series(Series::line("geometric difference", geometry(|g| g.geometric_difference)))
            .series(Series::reference("√N", geometry(|g| Some(g.room))));
    let verdict = report.claims.first().map_or("", |judged| judged.text.as_str());
    Figure::new(format!("{} on {}", experiment.study.map, experiment.data))
        .caption(format!("{verdict}; seed {}", experiment.seed))
        .panel(chart)
        .panel(differences)
        .columns(2)
}
