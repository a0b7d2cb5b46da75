//! How large coefficients must be, and what was left out.

use super::Account;

/// How large a coefficient must be to stay.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Floor {
    /// The least coefficient of the truncation; not 0, so that zeros go.
    pub coefficient: f64,
    /// That, or what is known to be needed to be among the largest, if it is more.
    pub least: f64,
    /// Whether strings of coefficient 0 stay where a derivative goes through them. A gradient needs them:
    /// of c = sin θ at θ = 0, and of sums that cancel, the value is 0 and the derivative is not.
    pub keeps_zeros: bool,
}

impl Floor {
    /// At least so large. Where there are more strings than may be, zeros go.
    pub fn raised(self, least: f64) -> Self {
        match least > self.least {
            true => Floor { least, keeps_zeros: false, ..self },
            false => self,
        }
    }
}

/// What was left out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dropped {
    pub sum: f64,
    pub squares: f64,
    pub by_coefficient: f64,
    pub by_weight: f64,
    pub terms: u64,
}

impl Dropped {
    /// A coefficient below the floor; nothing if it is zero.
    #[inline(always)]
    pub fn small(&mut self, c: f64, floor: Floor) {
        let size = c.abs();
        self.sum += size;
        self.squares += size * size;
        self.by_coefficient += if size < floor.coefficient { size } else { 0.0 };
        self.terms += u64::from(size > 0.0);
    }

    /// A string of too large a weight.
    #[inline(always)]
    pub fn heavy(&mut self, c: f64) {
        let size = c.abs();
        self.sum += size;
        self.squares += size * size;
        self.by_weight += size;
        self.terms += u64::from(size > 0.0);
    }

    pub fn add(&mut self, other: &Dropped) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.by_coefficient += other.by_coefficient;
        self.by_weight += other.by_weight;
        self.terms += other.terms;
    }

    /// What is neither small nor heavy was one too many.
    pub fn report(&self, account: &mut Account) {
        account.dropped_sum = self.sum;
        account.dropped_squares = self.squares;
        account.dropped_by_coefficient = self.by_coefficient;
        account.dropped_by_weight = self.by_weight;
        account.dropped_by_number = (self.sum - self.by_coefficient - self.by_weight).max(0.0);
        account.dropped_terms = self.terms;
    }
}
