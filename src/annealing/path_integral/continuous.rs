//! Imaginary time without slices: each spin is a list of the moments at which it turns.

use crate::ising::Ising;
use crate::math::Bits;
use rand::{Rng, RngExt};

/// A spin along imaginary time, which ends where it begins.
#[derive(Debug, Clone)]
struct Line {
    /// 1 or -1, from time 0 to the first kink.
    start: f64,
    /// Where it turns: an even number of moments, growing.
    kinks: Vec<f64>,
}

impl Line {
    fn at(&self, time: f64) -> f64 {
        let turned = self.kinks.partition_point(|&kink| kink <= time);
        if turned % 2 == 0 { self.start } else { -self.start }
    }

    /// Adds `weight` times the integral of the spin over each part between `cuts`, of which the last
    /// ends at `beta`.
    fn add_integrals(&self, weight: f64, cuts: &[f64], beta: f64, parts: &mut [f64]) {
        let (mut time, mut spin, mut kinks) = (0.0, self.start, self.kinks.iter().peekable());
        for (part, &end) in parts.iter_mut().zip(cuts.iter().chain([&beta])) {
            while let Some(&kink) = kinks.next_if(|&&kink| kink < end) {
                *part += weight * spin * (kink - time);
                (time, spin) = (kink, -spin);
            }
            *part += weight * spin * (end - time);
            time = end;
        }
    }
}

/// The worldlines of one read.
pub(super) struct Lines<'a, R> {
    model: &'a Ising,
    beta: f64,
    lines: Vec<Line>,
    rng: R,
    cuts: Vec<f64>,
    parts: Vec<f64>,
}

impl<'a, R: Rng> Lines<'a, R> {
    /// Spins at random, the same all along.
    pub fn random(model: &'a Ising, beta: f64, mut rng: R) -> Self {
        let line = |_| Line { start: if rng.random() { 1.0 } else { -1.0 }, kinks: Vec::new() };
        let lines = (0..model.num_spins()).map(line).collect();
        Lines { model, beta, lines, rng, cuts: Vec::new(), parts: Vec::new() }
    }

    /// For each spin (Rieger and Kawashima 1999): cuts at the rate `gamma`, the coefficient of -X,
    /// beside the kinks, and each segment between two of them a new spin with the weight exp(-∫ s f)
    /// of the field f that it feels there, `scale` times that of the model.
    pub fn sweep(&mut self, gamma: f64, scale: f64) {
        let Lines { model, beta, lines, rng, cuts, parts } = self;
        for i in 0..lines.len() {
            cuts.clear();
            cuts.extend_from_slice(&lines[i].kinks);
            // Moments of a Poisson process, by the waits between them.
            let mut wait = || match gamma > 0.0 {
                true => -(1.0 - rng.random::<f64>()).ln() / gamma,
                false => f64::INFINITY,
            };
            let mut time = wait();
            while time < *beta {
                cuts.push(time);
                time += wait();
            }
            cuts.sort_unstable_by(f64::total_cmp);
            parts.clear();
            parts.resize(cuts.len() + 1, 0.0);
            let mut from = 0.0;
            for (part, &end) in parts.iter_mut().zip(cuts.iter().chain([&*beta])) {
                *part = model.fields()[i] * (end - from);
                from = end;
            }
            for &(j, w) in model.neighbours(i) {
                lines[j].add_integrals(w, cuts, *beta, parts);
            }
            // The part behind the last cut goes on at time 0.
            let around = if cuts.is_empty() { 0.0 } else { parts[cuts.len()] };
            parts[0] += around;
            let mut drawn = |part: f64| {
                // +1 with probability 1/(1 + e^2F); an overflow gives 0.
                let up = 1.0 / (1.0 + (2.0 * scale * part).exp());
                if rng.random::<f64>() < up { 1.0 } else { -1.0 }
            };
            let line = &mut lines[i];
            line.start = drawn(parts[0]);
            line.kinks.clear();
            let mut last = line.start;
            for (k, &cut) in cuts.iter().enumerate() {
                let spin = if k + 1 == cuts.len() { line.start } else { drawn(parts[k + 1]) };
                if spin != last {
                    line.kinks.push(cut);
                }
                last = spin;
            }
        }
    }

    /// The configuration at a moment drawn at random.
    pub fn any(&mut self) -> Bits {
        let time = self.rng.random::<f64>() * self.beta;
        self.at(time)
    }

    fn at(&self, time: f64) -> Bits {
        let mut bits = Bits::zeros(self.lines.len());
        for (i, line) in self.lines.iter().enumerate() {
            bits.set(i, line.at(time) < 0.0);
        }
        bits
    }

    /// The configuration of the lowest energy that there is at any moment, the first of equal ones.
    pub fn best(&self) -> Bits {
        let mut kinks: Vec<(f64, usize)> = Vec::new();
        for (i, line) in self.lines.iter().enumerate() {
            kinks.extend(line.kinks.iter().map(|&kink| (kink, i)));
        }
        kinks.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut bits = self.at(0.0);
        let (mut energy, mut lowest, mut when) = (0.0, 0.0, 0.0);
        for (time, i) in kinks {
            energy += self.model.energy_delta(&bits, i);
            bits.set(i, !bits.bit(i));
            if energy < lowest {
                (lowest, when) = (energy, time);
            }
        }
        self.at(when)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    #[test]
    fn integrals_of_a_line() {
        let line = Line { start: 1.0, kinks: vec![0.5, 2.0] };
        assert_eq!([0.0, 0.5, 1.9, 2.0].map(|t| line.at(t)), [1.0, -1.0, -1.0, 1.0]);
        let mut parts = vec![0.0; 3];
        line.add_integrals(2.0, &[0.25, 1.5], 3.0, &mut parts);
        assert_eq!(parts, [0.5, 2.0 * (0.25 - 1.0), 2.0 * (-0.5 + 1.0)]);
        let mut whole = vec![1.0];
        line.add_integrals(1.0, &[], 3.0, &mut whole);
        assert_eq!(whole, [1.0 + 0.5 - 1.5 + 1.0]);
    }

    #[test]
    fn lines_close_and_the_best_moment_is_the_best() {
        let model = Ising::new(vec![0.5, -0.3, 0.0], [(0, 1, 1.0), (1, 2, -0.7)], 0.0);
        let rng = Streams::new(2, Domain::PathIntegral).stream(0);
        let mut lines = Lines::random(&model, 4.0, rng);
        let mut turned = 0;
        for _ in 0..200 {
            lines.sweep(1.0, 1.0);
            for line in &lines.lines {
                assert!(line.kinks.len() % 2 == 0 && line.kinks.is_sorted());
                assert_eq!(line.at(3.999_999), line.start);
                turned += line.kinks.len();
            }
            let best = model.energy(&lines.best());
            let moments = (0..400).map(|k| model.energy(&lines.at(0.01 * f64::from(k))));
            assert!(moments.fold(f64::INFINITY, f64::min) >= best - 1e-12);
        }
        assert!(turned > 200);
    }
}
