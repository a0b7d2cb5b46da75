//! Order finding: phase estimation of multiplication modulo N.

use super::qft::inverse_qft;
use super::sizes::check_num_qubits;
use crate::circuit::{Circuit, Expr};
use crate::error::{Error, Result};
use crate::gate::{Gate, GateOp};
use crate::math::check_memory;
use crate::math::modular::{gcd, mul_mod};
use std::f64::consts::PI;

/// Multiplications are tables of 2^n entries.
const MOST_BITS: u32 = 24;
/// Outcomes are read as integers of at most 128 bits.
const MOST_CLOCK_BITS: usize = 127;
/// Entries of the tables of all rounds.
const MOST_ENTRIES: u64 = 1 << 28;

/// |x⟩ → |a·x mod N⟩ for x < N, and |x⟩ → |x⟩ beyond, on as many qubits as N has bits: a table, not
/// a network of adders.
///
/// # Errors
/// If N is below 2 or has more than 24 bits, or a has a factor in common with it, so that
/// multiplication is not reversible.
pub fn modular_multiplication(a: u64, modulus: u64) -> Result<Gate> {
    check_modulus(modulus)?;
    let a = a % modulus;
    check_coprime(a, modulus)?;
    let size = 1u64 << num_bits(modulus);
    let mut table = Vec::with_capacity(size as usize);
    let mut product = 0;
    for _ in 0..modulus {
        table.push(product as u32);
        product += a;
        if product >= modulus {
            product -= modulus;
        }
    }
    table.extend(modulus as u32..size as u32);
    Gate::permutation(format!("x{a} mod {modulus}"), table)
}

/// Finds the order of a modulo N with one control qubit, measured and reset in each of t rounds: the
/// semiclassical Fourier transform (Griffiths and Niu, Physical Review Letters 76, 3228 (1996)) as
/// in Parker and Plenio, Physical Review Letters 85, 3049 (2000). Qubits 0..n hold the number, which
/// is 1 at first, qubit n is the control; classical bit m is bit m of y, and y/2^t is near a
/// fraction s/r with the order r as denominator.
///
/// Round m multiplies by a^(2^(t-1-m)) where the control is 1, and turns the control back by the
/// m bits that are known. [`phase_estimation_of_order`] has the same law of y.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::order_finding;
/// // 7 has the order 4 modulo 15, so that y/2^6 is 0, 1/4, 1/2 or 3/4.
/// let counts = Simulator::new().counts(&order_finding(7, 15, 6), 100)?;
/// assert!(counts.iter().all(|(bits, _)| bits.value(0, 6) % 16 == 0));
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// See [`try_order_finding`].
#[track_caller]
pub fn order_finding(a: u64, modulus: u64, num_clock_bits: usize) -> Circuit {
    try_order_finding(a, modulus, num_clock_bits).unwrap_or_else(|e| panic!("{e}"))
}

/// [`order_finding`] that returns the error.
///
/// # Errors
/// As [`modular_multiplication`]; if t is 0 or above 127, or all tables together have more than 2^28
/// entries.
pub fn try_order_finding(a: u64, modulus: u64, num_clock_bits: usize) -> Result<Circuit> {
    let powers = powers(a, modulus, num_clock_bits)?;
    let n = num_bits(modulus) as usize;
    let (targets, control) = (0..n, n);
    let mut c = Circuit::empty();
    c.try_add_qubits("number", n)?;
    c.try_add_qubits("control", 1)?;
    c.try_add_clbits("y", num_clock_bits)?;
    c.try_x(0)?;
    for (m, power) in powers.into_iter().rev().enumerate() {
        if m > 0 {
            c.try_reset(control)?;
        }
        c.try_h(control)?;
        c.try_gate(GateOp::new(power, targets.clone()).controlled([control]))?;
        for j in 0..m {
            let angle = -PI * 0.5f64.powi((m - j) as i32);
            c.try_if_then(Expr::bit(j), |c| c.p(angle, control))?;
        }
        c.try_h(control)?;
        c.try_measure(control, m)?;
    }
    Ok(c)
}

/// Finds the order of a modulo N by phase estimation with a register of t control qubits (Shor, SIAM
/// Journal on Computing 26, 1484 (1997); Nielsen and Chuang, section 5.3.1): qubits 0..n hold the
/// number, qubits n..n+t are measured as y. It takes t - 1 qubits more than [`order_finding`], and
/// no outcome decides what comes after it.
///
/// # Panics
/// See [`try_phase_estimation_of_order`].
#[track_caller]
pub fn phase_estimation_of_order(a: u64, modulus: u64, num_clock_bits: usize) -> Circuit {
    try_phase_estimation_of_order(a, modulus, num_clock_bits).unwrap_or_else(|e| panic!("{e}"))
}

/// [`phase_estimation_of_order`] that returns the error.
///
/// # Errors
/// As [`try_order_finding`].
pub fn try_phase_estimation_of_order(
    a: u64,
    modulus: u64,
    num_clock_bits: usize,
) -> Result<Circuit> {
    let powers = powers(a, modulus, num_clock_bits)?;
    let n = num_bits(modulus) as usize;
    let t = num_clock_bits;
    check_num_qubits(n + t, 1)?;
    let mut c = Circuit::empty();
    c.try_add_qubits("number", n)?;
    let clock = c.try_add_qubits("clock", t)?;
    let y = c.try_add_clbits("y", t)?;
    c.try_x(0)?;
    for k in 0..t {
        c.try_h(n + k)?;
    }
    for (k, power) in powers.into_iter().enumerate() {
        c.try_gate(GateOp::new(power, 0..n).controlled([n + k]))?;
    }
    let qubits: Vec<usize> = (n..n + t).collect();
    c.try_append_on(&inverse_qft(t), &qubits, &[])?;
    c.try_measure(clock, y)?;
    Ok(c)
}

/// Multiplications by a^(2^k) for k below t. A power that comes again shares its table.
fn powers(a: u64, modulus: u64, num_clock_bits: usize) -> Result<Vec<Gate>> {
    check_modulus(modulus)?;
    if !(1..=MOST_CLOCK_BITS).contains(&num_clock_bits) {
        return Err(Error::Invalid {
            what: "the number of clock bits of order finding".into(),
            value: num_clock_bits.to_string(),
            expected: format!("it must be from 1 to {MOST_CLOCK_BITS}; 2n is usual"),
        });
    }
    let squared = |power: &u64| Some(mul_mod(*power, *power, modulus));
    let powers: Vec<u64> =
        std::iter::successors(Some(a % modulus), squared).take(num_clock_bits).collect();
    let mut distinct = powers.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let entries = (distinct.len() as u64) << num_bits(modulus);
    if entries > MOST_ENTRIES {
        return Err(Error::Invalid {
            what: "the tables of the multiplications of order finding".into(),
            value: format!("of {entries} entries"),
            expected: format!(
                "at most {MOST_ENTRIES} are made: take a smaller modulus or fewer clock bits"
            ),
        });
    }
    check_memory(
        "the tables of the multiplications of order finding",
        4 * u128::from(entries),
        |_| (None, "take a smaller modulus or fewer clock bits".into()),
    )?;
    let gates = distinct.iter().map(|&power| modular_multiplication(power, modulus));
    let gates = gates.collect::<Result<Vec<Gate>>>()?;
    let gate = |power: &u64| gates[distinct.partition_point(|other| other < power)].clone();
    Ok(powers.iter().map(gate).collect())
}

fn num_bits(modulus: u64) -> u32 {
    u64::BITS - modulus.leading_zeros()
}

fn check_modulus(modulus: u64) -> Result<()> {
    if modulus >= 2 && num_bits(modulus) <= MOST_BITS {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the modulus of a circuit for order finding".into(),
        value: modulus.to_string(),
        expected: format!(
            "multiplication is a table of 2^n entries here: it must be at least 2 and have at most \
             {MOST_BITS} bits"
        ),
    })
}

fn check_coprime(a: u64, modulus: u64) -> Result<()> {
    let common = gcd(a, modulus);
    if common == 1 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the base of order finding modulo {modulus}"),
        value: a.to_string(),
        expected: format!(
            "both have the factor {common}, so that no power is 1: take a base without a common \
             factor"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Simulator;

    #[test]
    fn multiplication_is_what_it_says() {
        for (a, modulus) in [(2, 3), (7, 15), (5, 21), (32, 33), (3, 64), (100, 21)] {
            let Gate::Permutation(gate) = modular_multiplication(a, modulus).unwrap() else {
                panic!("no permutation")
            };
            for (x, &image) in gate.table.iter().enumerate() {
                let x = x as u64;
                let expected = if x < modulus { a * x % modulus } else { x };
                assert_eq!(u64::from(image), expected, "{a}·{x} mod {modulus}");
            }
        }
        assert!(modular_multiplication(6, 15).is_err());
        assert!(modular_multiplication(0, 15).is_err());
        assert!(modular_multiplication(1, 1).is_err());
        assert!(modular_multiplication(1, 0).is_err());
        assert!(modular_multiplication(3, 1 << 24).is_err());
        assert!(try_order_finding(2, 15, 0).is_err());
        assert!(try_order_finding(2, 15, 128).is_err());
        // 2^(2^k) modulo this prime is something else each time.
        assert!(try_order_finding(2, 16_777_213, 20).is_err());
        assert!(try_order_finding(2, (1 << 24) - 1, 0).is_err());
    }

    #[test]
    fn both_circuits_have_one_law() {
        let one = order_finding(2, 21, 5);
        let full = phase_estimation_of_order(2, 21, 5);
        assert_eq!((one.num_qubits(), full.num_qubits()), (6, 10));
        let simulator = Simulator::new();
        let (one, full) = (
            simulator.outcome_probabilities(&one).unwrap(),
            simulator.outcome_probabilities(&full).unwrap(),
        );
        let list = |outcomes: &[(crate::math::Bits, f64)]| {
            let mut p = vec![0.0; 32];
            outcomes.iter().for_each(|(bits, q)| p[bits.value(0, 5) as usize] += q);
            p
        };
        for (y, (p, q)) in list(&one).iter().zip(list(&full)).enumerate() {
            assert!((p - q).abs() < 1e-12, "{y}: {p} and {q}");
        }
    }
}
