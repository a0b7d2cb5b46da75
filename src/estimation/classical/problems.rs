//! Ready integrands: the examples that others use too.

use crate::error::{Error, Result};
use crate::estimation::problem::integrand::Integrand;
use crate::estimation::problem::post_processing::PostProcessing;
use crate::math::statistics::normal_quantile;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// A share whose price is a geometric Brownian motion, under the measure that prices options: Black
/// and Scholes, J. Polit. Econ. 81, 637 (1973).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlackScholes {
    /// The price now, in money.
    pub spot: f64,
    /// The riskless rate, a year, continuously compounded.
    pub rate: f64,
    /// σ, the volatility: the standard deviation of the log price is σ times the root of the years.
    pub volatility: f64,
    /// Years until the option is paid.
    pub years: f64,
}

impl BlackScholes {
    fn check(&self) -> Result<()> {
        check_positive("the price of the share now", self.spot)?;
        check_positive("the volatility", self.volatility)?;
        check_positive("the time in years", self.years)?;
        if !self.rate.is_finite() {
            return Err(Error::NotFinite { what: "the rate".into(), value: self.rate });
        }
        Ok(())
    }

    /// From a mean payoff in units of `cap` at the end to money now.
    fn money_now(&self, cap: f64) -> PostProcessing {
        let scale = cap * (-self.rate * self.years).exp();
        PostProcessing::Affine { scale, offset: 0.0 }
    }
}

impl Integrand {
    /// sin²x on [0, 1], with mean (2 - sin 2)/4 = 0.27267…: the example of Qiskit's tests and of
    /// many papers. Its control is x² - x⁴/3, its series to fourth order.
    pub fn sine_squared() -> Self {
        let f = Self::new("sin²x", 1, |x| x[0].sin().powi(2)).expect("one dimension");
        let series = |x: &[f64]| x[0] * x[0] * (1.0 - x[0] * x[0] / 3.0);
        f.with_mean(0.25 * (2.0 - 2f64.sin())).with_control(series, 4.0 / 15.0)
    }

    /// The payoff max(S - `strike`, 0) of a European call on a share, at most `cap`, in units of
    /// the cap, with the normal variable of the price S by the inverse of its distribution
    /// function. The post-processing gives the option's value in money now.
    ///
    /// Its mean is the formula of Black and Scholes for this strike, less that for `strike` +
    /// `cap`: the cap is a call sold, and the two are a bull spread. Its control is the price S
    /// itself.
    ///
    /// ```
    /// use ketlab::estimation::{BlackScholes, EstimationProblem, Integrand, MonteCarlo};
    /// use ketlab::estimation::AmplitudeEstimator;
    /// let share = BlackScholes { spot: 2.0, rate: 0.05, volatility: 0.4, years: 40.0 / 365.0 };
    /// let (payoff, money) = Integrand::european_call(&share, 1.9, 2.0)?;
    /// let problem = EstimationProblem::integral(payoff, 6)?.post_processing(money);
    /// let result = MonteCarlo::new(100_000)?.estimate(&problem.exact_law()?, 1)?;
    /// assert!((result.estimation_processed - 0.167).abs() < 0.01);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a price, volatility, time or cap is not above 0, the strike is negative, or a number is
    /// not finite.
    pub fn european_call(
        share: &BlackScholes,
        strike: f64,
        cap: f64,
    ) -> Result<(Self, PostProcessing)> {
        let BlackScholes { spot, rate, volatility, years } = *share;
        let payoff = Capped::new(share, strike, cap)?;
        let variance = volatility * volatility * years;
        let drift = spot.ln() + rate * years - 0.5 * variance;
        let deviation = variance.sqrt();
        let price = move |x: &[f64]| (drift + deviation * normal_quantile(x[0])).exp();
        let f = Self::new("European call", 1, move |x| payoff.of(price(x)))?
            .with_mean(payoff.mean(drift, variance))
            .with_control(price, spot * (rate * years).exp());
        Ok((f, share.money_now(cap)))
    }

    /// The payoff max(A - `strike`, 0) of an Asian call, at most `cap`, in units of the cap: A is
    /// the arithmetic mean of the share's prices at `dates` equally spaced times, the last at the
    /// end. Each number in [0, 1) gives the normal variable of one step of the log price, in order
    /// of time. The post-processing gives the option's value in money now.
    ///
    /// For one or two dates the mean is known: the last step by the formula of Black and Scholes, the
    /// one before by quadrature, to rounding. For more it is not. The control is the same payoff of
    /// the geometric mean of the prices, whose logarithm is normal (Kemna and Vorst, J. Bank. Finance
    /// 14, 113 (1990)).
    ///
    /// # Errors
    /// If there are no dates, or more than 64; see also [`european_call`](Self::european_call).
    pub fn asian_call(
        share: &BlackScholes,
        dates: usize,
        strike: f64,
        cap: f64,
    ) -> Result<(Self, PostProcessing)> {
        let BlackScholes { spot, rate, volatility, years } = *share;
        let payoff = Capped::new(share, strike, cap)?;
        let n = dates as f64;
        let step = years / n;
        let drift = (rate - 0.5 * volatility * volatility) * step;
        let deviation = volatility * step.sqrt();
        // Arithmetic and geometric mean of the prices.
        let means = move |x: &[f64]| {
            let (mut log, mut sum, mut logs) = (spot.ln(), 0.0, 0.0);
            for &x in x {
                log += drift + deviation * normal_quantile(x);
                sum += log.exp();
                logs += log;
            }
            (sum / n, (logs / n).exp())
        };
        let f = Self::new("Asian call", dates, move |x| payoff.of(means(x).0))?;
        // The log's mean is over times of mean (n+1)/2 steps; min(i, j) sums to n(n+1)(2n+1)/6.
        let log_mean = spot.ln() + drift * (n + 1.0) / 2.0;
        let log_variance = deviation * deviation * (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n);
        let f = f.with_control(move |x| payoff.of(means(x).1), payoff.mean(log_mean, log_variance));
        let f = match dates {
            1 => f.with_mean(payoff.mean(spot.ln() + drift, deviation * deviation)),
            2 => f.with_mean(payoff.mean_of_two(spot.ln(), drift, deviation)),
            _ => f,
        };
        Ok((f, share.money_now(cap)))
    }
}

/// The payoff of a call, at most a cap and in units of it.
#[derive(Debug, Clone, Copy)]
struct Capped {
    strike: f64,
    cap: f64,
}

impl Capped {
    fn new(share: &BlackScholes, strike: f64, cap: f64) -> Result<Self> {
        share.check()?;
        check_positive("the cap of the payoff", cap)?;
        if strike != 0.0 {
            check_positive("the strike", strike)?;
        }
        Ok(Capped { strike, cap })
    }

    fn of(&self, price: f64) -> f64 {
        (price - self.strike).clamp(0.0, self.cap) / self.cap
    }

    /// Its mean, where the logarithm of the price is normal.
    fn mean(&self, log_mean: f64, log_variance: f64) -> f64 {
        let call = |strike| lognormal_call(log_mean, log_variance, strike);
        ((call(self.strike) - call(self.strike + self.cap)) / self.cap).clamp(0.0, 1.0)
    }

    /// Its mean for the arithmetic mean A of two prices, where each step of the log price is normal.
    /// Once the first price S is known, A - K = (S' - (2K - S))/2 is half of a call on the second one,
    /// S'. What is left is an integral over one normal variable, of a smooth and bounded function, for
    /// which the trapezoidal rule converges exponentially (Trefethen and Weideman, SIAM Review 56, 385
    /// (2014)).
    fn mean_of_two(&self, log_spot: f64, drift: f64, deviation: f64) -> f64 {
        const STEP: f64 = 0.02;
        const REACH: i32 = 500;
        let term = |k: i32| {
            let z = f64::from(k) * STEP;
            let log = log_spot + drift + deviation * z;
            let half = Capped { strike: 2.0 * self.strike - log.exp(), cap: 2.0 * self.cap };
            (-0.5 * z * z).exp() * half.mean(log + drift, deviation * deviation)
        };
        let sum: f64 = (-REACH..=REACH).map(term).sum();
        (sum * STEP / (2.0 * PI).sqrt()).clamp(0.0, 1.0)
    }
}

/// The mean of max(S - strike, 0) where ln S is normal.
fn lognormal_call(log_mean: f64, log_variance: f64, strike: f64) -> f64 {
    let deviation = log_variance.sqrt();
    let mean = (log_mean + 0.5 * log_variance).exp();
    if strike <= 0.0 {
        return mean - strike;
    }
    let above = (log_mean - strike.ln()) / deviation;
    mean * normal_below(above + deviation) - strike * normal_below(above)
}

/// The probability that a standard normal variable stays below x.
fn normal_below(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

fn check_positive(what: &str, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Error::Invalid {
        what: what.into(),
        value: value.to_string(),
        expected: "it must be a finite number above 0".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::control_variate::ControlVariate;
    use super::super::monte_carlo::MonteCarlo;
    use super::super::quasi_monte_carlo::QuasiMonteCarlo;
    use super::*;
    use crate::estimation::account::estimator::AmplitudeEstimator;
    use crate::estimation::problem::estimation_problem::EstimationProblem;
    use crate::math::statistics::line_fit;

    const SHARE: BlackScholes =
        BlackScholes { spot: 2.0, rate: 0.05, volatility: 0.4, years: 40.0 / 365.0 };

    /// The integrand's control, with its own mean as the amplitude, if it is a probability.
    fn control_of(f: &Integrand) -> Integrand {
        let control = f.control().unwrap().clone();
        let value = move |x: &[f64]| (control.function)(x);
        Integrand::new("control", f.dimension(), value)
            .unwrap()
            .with_mean(f.control().unwrap().mean)
    }

    /// Whether quasi-Monte Carlo finds the mean that is stated, at 99.99 %.
    fn assert_mean(f: Integrand) {
        let truth = f.mean().unwrap();
        let problem = EstimationProblem::integral(f, 1).unwrap().exact_law().unwrap();
        let method = QuasiMonteCarlo::new(1 << 18).unwrap().alpha(1e-4).unwrap();
        let result = method.estimate(&problem, 1).unwrap();
        assert!(result.confidence_interval.contains(truth), "{result}, {truth}");
        assert!(result.confidence_interval.half_width() < 1e-3 * truth, "{result}");
    }

    #[test]
    fn sine_squared_is_that_of_qiskit() {
        // qiskit-algorithms' `SineIntegral`, at grids of 2^n midpoints, and its limit.
        let f = Integrand::sine_squared();
        assert!((f.mean().unwrap() - 0.2726756432935796).abs() < 1e-15);
        for (n, a) in [(1, 0.26292005911048105), (3, 0.2720825718511669), (8, 0.2726750651768158)] {
            let problem = EstimationProblem::integral(f.clone(), n).unwrap();
            assert!((problem.amplitude().unwrap() - a).abs() < 1e-12, "{n}");
        }
        assert_mean(f.clone());
        assert_mean(control_of(&f));
    }

    #[test]
    fn calls_have_the_price_of_black_and_scholes() {
        // The reference values of qiskit-finance's European call, recomputed: a cap that is never
        // reached changes nothing.
        let (f, money) = Integrand::european_call(&SHARE, 1.896, 100.0).unwrap();
        let price = money.value(f.mean().unwrap());
        assert!((price - 0.16969509974913577).abs() < 1e-10, "{price}");
        let (f, money) = Integrand::european_call(&SHARE, 1.9, 0.5).unwrap();
        assert!(money.value(f.mean().unwrap()) < price - 0.01);
        assert_mean(f);
        // A strike of 0 pays the share itself: its price is that of today.
        let (f, money) = Integrand::european_call(&SHARE, 0.0, 100.0).unwrap();
        assert!((money.value(f.mean().unwrap()) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_textbook_call_has_its_price() {
        // S = 100, K = 105, r = 5 %, σ = 20 %, one year: 8.02135 (the formula with an erfc of libm).
        let share = BlackScholes { spot: 100.0, rate: 0.05, volatility: 0.2, years: 1.0 };
        let (f, money) = Integrand::european_call(&share, 105.0, 1e4).unwrap();
        assert!((money.value(f.mean().unwrap()) - 8.021352235143187).abs() < 1e-9);
    }

    #[test]
    fn the_control_of_the_european_call_has_its_mean() {
        // The price itself exceeds 1, so a 20th of it is tried; its tail is cut where it is 1.
        let (f, _) = Integrand::european_call(&SHARE, 1.9, 0.5).unwrap();
        let control = f.control().unwrap().clone();
        let value = move |x: &[f64]| ((control.function)(x) / 20.0).min(1.0);
        let part = Integrand::new("S/20", 1, value).unwrap();
        assert_mean(part.with_mean(f.control().unwrap().mean / 20.0));
    }

    #[test]
    fn the_geometric_mean_has_its_closed_form() {
        for dates in [1, 2, 12] {
            let (f, _) = Integrand::asian_call(&SHARE, dates, 1.9, 0.5).unwrap();
            assert_mean(control_of(&f));
        }
        // With one date there is no mean to take.
        let (asian, _) = Integrand::asian_call(&SHARE, 1, 1.9, 0.5).unwrap();
        let (european, _) = Integrand::european_call(&SHARE, 1.9, 0.5).unwrap();
        let mean = european.mean().unwrap();
        assert!((asian.control().unwrap().mean - mean).abs() < 1e-14);
        for x in [0.0, 0.3, 0.7, 0.999] {
            let (a, b) = (asian.evaluate(&[x]).unwrap(), european.evaluate(&[x]).unwrap());
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn two_dates_have_their_mean() {
        // The program's example: a direct sum of the payoff over 2000² midpoints in z, |z| < 8, has
        // 0.0301397337, with an error of the order h² that its kink makes.
        let share = BlackScholes { spot: 100.0, rate: 0.05, volatility: 0.2, years: 1.0 };
        let (f, _) = Integrand::asian_call(&share, 2, 105.0, 200.0).unwrap();
        assert!((f.mean().unwrap() - 0.030139735726105916).abs() < 1e-10);
        for (strike, cap, volatility) in
            [(105.0, 200.0, 0.2), (0.0, 50.0, 0.4), (60.0, 10.0, 0.05), (90.0, 300.0, 1.2)]
        {
            let share = BlackScholes { volatility, ..share };
            let (f, _) = Integrand::asian_call(&share, 2, strike, cap).unwrap();
            assert_mean(f);
            let one = |f: (Integrand, _)| f.0.mean().unwrap();
            let asian = one(Integrand::asian_call(&share, 1, strike, cap).unwrap());
            let european = one(Integrand::european_call(&share, strike, cap).unwrap());
            assert!((asian - european).abs() < 1e-12);
        }
        assert_eq!(Integrand::asian_call(&share, 3, 105.0, 200.0).unwrap().0.mean(), None);
    }

    #[test]
    fn the_geometric_mean_controls_the_arithmetic_one() {
        let (f, _) = Integrand::asian_call(&SHARE, 12, 1.9, 1.0).unwrap();
        let problem = EstimationProblem::integral(f, 1).unwrap().exact_law().unwrap();
        let controlled = ControlVariate::new(20_000).unwrap().estimate(&problem, 1).unwrap();
        assert!(controlled.details[0].1 > 0.999, "{:?}", controlled.details);
        let plain = MonteCarlo::new(20_000).unwrap().estimate(&problem, 1).unwrap();
        let (a, b) = (&controlled.confidence_interval, &plain.confidence_interval);
        assert!(a.half_width() < 0.05 * b.half_width() && b.contains(controlled.estimation));
        let quasi = QuasiMonteCarlo::new(1 << 16).unwrap().estimate(&problem, 1).unwrap();
        let apart = (quasi.estimation - controlled.estimation).abs();
        assert!(apart < 2.0 * (a.half_width() + quasi.confidence_interval.half_width()));
    }

    #[test]
    fn values_are_probabilities_at_the_ends_of_the_cube() {
        let last = super::super::sample::BELOW_ONE;
        let (f, _) = Integrand::asian_call(&SHARE, 64, 1.9, 0.5).unwrap();
        for x in [0.0, f64::EPSILON / 2.0, last] {
            f.evaluate(&[x; 64]).unwrap();
            assert!((f.control().unwrap().function)(&[x; 64]).is_finite());
        }
        let mut x = [last; 64];
        x[10] = 0.0;
        f.evaluate(&x).unwrap();
        assert_eq!((f.control().unwrap().function)(&x), 0.0);
    }

    #[test]
    fn the_normal_law_is_that_of_tables() {
        assert!((normal_below(1.959963984540054) - 0.975).abs() < 1e-11);
        assert!((normal_below(-6.0) / 9.8658764503769e-10 - 1.0).abs() < 1e-9);
        let points: Vec<(f64, f64)> = (1..100)
            .map(|k| f64::from(k) / 100.0)
            .map(|p| (p, normal_below(normal_quantile(p))))
            .collect();
        let (slope, intercept) = line_fit(&points);
        assert!((slope - 1.0).abs() < 1e-9 && intercept.abs() < 1e-9);
    }

    #[test]
    fn faults_are_named() {
        let error = |share: BlackScholes, strike, cap| {
            Integrand::european_call(&share, strike, cap).unwrap_err().to_string()
        };
        assert!(
            error(BlackScholes { spot: 0.0, ..SHARE }, 1.0, 1.0).contains("the share now is 0")
        );
        assert!(error(BlackScholes { volatility: -0.1, ..SHARE }, 1.0, 1.0).contains("volatility"));
        assert!(error(BlackScholes { years: f64::NAN, ..SHARE }, 1.0, 1.0).contains("in years"));
        assert!(
            error(BlackScholes { rate: f64::INFINITY, ..SHARE }, 1.0, 1.0).contains("the rate")
        );
        assert!(error(SHARE, -1.0, 1.0).contains("the strike is -1"));
        assert!(error(SHARE, 1.0, 0.0).contains("the cap of the payoff is 0"));
        for dates in [0, 65] {
            let error = Integrand::asian_call(&SHARE, dates, 1.0, 1.0).unwrap_err().to_string();
            assert!(error.contains("it must be from 1 to 64"), "{error}");
        }
    }
}
