//! Which drive gives a wanted rate, and the largest rate of any.

use super::CrossResonance;
use super::driven::driven;
use super::effective::{AMBIGUOUS, LEAST_OVERLAP};
use super::pair::MAX_DRIVE_MHZ;
use crate::error::{Error, Result};

/// Drives are looked at up to this many detunings: beyond, the driven states are hardly the qubits'.
const DETUNINGS: f64 = 3.0;
/// Drives looked at in the smallest of the control's distances to a resonance, and least and most of all.
const DRIVES: (f64, f64, f64) = (12.0, 36.0, 180.0);
/// Rates agree to this part.
const AGREEMENT: f64 = 1e-10;
/// Most halvings of a bracket, and of secants between them.
const ROUNDS: usize = 120;
/// Halvings by which the end of a range of drives is found.
const HALVINGS: usize = 12;
/// Strongest drives by the driven control alone that are tried exactly.
const TRIES: usize = 12;

/// The largest |ν_ZX| that any drive gives: of all drives up to three times |Δ| under which there is an
/// effective Hamiltonian of two qubits. Not every drive below gives less: ZX can have several maxima, with
/// crossings of levels between them.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct LargestZx {
    /// |ν_ZX|, exact, in MHz.
    pub zx_mhz: f64,
    /// The drive that gives it, in MHz.
    pub drive_mhz: f64,
    /// Drives were looked at up to here, in MHz.
    pub up_to_mhz: f64,
}

/// Which drives are looked at.
struct Drives {
    count: usize,
    step_mhz: f64,
}

impl Drives {
    fn of(pair: &CrossResonance) -> Result<Self> {
        let detuning = pair.detuning_mhz();
        let most = (DETUNINGS * detuning.abs()).min(MAX_DRIVE_MHZ);
        let scale = detuning.abs().min((detuning + pair.anharmonicity_mhz()?).abs());
        let (within, least, most_count) = DRIVES;
        let count = (within * most / scale).clamp(least, most_count).ceil();
        Ok(Drives { count: count as usize, step_mhz: most / count })
    }

    fn at(&self, k: usize) -> f64 {
        k as f64 * self.step_mhz
    }

    fn up_to(&self) -> f64 {
        self.at(self.count)
    }
}

impl CrossResonance {
    /// |ν_ZX|, exact, at another drive; `None` where levels cross.
    fn rate_at(&self, drive_mhz: f64) -> Option<f64> {
        let effective = CrossResonance { drive_mhz, ..self.clone() }.effective().ok()?;
        Some(effective.zx_mhz.abs())
    }

    /// The same by the driven control alone.
    fn linear_rate_at(&self, drive_mhz: f64) -> Option<f64> {
        let found = driven(&self.control, self.target.frequency_ghz(), drive_mhz);
        let is_good = found.ambiguity <= AMBIGUOUS && found.overlap > LEAST_OVERLAP;
        is_good.then(|| self.linear_of(&found).zx_mhz.abs())
    }
}

/// The largest exact |ZX|, looked for where the driven control alone has it. `None` where levels cross
/// at all drives. The pair must have been checked.
pub(super) fn largest_zx(pair: &CrossResonance) -> Result<Option<LargestZx>> {
    let drives = Drives::of(pair)?;
    let linear = |drive: f64| pair.linear_rate_at(drive);
    let mut nodes: Vec<(f64, f64)> = (1..=drives.count)
        .filter_map(|k| linear(drives.at(k)).map(|rate| (drives.at(k), rate)))
        .collect();
    nodes.sort_by(|a, b| b.1.total_cmp(&a.1));
    for &(node, _) in nodes.iter().take(TRIES) {
        let Some(at_node) = pair.rate_at(node) else { continue };
        let ends = (node - drives.step_mhz, (node + drives.step_mhz).min(drives.up_to()));
        let top = top(|drive| linear(drive).unwrap_or(0.0), ends);
        let best = match pair.rate_at(top) {
            Some(rate) if rate > at_node => (top, rate),
            _ => (node, at_node),
        };
        let (drive_mhz, zx_mhz) = best;
        return Ok(Some(LargestZx { zx_mhz, drive_mhz, up_to_mhz: drives.up_to() }));
    }
    Ok(None)
}

/// Where a function with one maximum has it, by golden sections.
fn top(rate: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    let width = 1e-5 * high;
    while high - low > width {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if rate(a) < rate(b) { low = a } else { high = b }
    }
    0.5 * (low + high)
}

/// The drive between two at which a rate passes what is wanted, if it does so without a leap.
fn crossing(
    rate: impl Fn(f64) -> Option<f64>,
    wanted: f64,
    mut low: (f64, f64),
    mut high: (f64, f64),
) -> Option<f64> {
    let is_rising = low.1 < high.1;
    for round in 0..ROUNDS {
        let middle = 0.5 * (low.0 + high.0);
        let secant = low.0 + (wanted - low.1) / (high.1 - low.1) * (high.0 - low.0);
        let is_inside = secant > low.0 && secant < high.0;
        let drive = if round % 2 == 0 && is_inside { secant } else { middle };
        let at = rate(drive)?;
        if (at / wanted - 1.0).abs() < AGREEMENT {
            return Some(drive);
        }
        if (at < wanted) == is_rising { low = (drive, at) } else { high = (drive, at) }
    }
    None
}

/// The weakest drive in MHz, of those up to some, whose exact |ZX| is `wanted`, and the largest rate that
/// was seen on the way.
fn weakest(
    pair: &CrossResonance,
    wanted: f64,
    stops: impl Iterator<Item = f64>,
) -> (Option<f64>, (f64, f64)) {
    let rate = |drive: f64| pair.rate_at(drive);
    let mut last = Some((0.0, 0.0));
    let (mut before, mut most) = (0.0, (0.0, 0.0));
    for stop in stops {
        let mut next = rate(stop).map(|at| (stop, at));
        let goes_on = next;
        // Where names of states end, go on to the last drive that has them; where they begin, from the
        // first.
        if let (Some(start), None) = (last, next) {
            next = edge(rate, start, stop);
        } else if let (None, Some(end)) = (last, next) {
            last = edge(rate, end, before);
        }
        before = stop;
        for seen in [last, next].into_iter().flatten() {
            if seen.1 > most.1 {
                most = seen;
            }
        }
        if let (Some(low), Some(high)) = (last, next)
            && (low.1 < wanted) != (high.1 < wanted)
            && let Some(found) = crossing(rate, wanted, low, high)
        {
            return (Some(found), most);
        }
        last = goes_on;
    }
    (None, most)
}

/// The drive next to `toward` at which there still is a rate, and that.
fn edge(
    rate: impl Fn(f64) -> Option<f64>,
    from: (f64, f64),
    mut toward: f64,
) -> Option<(f64, f64)> {
    let mut good = from;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (good.0 + toward);
        match rate(middle) {
            Some(at) => good = (middle, at),
            None => toward = middle,
        }
    }
    Some(good)
}

/// The weakest drive in MHz whose exact |ZX| is `rate_mhz`; the gate takes `added_ns` besides the
/// rotation, and is called `gate` in errors.
///
/// # Errors
/// If no drive has it: says the largest ZX, and which J would have it.
pub(super) fn drive_for(
    pair: &CrossResonance,
    rate_mhz: f64,
    largest: Option<LargestZx>,
    added_ns: f64,
    gate: &str,
) -> Result<f64> {
    let drives = Drives::of(pair)?;
    let mut stops: Vec<f64> = (1..=drives.count).map(|k| drives.at(k)).collect();
    stops.extend(largest.map(|largest| largest.drive_mhz));
    stops.sort_by(f64::total_cmp);
    stops.dedup();
    let (found, seen) = weakest(pair, rate_mhz, stops.into_iter());
    if let Some(drive) = found {
        return Ok(drive);
    }
    let largest = largest.map_or((0.0, 0.0), |largest| (largest.drive_mhz, largest.zx_mhz));
    let (drive, most) = if seen.1 > largest.1 { seen } else { largest };
    let expected = if most == 0.0 {
        "no drive gives a gate: levels of the control cross at all of them; take another detuning"
            .into()
    } else if most < rate_mhz {
        format!(
            "no drive gives such a gate with these numbers: of drives up to {:.0} MHz the largest ZX is \
             {most:.3} MHz (drive {drive:.0} MHz), so the shortest takes {:.0} ns; this one needs \
             {rate_mhz:.3} MHz: by first order a drive of {:.0} MHz, where first order does not hold, or a J \
             of {:.1} MHz instead of {}",
            drives.up_to(),
            1e3 / (4.0 * most) + added_ns,
            rate_mhz / first_order_slope(pair),
            pair.j_mhz.abs() * rate_mhz / most,
            pair.j_mhz.abs()
        )
    } else {
        format!(
            "no drive gives such a gate with these numbers: ZX leaps past the {rate_mhz:.3} MHz that it needs \
             where levels of the control cross; the drive of {drive:.0} MHz has {most:.3} MHz, a gate of \
             {:.0} ns",
            1e3 / (4.0 * most) + added_ns
        )
    };
    Err(Error::Invalid { what: "the gate time".into(), value: gate.into(), expected })
}

/// A drive weaker than the pair's with the same exact |ZX|, if there is one.
pub(super) fn weaker_drive_mhz(pair: &CrossResonance, zx_mhz: f64) -> Result<Option<f64>> {
    let drives = Drives::of(pair)?;
    let most = pair.drive_mhz * (1.0 - 1e-6);
    let nodes = || (1..=drives.count).map(|k| drives.at(k)).take_while(|&drive| drive < most);
    // The driven control alone tells whether it is worth to look.
    let own = pair.linear_at(pair.drive_mhz).zx_mhz.abs();
    let before = |drive: f64| pair.linear_rate_at(drive).is_some_and(|rate| rate > 0.9 * own);
    let beyond = drives.up_to() < most;
    if !beyond && !nodes().any(before) {
        return Ok(None);
    }
    let last = (!beyond).then_some(most);
    let (found, _) = weakest(pair, zx_mhz, nodes().chain(last));
    Ok(found.filter(|&drive| drive < most))
}

/// |ZX|/Ω of weak drives.
fn first_order_slope(pair: &CrossResonance) -> f64 {
    let weak = 1e-6 * pair.detuning_mhz().abs();
    pair.linear_at(weak).zx_mhz.abs() / weak
}

#[cfg(test)]
mod tests {
    use super::super::super::Ladder;
    use super::*;

    fn pair(control: f64, anharmonicity: f64, j_mhz: f64) -> CrossResonance {
        CrossResonance {
            control: Ladder::duffing(control, anharmonicity, 6).unwrap(),
            target: Ladder::duffing(5.0, anharmonicity, 4).unwrap(),
            j_mhz,
            drive_mhz: 0.0,
        }
    }

    fn found(pair: &CrossResonance, rate: f64) -> Result<f64> {
        drive_for(pair, rate, largest_zx(pair).unwrap(), 0.0, "this")
    }

    #[test]
    fn the_search_inverts_the_exact_rate() {
        for control in [5.1, 5.06, 4.95] {
            for drive in [0.01, 0.1, 0.5, 0.9] {
                let pair = pair(control, -0.33, 2.0);
                let drive_mhz = drive * pair.detuning_mhz().abs();
                let rate = pair.rate_at(drive_mhz).unwrap();
                let found = found(&pair, rate).unwrap();
                assert!((found / drive_mhz - 1.0).abs() < 1e-6, "{found} {drive_mhz}");
            }
        }
    }

    /// Also near to crossings: the rate is the one asked for, or there is an error about drives.
    #[test]
    fn what_is_found_has_the_rate() {
        let mut counts = [0, 0];
        for (control, anharmonicity, j, rates) in [
            (5.1848, -0.238711, 2.2852, [1e3 / (4.0 * 101.706), 0.7, 3.1]),
            (5.342265, -0.211581, 0.8401, [1e3 / (4.0 * 651.479), 0.2, 0.8]),
            (5.4, -0.33, 2.0, [1.25, 0.58, 1.9]),
            (5.165, -0.33, 2.0, [0.5, 1.0, 2.5]),
            (4.95, -0.33, 2.0, [0.3, 1.6, 3.0]),
            (5.2, 0.33, 1.0, [0.1, 0.4, 1.5]),
            (7.0, -0.33, 10.0, [0.1, 1.0, 10.0]),
        ] {
            let pair = pair(control, anharmonicity, j);
            for rate in rates {
                match found(&pair, rate) {
                    Ok(drive) => {
                        let exact = pair.rate_at(drive).unwrap();
                        assert!((exact / rate - 1.0).abs() < 1e-9, "{control} {rate} {exact}");
                        counts[0] += 1;
                    }
                    Err(error) => {
                        let message = error.to_string();
                        assert!(message.contains("this; no drive gives"), "{message}");
                        counts[1] += 1;
                    }
                }
            }
        }
        assert!(counts[0] >= 8 && counts[1] >= 3, "{counts:?}");
    }

    #[test]
    fn the_largest_rate_is_of_all_drives() {
        // The maximum of the driven control, by a scan elsewhere: 0.833 J near 128 MHz.
        let straddling = pair(5.1, -0.33, 2.0);
        let largest = largest_zx(&straddling).unwrap().unwrap();
        assert!((110.0..150.0).contains(&largest.drive_mhz), "{largest:?}");
        assert!((largest.zx_mhz - 1.66).abs() < 0.02, "{largest:?}");
        // A second maximum is larger: NumPy has 0.295 J near 45 MHz, and more than 0.9 J from 300 on.
        let far = pair(5.4, -0.33, 2.0);
        let largest = largest_zx(&far).unwrap().unwrap();
        assert!(largest.drive_mhz > 250.0 && largest.zx_mhz > 1.437, "{largest:?}");
        for pair in [straddling, far] {
            let largest = largest_zx(&pair).unwrap().unwrap();
            for k in 1..=60 {
                let drive = f64::from(k) / 60.0 * largest.up_to_mhz;
                // To what the exchange adds to the driven control.
                let rate = pair.rate_at(drive).unwrap_or(0.0);
                assert!(rate < 1.01 * largest.zx_mhz, "{drive}: {rate} {largest:?}");
            }
        }
    }

    #[test]
    fn what_no_drive_gives_names_the_largest() {
        let message = found(&pair(5.1, -0.33, 2.0), 6.25).unwrap_err().to_string();
        assert!(message.starts_with("the gate time is this; no drive gives"), "{message}");
        assert!(message.contains("shortest takes 15") && message.contains("J of 7."), "{message}");
    }

    #[test]
    fn a_weaker_drive_is_named_where_there_is_one() {
        for drive_mhz in [20.0, 100.0, 200.0, 280.0] {
            let pair = CrossResonance { drive_mhz, ..pair(5.1, -0.33, 2.0) };
            let zx = pair.rate_at(drive_mhz).unwrap();
            let weaker = weaker_drive_mhz(&pair, zx).unwrap();
            assert_eq!(weaker.is_some(), drive_mhz > 130.0, "{drive_mhz}: {weaker:?}");
            if let Some(weaker) = weaker {
                assert!(weaker < drive_mhz, "{weaker}");
                assert!((pair.rate_at(weaker).unwrap() / zx - 1.0).abs() < 1e-9);
            }
        }
        // Past a first maximum but above it: none does the same.
        let far = CrossResonance { drive_mhz: 250.0, ..pair(5.4, -0.33, 2.0) };
        assert_eq!(weaker_drive_mhz(&far, far.rate_at(250.0).unwrap()).unwrap(), None);
    }
}
