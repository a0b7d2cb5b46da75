//! Propagation one string and one step at a time.

use super::{Account, Step, Truncation};
use crate::clifford::{CliffordStep, Tableau};
use crate::error::Result;
use crate::pauli::{Pauli, PauliString, PauliSum, Phase};
use std::collections::BTreeMap;

/// Strings and their coefficients.
pub(super) type Sum = BTreeMap<PauliString, f64>;

/// The observable before the steps, truncated after every step.
pub(super) fn propagate(
    steps: &[Step],
    truncation: &Truncation,
    observable: &PauliSum,
) -> Result<(Sum, Account)> {
    let mut sum = Sum::new();
    for (string, c) in observable {
        *sum.entry(string.clone()).or_default() += c;
    }
    let mut account = Account::default();
    let cut_small = |sum: &mut Sum, account: &mut Account| {
        account.peak_terms = account.peak_terms.max(sum.len());
        sum.retain(|string, c| {
            let keep = c.abs() >= truncation.min_coefficient && *c != 0.0
                || truncation.protected.contains(string);
            if !keep && *c != 0.0 {
                drop_one(account, *c);
                account.dropped_by_coefficient += c.abs();
            }
            keep
        });
    };
    let cut_layer = |sum: &mut Sum, account: &mut Account| {
        if let Some(most) = truncation.max_weight {
            sum.retain(|string, c| {
                let keep = string.weight() <= most || truncation.protected.contains(string);
                if !keep {
                    drop_one(account, *c);
                    account.dropped_by_weight += c.abs();
                }
                keep
            });
        }
        if let Some(most) = truncation.max_terms {
            let mut order: Vec<_> = sum.iter().map(|(s, c)| (s.clone(), *c)).collect();
            order.retain(|(s, _)| !truncation.protected.contains(s));
            order.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
            let kept = most.saturating_sub(sum.len() - order.len());
            for (string, c) in order.drain(kept.min(order.len())..) {
                sum.remove(&string);
                drop_one(account, c);
                account.dropped_by_number += c.abs();
            }
        }
    };
    cut_small(&mut sum, &mut account);
    for step in steps.iter().rev() {
        sum = match step {
            Step::Layer => {
                cut_layer(&mut sum, &mut account);
                continue;
            }
            Step::Clifford(step) => clifford(step, sum)?,
            Step::Rotation { string, angle } => rotation(string, *angle, sum),
            Step::Transfer(map) => {
                let mut after = Sum::new();
                for (string, c) in sum {
                    let mut row = 0;
                    for (k, &q) in map.qubits().iter().enumerate() {
                        row += number(string.get(q as usize)) << (2 * k);
                    }
                    for (j, m) in map.matrix().row(row).iter().enumerate() {
                        if *m != 0.0 {
                            let letter = |q: usize| {
                                let k = map.qubits().iter().position(|&p| p as usize == q)?;
                                Some([Pauli::I, Pauli::X, Pauli::Y, Pauli::Z][j >> (2 * k) & 3])
                            };
                            let outside = string.iter().filter(|(q, _)| letter(*q).is_none());
                            let inside = map.qubits().iter().map(|&q| q as usize);
                            let inside = inside.filter_map(|q| Some((q, letter(q)?)));
                            let image = PauliString::try_new(outside.chain(inside))?;
                            *after.entry(image).or_default() += m * c;
                        }
                    }
                }
                after
            }
        };
        cut_small(&mut sum, &mut account);
    }
    cut_layer(&mut sum, &mut account);
    account.final_terms = sum.len();
    Ok((sum, account))
}

fn drop_one(account: &mut Account, c: f64) {
    account.dropped_sum += c.abs();
    account.dropped_squares += c * c;
    account.dropped_terms += 1;
}

fn number(letter: Pauli) -> usize {
    match letter {
        Pauli::I => 0,
        Pauli::X => 1,
        Pauli::Y => 2,
        Pauli::Z => 3,
    }
}

fn clifford(step: &CliffordStep, sum: Sum) -> Result<Sum> {
    let qubits = step.qubits();
    let mut tableau = Tableau::new(qubits.len())?;
    tableau
        .apply(&[step.map_qubits(|q| qubits.iter().position(|&p| p == q).unwrap_or(0) as u32)])?;
    let mut after = Sum::new();
    for (string, c) in sum {
        let place = |q: usize| qubits.iter().position(|&p| p as usize == q);
        let inside = string.iter().filter_map(|(q, p)| Some((place(q)?, p)));
        let (negative, image) = tableau.heisenberg(&PauliString::try_new(inside)?)?;
        let outside = string.iter().filter(|(q, _)| place(*q).is_none());
        let image = image.iter().map(|(k, p)| (qubits[k] as usize, p));
        after.insert(PauliString::try_new(outside.chain(image))?, if negative { -c } else { c });
    }
    Ok(after)
}

/// e^{iθG/2} Q e^{-iθG/2} = cos θ Q + i sin θ GQ where G and Q anticommute.
fn rotation(generator: &PauliString, angle: f64, sum: Sum) -> Sum {
    let (sin, cos) = angle.sin_cos();
    let mut after = Sum::new();
    for (string, c) in sum {
        if string.commutes_with(generator) {
            *after.entry(string).or_default() += c;
            continue;
        }
        let (phase, partner) = generator.mul(&string);
        let sign = if phase == Phase::I { -1.0 } else { 1.0 };
        *after.entry(partner).or_default() += sign * sin * c;
        *after.entry(string).or_default() += cos * c;
    }
    after
}
