//! Drawings of solutions, by kind.

use ketlab::ising::Graph;
use ketlab::ising::problems::{AnyProblem, AnySolution, Fold, Schedule, TravellingSalesman};
use ketlab::report::{Axis, Chart, Series};
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// The most vertices and edges that are drawn: more are a blot.
const MOST_VERTICES: usize = 400;
const MOST_EDGES: usize = 4000;
/// The most machines of a schedule.
const MOST_ROWS: usize = 60;
/// With more, their numbers would cover each other.
const MOST_LABELS: usize = 60;

type Point = (f64, f64);

/// The drawing of a solution; nothing for kinds that have none, or where there is too much to see.
pub fn drawing(problem: &AnyProblem, solution: &AnySolution) -> Option<Chart> {
    match (problem, solution) {
        (AnyProblem::MaxCut(problem), AnySolution::MaxCut(cut)) => {
            let part = |v: usize| usize::from(cut.part.contains(&v));
            let name = |part| format!("part {part}");
            let is_cut = |u, v| part(u) != part(v);
            coloured("The cut", problem.graph(), part, name, ("cut edges", &is_cut))
        }
        (AnyProblem::GraphColouring(problem), AnySolution::GraphColouring(colouring)) => {
            let name = |colour| format!("colour {colour}");
            let colour = |v: usize| colouring.colours[v];
            coloured("The colouring", problem.graph(), colour, name, ("edges", &|_, _| true))
        }
        (AnyProblem::IndependentSet(problem), AnySolution::IndependentSet(set)) => {
            let chosen = |v: usize| usize::from(!set.vertices.contains(&v));
            let name = |group: usize| ["chosen", "left out"][group].to_string();
            coloured("The independent set", problem.graph(), chosen, name, ("edges", &|_, _| true))
        }
        (AnyProblem::TravellingSalesman(problem), AnySolution::TravellingSalesman(tour)) => {
            tour_of(problem, &tour.cities)
        }
        (AnyProblem::JobShop(_), AnySolution::JobShop(found)) => schedule(found),
        (AnyProblem::ProteinFolding(chain), AnySolution::ProteinFolding(fold)) => {
            folded(chain.sequence(), fold)
        }
        _ => None,
    }
}

/// A graph on a circle, its vertices by groups; `good` are edges of a kind that has a name.
fn coloured(
    title: &str,
    graph: &Graph,
    group: impl Fn(usize) -> usize,
    name: impl Fn(usize) -> String,
    (edges, good): (&str, &dyn Fn(usize, usize) -> bool),
) -> Option<Chart> {
    let n = graph.num_vertices();
    if !(1..=MOST_VERTICES).contains(&n) || graph.edges().len() > MOST_EDGES {
        return None;
    }
    let places = circle(n);
    let mut chart = square(title, &places).bare();
    for (named, wanted) in [("other edges", false), (edges, true)] {
        let ends = graph.edges().iter().filter(|&&(u, v, _)| good(u, v) == wanted);
        let ends: Vec<[Point; 2]> = ends.map(|&(u, v, _)| [places[u], places[v]]).collect();
        if !ends.is_empty() {
            let series = Series::segments(named, ends).slot(if wanted { 6 } else { 4 });
            chart = chart.series(series);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..n).for_each(|v| groups.entry(group(v)).or_default().push(v));
    // The colours of the edges are for them alone.
    const SLOTS: [usize; 5] = [0, 1, 2, 3, 5];
    for (group, vertices) in groups {
        let slot = SLOTS[group % SLOTS.len()] + 7 * (group / SLOTS.len());
        let points = Series::points(name(group), vertices.iter().map(|&v| places[v])).slot(slot);
        let points = points.labels_away_from(vertices.iter().map(|_| (0.0, 0.0)));
        chart = chart.series(labelled(points, vertices.iter().map(usize::to_string), n));
    }
    Some(chart)
}

/// A schedule by machine (Gantt), a colour a job.
fn schedule(found: &Schedule) -> Option<Chart> {
    let machines = found.machines.len();
    let turns: usize = found.machines.iter().map(Vec::len).sum();
    if turns == 0 || machines > MOST_ROWS || turns > MOST_EDGES {
        return None;
    }
    let mut jobs: BTreeMap<usize, Vec<(f64, f64, f64)>> = BTreeMap::new();
    for (machine, turns) in found.machines.iter().enumerate() {
        for turn in turns {
            let span = (turn.start as f64, turn.end as f64, machine as f64);
            jobs.entry(turn.job).or_default().push(span);
        }
    }
    let chart = Chart::new(
        "The schedule",
        Axis::new("time"),
        Axis::new("machine")
            .range(-0.6, machines as f64 - 0.4)
            .names((0..machines).map(|machine| format!("machine {machine}"))),
    )
    .vertical("makespan", found.makespan as f64);
    Some(jobs.into_iter().fold(chart, |chart, (job, spans)| {
        let labels = vec![job.to_string(); spans.len()];
        let series = Series::spans(format!("job {job}"), spans).slot(job);
        chart.series(labelled(series, labels.into_iter(), turns))
    }))
}

/// A chain on its sites, with its contacts.
fn folded(sequence: &str, fold: &Fold) -> Option<Chart> {
    let places: Vec<Point> = fold.sites.iter().map(|&(x, y)| (x as f64, y as f64)).collect();
    if !(1..=MOST_VERTICES).contains(&places.len()) {
        return None;
    }
    let mut chart =
        square("The fold", &places).series(Series::line("chain", places.clone()).slot(6));
    let contacts = fold.contacts.iter().map(|&(a, b)| [places[a], places[b]]);
    let contacts: Vec<[Point; 2]> = contacts.collect();
    if !contacts.is_empty() {
        chart = chart.series(Series::segments("contacts", contacts).slot(4));
    }
    for (letter, name, slot) in [('H', "H (hydrophobic)", 1), ('P', "P (polar)", 0)] {
        let beads = sequence.chars().zip(&places).enumerate().filter(|(_, (l, _))| *l == letter);
        let beads: Vec<(usize, Point)> = beads.map(|(k, (_, &place))| (k, place)).collect();
        if !beads.is_empty() {
            // No line of a lattice is aslant.
            let below = beads.iter().map(|(_, (x, y))| (x - 1.0, y - 1.0));
            let points = Series::points(name, beads.iter().map(|bead| bead.1)).slot(slot);
            let points = points.labels_away_from(below);
            let labels = beads.iter().map(|bead| bead.0.to_string());
            chart = chart.series(labelled(points, labels, places.len()));
        }
    }
    Some(chart)
}

/// A tour on its places or, where there are none, on a circle in the order of the visits.
fn tour_of(problem: &TravellingSalesman, cities: &[usize]) -> Option<Chart> {
    let n = problem.num_cities();
    if n == 0 || n > MOST_VERTICES {
        return None;
    }
    let places = match problem.coordinates() {
        Some(places) => places.to_vec(),
        None => {
            let mut places = vec![(0.0, 0.0); n];
            for (place, &city) in circle(n).into_iter().zip(cities) {
                places[city] = place;
            }
            places
        }
    };
    let chart = square("The tour", &places);
    let chart = if problem.coordinates().is_none() { chart.bare() } else { chart };
    let closed = cities.iter().chain(cities.first()).map(|&city| places[city]);
    let name = |city: usize| match problem.names() {
        Some(names) => names[city].clone(),
        None => city.to_string(),
    };
    let all = Series::points("cities", places.iter().copied()).slot(1);
    let all = all.labels_away_from(between(&places, cities));
    Some(chart.series(Series::line("tour", closed).slot(0)).series(labelled(
        all,
        (0..n).map(name),
        n,
    )))
}

fn labelled(series: Series, labels: impl Iterator<Item = String>, count: usize) -> Series {
    if count <= MOST_LABELS { series.with_labels(labels) } else { series }
}

/// Places on a circle, the first at the top, clockwise.
fn circle(n: usize) -> Vec<Point> {
    let angle = |k: usize| TAU * k as f64 / n as f64;
    (0..n).map(|k| (angle(k).sin(), angle(k).cos())).collect()
}

/// For each city a place between the ways to it and from it.
fn between(places: &[Point], cities: &[usize]) -> Vec<Point> {
    let n = cities.len();
    let mut between = places.to_vec();
    for (k, &city) in cities.iter().enumerate() {
        let (x, y) = places[city];
        let toward = |(to_x, to_y): Point| {
            let far = f64::hypot(to_x - x, to_y - y);
            if far > 0.0 { ((to_x - x) / far, (to_y - y) / far) } else { (0.0, 0.0) }
        };
        let (last, next) = (places[cities[(k + n - 1) % n]], places[cities[(k + 1) % n]]);
        let (from, to) = (toward(last), toward(next));
        let mut side = (from.0 + to.0, from.1 + to.1);
        // Where the tour goes straight on, beside it.
        if side.0.hypot(side.1) < 0.1 {
            side = (from.1, -from.0);
        }
        // As far as the next city is: a length of 1 may be nothing, or all, on this map.
        let size = f64::hypot(next.0 - x, next.1 - y);
        between[city] = (x + size * side.0, y + size * side.1);
    }
    between
}

/// A chart around these places, in which a length is the same along both axes.
fn square(title: &str, places: &[Point]) -> Chart {
    let axis = |name: &str, values: &dyn Fn(&Point) -> f64| {
        let all = || places.iter().map(values);
        let (low, high) =
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        // Room for marks and labels.
        let (middle, size) = (low / 2.0 + high / 2.0, high - low);
        let half = (0.58 * size).max(1e-9 * middle.abs()).max(1e-300);
        Axis::new(name).range(middle - half, middle + half)
    };
    Chart::new(title, axis("x", &|p| p.0), axis("y", &|p| p.1)).equal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_a_tour_stand_outside_its_corners() {
        let places = [(0.0, 0.0), (2.0, 0.0), (4.0, 0.0), (4.0, 4.0), (3.0, 2.0)];
        let found = between(&places, &[0, 1, 2, 3, 4]);
        let side = |city: usize| (found[city].0 - places[city].0, found[city].1 - places[city].1);
        // Straight on: up or down alone; a corner: inwards.
        assert!(side(1).0.abs() < 1e-12 && side(1).1.abs() > 0.1, "{found:?}");
        assert!(side(2).0 < 0.0 && side(2).1 > 0.0, "{found:?}");
        assert!(side(3).0 < 0.0 && side(3).1 < 0.0, "{found:?}");
    }
}
