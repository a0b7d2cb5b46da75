//! Trajectories in rounds, until means are accurate enough.

/// A round has at most this many times the trajectories of all before it.
const GROWTH: u64 = 8;
/// More trajectories than an estimate says are needed, since it is one.
const MARGIN: f64 = 1.1;

/// The mean of what was drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn {
    /// How many trajectories.
    pub number: u64,
    /// Their mean; 0 of none.
    pub mean: f64,
    /// The variance of this mean, estimated from them; infinite for one, which says nothing of it.
    pub variance_of_mean: f64,
}

impl Drawn {
    /// Of values, each with the number of trajectories that have it.
    /// `scale` is a typical size of what the values may differ by: that N trajectories agree does not
    /// say that all do, so the standard error of their mean is taken to be at least scale/N, as if one
    /// more had been found elsewhere.
    pub fn new(values: impl Iterator<Item = (u64, f64)> + Clone, scale: f64) -> Self {
        let number: u64 = values.clone().map(|v| v.0).sum();
        let average = |f: &dyn Fn(f64) -> f64| -> f64 {
            let sum: f64 = values.clone().map(|(shots, value)| shots as f64 * f(value)).sum();
            if number == 0 { 0.0 } else { sum / number as f64 }
        };
        let mean = average(&|value| value);
        let variance_of_mean = match number {
            0 => 0.0,
            1 => f64::INFINITY,
            _ => {
                let estimate = average(&|value| (value - mean).powi(2)) / (number - 1) as f64;
                estimate.max((scale / number as f64).powi(2))
            }
        };
        Drawn { number, mean, variance_of_mean }
    }
}

/// How many trajectories are drawn: a number, or rounds until every standard error is small enough.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    /// Trajectories of the first round.
    pub first: u64,
    /// The largest standard error that is wanted.
    pub wanted: Option<f64>,
}

impl Rounds {
    /// How many trajectories it takes in all, if errors stay in proportion.
    pub fn expected(self, number: u64, largest_error: f64) -> f64 {
        let ratio = largest_error / self.wanted.unwrap_or(f64::INFINITY);
        number as f64 * ratio * ratio * MARGIN
    }

    /// Trajectories of the next round, after `number` of them with this largest standard error;
    /// `None` where it is enough.
    pub fn next(self, number: u64, largest_error: f64) -> Option<u64> {
        let ratio = largest_error / self.wanted?;
        if ratio <= 1.0 {
            return None;
        }
        let needed = self.expected(number, largest_error).ceil() as u64;
        let (least, most) = (number.div_ceil(8), number.saturating_mul(GROWTH));
        Some(needed.saturating_sub(number).clamp(least, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_count_as_often_as_they_were_drawn() {
        let grouped = Drawn::new([(3, 1.0), (1, -1.0)].into_iter(), 1.0);
        let single = Drawn::new([1.0, 1.0, 1.0, -1.0].map(|v| (1, v)).into_iter(), 1.0);
        // The mean of 1, 1, 1, -1, and their sample variance 1 divided by 4.
        for drawn in [grouped, single] {
            assert_eq!((drawn.number, drawn.mean, drawn.variance_of_mean), (4, 0.5, 0.25));
        }
        assert_eq!(Drawn::new([(1, 2.0)].into_iter(), 1.0).variance_of_mean, f64::INFINITY);
        // A hundred that agree leave room for one in a hundred that does not.
        let equal = Drawn::new([(100, 0.5)].into_iter(), 2.0);
        assert!((equal.variance_of_mean - 0.0004).abs() < 1e-15);
        let none = Drawn::new([].into_iter(), 1.0);
        assert_eq!((none.number, none.mean, none.variance_of_mean), (0, 0.0, 0.0));
    }

    #[test]
    fn rounds_grow_until_the_error_is_small_enough() {
        let rounds = Rounds { first: 64, wanted: Some(0.1) };
        assert_eq!(rounds.next(64, 0.1), None);
        // Four times as many for half the error, and a tenth more.
        assert!((340..=341).contains(&rounds.next(100, 0.2).unwrap()));
        // Never too few, nor too many at once.
        assert_eq!(rounds.next(64, 0.1 + 1e-9), Some(8));
        assert_eq!(rounds.next(64, f64::INFINITY), Some(512));
        assert_eq!(Rounds { wanted: None, ..rounds }.next(64, 1.0), None);
    }
}
