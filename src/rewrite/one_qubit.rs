//! Gates on one qubit as e^{iγ}·P(φ)·RY(θ)·P(λ).

use crate::gate::{Angle, Form, Gate, StdGate};
use crate::pauli::Pauli;
use nalgebra::DMatrix;
use num_complex::Complex64;
use std::f64::consts::{FRAC_PI_2, PI};

/// θ, φ, λ, γ of a row on at most one qubit as e^{iγ}·P(φ)·RY(θ)·P(λ), linear in its angles; `None`
/// for what is no such row.
pub(crate) fn as_u(gate: &Gate) -> Option<[Angle; 4]> {
    let zero = || Angle::Fixed(0.0);
    let mut found = [zero(), zero(), zero(), zero()];
    collect(gate, &mut found, &mut false)?;
    Some(found)
}

/// Whether a row is made of turns about X, so that as U it has angles of its own.
pub(crate) fn is_about_x(row: StdGate) -> bool {
    match row.spec().form {
        Form::Composite(steps) => steps.iter().any(|step| is_about_x(step.gate)),
        Form::Rotation([Pauli::X]) => true,
        _ => false,
    }
}

fn collect(gate: &Gate, found: &mut [Angle; 4], turned: &mut bool) -> Option<()> {
    let Gate::Std(row, angles) = gate else { return None };
    let mut add = |k: usize, angle: Angle| found[k] = std::mem::take(&mut found[k]) + angle;
    // Before the RY a phase belongs to λ, after it to φ.
    let side = if *turned { 1 } else { 2 };
    match &row.spec().form {
        Form::Phase(map) if row.spec().num_qubits == 0 => add(3, map.of(angles)),
        Form::Phase(map) => add(side, map.of(angles)),
        Form::Pauli([Pauli::I]) => {}
        Form::Pauli([Pauli::Z]) => add(side, PI.into()),
        Form::Rotation([Pauli::Z]) => {
            add(side, angles[0].clone());
            add(3, angles[0].clone() / -2.0);
        }
        Form::Rotation([Pauli::Y]) if !*turned => {
            add(0, angles[0].clone());
            *turned = true;
        }
        // RX(θ) = P(-π/2)·RY(θ)·P(π/2).
        Form::Rotation([Pauli::X]) if !*turned => {
            add(2, FRAC_PI_2.into());
            add(0, angles[0].clone());
            add(1, Angle::Fixed(-FRAC_PI_2));
            *turned = true;
        }
        // X = RY(π)·Z, Y = i·RY(π).
        Form::Pauli([Pauli::X]) if !*turned => {
            add(2, PI.into());
            add(0, PI.into());
            *turned = true;
        }
        Form::Pauli([Pauli::Y]) if !*turned => {
            add(0, PI.into());
            add(3, FRAC_PI_2.into());
            *turned = true;
        }
        Form::Composite(_) => {
            for step in gate.steps()?.iter() {
                if !step.controls.is_empty() {
                    return None;
                }
                collect(&step.gate, found, turned)?;
            }
        }
        _ => return None,
    }
    Some(())
}

/// θ, φ, λ, γ of a 2 × 2 unitary as e^{iγ}·P(φ)·RY(θ)·P(λ). Phases are taken from the larger
/// entries: those of small ones are noise.
pub(crate) fn one_qubit(m: &DMatrix<Complex64>) -> [f64; 4] {
    let argument = |z: Complex64| if z.norm() == 0.0 { 0.0 } else { z.arg() };
    let (m00, m01, m10, m11) = (m[(0, 0)], m[(0, 1)], m[(1, 0)], m[(1, 1)]);
    let theta = 2.0 * m10.norm().atan2(m00.norm());
    let gamma = argument(m00);
    if m00.norm() >= m10.norm() {
        let phi = if m10.norm() == 0.0 { 0.0 } else { m10.arg() - gamma };
        return [theta, phi, m11.arg() - gamma - phi, gamma];
    }
    [theta, m10.arg() - gamma, (-m01).arg() - gamma, gamma]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_qubit_rows_as_u() {
        let u3 = Gate::Std(StdGate::U3, [0.1, 0.2, 0.4].map(Angle::from).into_iter().collect());
        let found = as_u(&u3).unwrap().map(|a| a.fixed().unwrap());
        assert_eq!(found[..3], [0.1, 0.2, 0.4]);
        assert!((found[3] + 0.3).abs() < 1e-15);
        for row in StdGate::ALL {
            let spec = row.spec();
            let angles: Vec<f64> = (0..spec.angles.len()).map(|k| 0.3 + 0.4 * k as f64).collect();
            let gate = Gate::Std(*row, angles.iter().map(|&a| a.into()).collect());
            let Some([theta, phi, lambda, gamma]) = as_u(&gate) else {
                assert!(spec.num_qubits > 1, "{}", spec.name);
                continue;
            };
            let all = [theta, phi, lambda, gamma];
            let again = Gate::Std(StdGate::PhasedU, all.into_iter().collect());
            if spec.num_qubits == 1 {
                let (a, b) = (again.matrix().unwrap(), gate.matrix().unwrap());
                assert!((a.to_dmatrix() - b.to_dmatrix()).norm() < 1e-14, "{}", spec.name);
            }
        }
        assert!(is_about_x(StdGate::SX) && is_about_x(StdGate::R) && !is_about_x(StdGate::H));
    }
}
