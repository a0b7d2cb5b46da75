//! Which basis states are good.

use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::{Control, GateOp, StdGate};

/// Qubits with the values that they must have.
type Pattern = Vec<(usize, bool)>;

/// Most patterns that a predicate may consist of.
const MAX_PATTERNS: usize = 1 << 16;

/// The good basis states of an estimation problem: a union of disjoint patterns, each some qubits
/// with the values that they must have. The others may have any.
///
/// ```
/// use ketlab::estimation::GoodStates;
/// let below_five = GoodStates::less_than(&[0, 1, 2], 5)?; // qubit 0 the least significant
/// assert!(below_five.contains(0b1100) && !below_five.contains(0b0101));
/// let both = below_five.and(&GoodStates::qubit(3))?;
/// assert!(both.contains(0b1100) && !both.contains(0b0100));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodStates {
    patterns: Vec<Pattern>,
}

impl GoodStates {
    /// The patterns.
    pub(in crate::estimation) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// States in which this qubit is 1.
    pub fn qubit(qubit: usize) -> Self {
        GoodStates { patterns: vec![vec![(qubit, true)]] }
    }

    /// States in which these qubits have these values.
    ///
    /// # Errors
    /// If a qubit is named twice.
    pub fn pattern(values: &[(usize, bool)]) -> Result<Self> {
        let mut pattern = values.to_vec();
        pattern.sort_unstable();
        distinct(pattern.iter().map(|p| p.0), "pattern")?;
        Ok(GoodStates { patterns: vec![pattern] })
    }

    /// States in which the qubits, the first least significant, form one of these numbers.
    ///
    /// # Errors
    /// If a qubit is repeated, there are more than 63 qubits, a number does not fit in the qubits,
    /// or there are more than 65,536 numbers.
    pub fn set(qubits: &[usize], values: &[u64]) -> Result<Self> {
        check_register(qubits)?;
        let mut values = values.to_vec();
        values.sort_unstable();
        values.dedup();
        if let Some(&value) = values.iter().find(|&&v| v >> qubits.len() != 0) {
            return Err(Error::Invalid {
                what: "a good value".into(),
                value: value.to_string(),
                expected: format!(
                    "{} qubits have values below {}",
                    qubits.len(),
                    1u64 << qubits.len()
                ),
            });
        }
        check_patterns(values.len())?;
        let patterns = values.iter().map(|&v| bits_of(qubits, v, 0));
        Ok(GoodStates { patterns: patterns.collect() })
    }

    /// States in which the qubits, the first least significant, form a number below `bound`. No
    /// state for 0, all for a bound that no number reaches.
    ///
    /// # Errors
    /// If a qubit is repeated, or there are more than 63.
    pub fn less_than(qubits: &[usize], bound: u64) -> Result<Self> {
        check_register(qubits)?;
        if bound >> qubits.len() != 0 {
            return Ok(Self::all());
        }
        // A smaller number agrees above some bit of the bound that is 1, and is 0 there.
        let ones = (0..qubits.len()).filter(|&k| bound >> k & 1 == 1);
        let patterns = ones.map(|k| bits_of(qubits, bound ^ 1 << k, k)).collect();
        Ok(GoodStates { patterns })
    }

    /// States in which the qubits, the first least significant, form `bound` or a larger number.
    ///
    /// # Errors
    /// If a qubit is repeated, or there are more than 63.
    pub fn at_least(qubits: &[usize], bound: u64) -> Result<Self> {
        check_register(qubits)?;
        if bound == 0 {
            return Ok(Self::all());
        }
        if bound >> qubits.len() != 0 {
            return Ok(Self::none());
        }
        // It is larger than the bound - 1: 1 where that has a 0, and equal above.
        let below = bound - 1;
        let zeros = (0..qubits.len()).filter(|&k| below >> k & 1 == 0);
        let patterns = zeros.map(|k| bits_of(qubits, below | 1 << k, k)).collect();
        Ok(GoodStates { patterns })
    }

    /// All states.
    pub fn all() -> Self {
        GoodStates { patterns: vec![vec![]] }
    }

    /// No state.
    pub fn none() -> Self {
        GoodStates { patterns: vec![] }
    }

    /// States that are good in both ways.
    ///
    /// # Errors
    /// If there are more than 65,536 patterns.
    pub fn and(&self, other: &GoodStates) -> Result<Self> {
        check_patterns(self.patterns.len().saturating_mul(other.patterns.len()))?;
        let mut patterns = Vec::new();
        for a in &self.patterns {
            patterns.extend(other.patterns.iter().filter_map(|b| merged(a, b)));
        }
        Ok(GoodStates { patterns })
    }

    /// States that are good in one of the two ways, or both.
    ///
    /// # Errors
    /// If there are more than 65,536 patterns.
    pub fn or(&self, other: &GoodStates) -> Result<Self> {
        // What both hold must not count twice.
        let mut patterns = self.patterns.clone();
        patterns.extend(without(other.patterns.clone(), &self.patterns)?);
        check_patterns(patterns.len())?;
        Ok(GoodStates { patterns })
    }

    /// All other states.
    ///
    /// # Errors
    /// If there are more than 65,536 patterns.
    pub fn not(&self) -> Result<Self> {
        Ok(GoodStates { patterns: without(vec![vec![]], &self.patterns)? })
    }

    /// Whether a basis state, qubit 0 its least significant bit, is good.
    pub fn contains(&self, state: u64) -> bool {
        let bit = |qubit: usize| state.checked_shr(qubit as u32).is_some_and(|s| s & 1 == 1);
        let holds = |&(qubit, value): &(usize, bool)| bit(qubit) == value;
        self.patterns.iter().any(|p| p.iter().all(holds))
    }

    /// The share of all basis states that is good: the good states' dimension over 2^n.
    pub fn share(&self) -> f64 {
        self.patterns.iter().fold(0.0, |sum, p| sum + 0.5f64.powi(p.len() as i32))
    }

    /// The qubits that the predicate looks at, ascending.
    pub fn qubits(&self) -> Vec<usize> {
        let mut qubits: Vec<usize> = self.patterns.iter().flatten().map(|p| p.0).collect();
        qubits.sort_unstable();
        qubits.dedup();
        qubits
    }

    /// The reflection that multiplies good states by -1, on `num_qubits` qubits: a phase under
    /// controls for each pattern, without ancillas.
    ///
    /// # Errors
    /// If there is no such qubit.
    pub fn oracle(&self, num_qubits: usize) -> Result<Circuit> {
        let mut circuit = Circuit::new(num_qubits);
        for pattern in &self.patterns {
            let Some((&(target, value), rest)) = pattern.split_last() else {
                circuit.try_gphase(std::f64::consts::PI)?;
                continue;
            };
            let control =
                |&(q, v): &(usize, bool)| if v { Control::on(q) } else { Control::off(q) };
            let op = if value {
                GateOp::std(StdGate::Z, [], [target])
            } else {
                // -1 on |0⟩: Z with its sign turned.
                let minus = std::f64::consts::PI.into();
                let sign = GateOp::std(StdGate::GlobalPhase, [minus], []);
                circuit.try_gate(sign.controlled(rest.iter().map(control)))?;
                GateOp::std(StdGate::Z, [], [target])
            };
            circuit.try_gate(op.controlled(rest.iter().map(control)))?;
        }
        Ok(circuit)
    }
}

/// The bits of `value` from bit `from` on, each on its qubit, ordered by qubit.
fn bits_of(qubits: &[usize], value: u64, from: usize) -> Pattern {
    let mut pattern: Pattern =
        (from..qubits.len()).map(|k| (qubits[k], value >> k & 1 == 1)).collect();
    pattern.sort_unstable();
    pattern
}

/// What disjoint patterns hold and none of `others` does, as disjoint patterns: where one of these
/// asks for more, the first value that is not as asked decides, one after the other.
fn without(mut patterns: Vec<Pattern>, others: &[Pattern]) -> Result<Vec<Pattern>> {
    for other in others {
        let mut rest = Vec::new();
        for pattern in patterns {
            if merged(&pattern, other).is_none() {
                rest.push(pattern);
                continue;
            }
            let mut asked = pattern;
            for &(qubit, value) in other {
                if asked.contains(&(qubit, value)) {
                    continue;
                }
                let mut otherwise = asked.clone();
                otherwise.push((qubit, !value));
                otherwise.sort_unstable();
                rest.push(otherwise);
                asked.push((qubit, value));
            }
        }
        check_patterns(rest.len())?;
        patterns = rest;
    }
    Ok(patterns)
}

/// Both patterns at once; `None` if they contradict each other.
fn merged(a: &Pattern, b: &Pattern) -> Option<Pattern> {
    let mut both: Pattern = a.iter().chain(b).copied().collect();
    both.sort_unstable();
    both.dedup();
    both.windows(2).all(|w| w[0].0 != w[1].0).then_some(both)
}

fn check_register(qubits: &[usize]) -> Result<()> {
    if qubits.len() > 63 {
        return Err(Error::Invalid {
            what: "the number of qubits that form a number".into(),
            value: qubits.len().to_string(),
            expected: "it must be at most 63".into(),
        });
    }
    let mut sorted = qubits.to_vec();
    sorted.sort_unstable();
    distinct(sorted.into_iter(), "good states")
}

/// Refuses repeats in an ascending list.
fn distinct(qubits: impl Iterator<Item = usize>, operation: &str) -> Result<()> {
    let mut last = None;
    for qubit in qubits {
        if last == Some(qubit) {
            return Err(Error::RepeatedQubit { qubit, operation: operation.into() });
        }
        last = Some(qubit);
    }
    Ok(())
}

fn check_patterns(count: usize) -> Result<()> {
    if count > MAX_PATTERNS {
        return Err(Error::Invalid {
            what: "the number of patterns of good states".into(),
            value: count.to_string(),
            expected: format!(
                "it must be at most {MAX_PATTERNS}; mark them on a qubit of the circuit"
            ),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(states: &GoodStates, n: usize) -> Vec<u64> {
        (0..1 << n).filter(|&s| states.contains(s)).collect()
    }

    #[test]
    fn comparators_and_sets_are_what_they_say() {
        for bound in 0..=9 {
            let less = GoodStates::less_than(&[0, 1, 2], bound).unwrap();
            assert_eq!(good(&less, 3), (0..bound.min(8)).collect::<Vec<_>>(), "< {bound}");
            let least = GoodStates::at_least(&[0, 1, 2], bound).unwrap();
            assert_eq!(good(&least, 3), (bound..8).collect::<Vec<_>>(), ">= {bound}");
            assert!((less.share() + least.share() - 1.0).abs() < 1e-15);
        }
        // The first qubit is the least significant bit of the number.
        assert_eq!(good(&GoodStates::set(&[2, 0], &[1, 2]).unwrap(), 3), [1, 3, 4, 6]);
        assert_eq!(good(&GoodStates::set(&[0, 1], &[]).unwrap(), 2), [0; 0]);
        let both = GoodStates::less_than(&[0, 1], 3).unwrap().and(&GoodStates::qubit(0)).unwrap();
        assert_eq!(good(&both, 2), [1]);
        assert_eq!(GoodStates::all().qubits(), [0; 0]);
        let (a, b) = (GoodStates::less_than(&[0, 1, 2], 3).unwrap(), GoodStates::qubit(1));
        assert_eq!(good(&a.or(&b).unwrap(), 3), [0, 1, 2, 3, 6, 7]);
        assert_eq!(good(&a.not().unwrap(), 3), [3, 4, 5, 6, 7]);
        assert!((a.or(&b).unwrap().share() - 0.75).abs() < 1e-15);
        let far = GoodStates::at_least(&(0..40).collect::<Vec<_>>(), 1 << 39).unwrap();
        let near = GoodStates::less_than(&(0..40).collect::<Vec<_>>(), 123_456_789).unwrap();
        let either = near.or(&far).unwrap();
        assert!((either.share() - 0.5 - 123_456_789.0 / 2f64.powi(40)).abs() < 1e-15);
        assert!(either.patterns.len() < 20);
        assert_eq!(GoodStates::none().not().unwrap(), GoodStates::all());
        assert_eq!(GoodStates::all().not().unwrap(), GoodStates::none());
        let everything = a.or(&a.not().unwrap()).unwrap();
        assert_eq!((good(&everything, 3).len(), everything.share()), (8, 1.0));
        let odd = GoodStates::set(&(0..17).collect::<Vec<_>>(), &[0, 77_777]).unwrap();
        let rest = odd.not().unwrap();
        assert!((rest.share() - 1.0 + odd.share()).abs() < 1e-12 && !rest.contains(77_777));
    }

    #[test]
    fn the_oracle_is_minus_one_on_good_states_and_one_on_others() {
        let cases = [
            GoodStates::qubit(1),
            GoodStates::pattern(&[(0, false)]).unwrap(),
            GoodStates::pattern(&[(2, false), (0, true)]).unwrap(),
            GoodStates::less_than(&[0, 1, 2], 5).unwrap(),
            GoodStates::at_least(&[1, 0, 2], 3).unwrap(),
            GoodStates::set(&[0, 2], &[0, 3]).unwrap(),
            GoodStates::all(),
            GoodStates::none(),
        ];
        for states in cases {
            let oracle = states.oracle(3).unwrap();
            for state in 0..8u64 {
                let mut c = Circuit::new(3);
                for q in (0..3).filter(|&q| state >> q & 1 == 1) {
                    c.x(q);
                }
                c.append(&oracle);
                let amplitude = crate::Simulator::new().state::<f64>(&c).unwrap().amplitude(state);
                let expected = if states.contains(state) { -1.0 } else { 1.0 };
                assert!((amplitude - expected).norm() < 1e-12, "{states:?} {state}: {amplitude}");
            }
        }
    }

    #[test]
    fn faults_are_named() {
        assert!(GoodStates::set(&[0, 0], &[1]).unwrap_err().to_string().contains("twice"));
        let message = GoodStates::set(&[0, 1], &[4]).unwrap_err().to_string();
        assert!(message.contains("values below 4"), "{message}");
        assert!(GoodStates::pattern(&[(1, true), (1, false)]).is_err());
        assert!(GoodStates::qubit(3).oracle(3).is_err());
    }
}
