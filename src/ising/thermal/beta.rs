//! Inverse temperatures along an anneal.

/// How β goes from the first to the last value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BetaSchedule {
    /// By the same factor from sweep to sweep.
    #[default]
    Geometric,
    /// By the same step.
    Linear,
}

impl BetaSchedule {
    /// `geometric` or `linear`.
    pub fn name(self) -> &'static str {
        match self {
            BetaSchedule::Geometric => "geometric",
            BetaSchedule::Linear => "linear",
        }
    }
}

/// The inverse temperatures of the sweeps of a read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Betas {
    /// The first and the last.
    pub range: (f64, f64),
    pub schedule: BetaSchedule,
    pub sweeps: u64,
    /// What they are multiplied by.
    pub unit: f64,
}

impl Betas {
    /// That of a sweep, both ends included; one sweep has the last one.
    pub fn at(&self, sweep: u64) -> f64 {
        let (first, last) = self.range;
        let along = sweep as f64 / (self.sweeps - 1).max(1) as f64;
        let beta = match self.schedule {
            _ if sweep + 1 == self.sweeps => last,
            BetaSchedule::Geometric => first * (last / first).powf(along),
            BetaSchedule::Linear => first + (last - first) * along,
        };
        beta * self.unit
    }
}
