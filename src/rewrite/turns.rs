//! Gates on one qubit by the turns that a basis has.

use super::NOTHING;
use super::basis::Basis;
use crate::gate::{Angle, GateOp, StdGate};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

/// e^{iγ}·P(φ)·RY(θ)·P(λ) by gates of the basis and a global phase; `None` where it has none for it.
pub(super) fn turns(
    basis: &Basis,
    [theta, phi, lambda, gamma]: [Angle; 4],
    qubit: usize,
) -> Option<Vec<GateOp>> {
    let mut turns = Turns { basis, qubit, ops: vec![], waiting: Angle::Fixed(0.0) };
    turns.phase(gamma);
    // One gate for all of it, unless a turn about Z is all of it.
    if !is(&theta, 0.0)
        && let Some(general) = turns.general_row()
    {
        turns.general(general, theta, phi, lambda);
        return Some(turns.ops);
    }
    turns.about_z(lambda);
    turns.about_y(theta)?;
    turns.about_z(phi);
    turns.settle()?;
    Some(turns.ops)
}

/// Whether an angle is that number.
fn is(angle: &Angle, value: f64) -> bool {
    angle.fixed().is_some_and(|a| (a - value).abs() < NOTHING)
}

struct Turns<'b> {
    basis: &'b Basis,
    qubit: usize,
    ops: Vec<GateOp>,
    /// P by this angle comes before all that follows.
    waiting: Angle,
}

impl Turns<'_> {
    fn has(&self, gate: StdGate) -> bool {
        self.basis.contains(gate, 0)
    }

    fn push(&mut self, gate: StdGate, angles: impl IntoIterator<Item = Angle>) {
        self.ops.push(GateOp::std(gate, angles, [self.qubit]));
    }

    fn phase(&mut self, gamma: Angle) {
        if !is(&gamma, 0.0) {
            self.ops.push(GateOp::std(StdGate::GlobalPhase, [gamma], []));
        }
    }

    fn general_row(&self) -> Option<StdGate> {
        let rows = [StdGate::U, StdGate::U3, StdGate::PhasedU];
        rows.into_iter().find(|&row| self.has(row))
    }

    fn general(&mut self, row: StdGate, theta: Angle, phi: Angle, lambda: Angle) {
        match row {
            StdGate::PhasedU => self.push(row, [theta, phi, lambda, 0.0.into()]),
            StdGate::U => self.push(row, [theta, phi, lambda]),
            _ => {
                self.phase((phi.clone() + lambda.clone()) / 2.0);
                self.push(row, [theta, phi, lambda]);
            }
        }
    }

    /// P(λ), which waits for others.
    fn about_z(&mut self, lambda: impl Into<Angle>) {
        self.waiting = std::mem::take(&mut self.waiting) + lambda.into();
    }

    /// Writes the P that waits.
    fn settle(&mut self) -> Option<()> {
        let lambda = std::mem::take(&mut self.waiting);
        // Only small angles are near a multiple of 2π by more than chance.
        let whole = |l: f64| l.abs() < 4.0 * TAU && (l - TAU * (l / TAU).round()).abs() < NOTHING;
        if lambda.fixed().is_some_and(whole) {
            return Some(());
        }
        if self.has(StdGate::RZ) {
            self.phase(lambda.clone() / 2.0);
            self.push(StdGate::RZ, [lambda]);
        } else if self.has(StdGate::P) {
            self.push(StdGate::P, [lambda]);
        } else if let Some(row) = self.general_row() {
            self.general(row, 0.0.into(), 0.0.into(), lambda);
        } else {
            let eighths = lambda.fixed()? / FRAC_PI_4;
            if (eighths - eighths.round()).abs() > 4.0 * NOTHING {
                return None;
            }
            let rows = self.eighth_turns(eighths.round().rem_euclid(8.0) as usize)?;
            rows.into_iter().for_each(|row| self.push(row, []));
        }
        Some(())
    }

    /// The shortest product of Z, S, T and their inverses in the basis that is P(kπ/4).
    fn eighth_turns(&self, k: usize) -> Option<Vec<StdGate>> {
        let rows = [
            (StdGate::Z, 4),
            (StdGate::S, 2),
            (StdGate::Sdg, 6),
            (StdGate::T, 1),
            (StdGate::Tdg, 7),
        ];
        let mut products: [Option<Vec<StdGate>>; 8] = Default::default();
        products[0] = Some(vec![]);
        for length in 1..8 {
            for (row, turn) in rows.into_iter().filter(|(row, _)| self.has(*row)) {
                for from in 0..8 {
                    let before = products[from].as_ref().filter(|p| p.len() + 1 == length);
                    let after = before.map(|p| p.iter().copied().chain([row]).collect());
                    let to = (from + turn) % 8;
                    if products[to].is_none() {
                        products[to] = after;
                    }
                }
            }
        }
        products[k].take()
    }

    /// RY(θ).
    fn about_y(&mut self, theta: Angle) -> Option<()> {
        if is(&theta, 0.0) {
            return Some(());
        }
        let half_turn = is(&theta, PI) || is(&theta, -PI);
        if half_turn && self.has(StdGate::X) {
            // RY(π) = X·Z.
            self.about_z(PI);
            self.settle()?;
            self.push(StdGate::X, []);
            if is(&theta, -PI) {
                self.phase(PI.into());
            }
        } else if self.has(StdGate::RY) {
            self.settle()?;
            self.push(StdGate::RY, [theta]);
        } else if self.has(StdGate::RX) {
            // RY(θ) = P(π/2)·RX(θ)·P(-π/2).
            self.about_z(-FRAC_PI_2);
            self.settle()?;
            self.push(StdGate::RX, [theta]);
            self.about_z(FRAC_PI_2);
        } else if self.has(StdGate::SX) {
            self.by_roots_of_x(theta)?;
        } else if self.has(StdGate::H) {
            // RX(θ) = H·RZ(θ)·H.
            self.about_z(-FRAC_PI_2);
            self.settle()?;
            self.push(StdGate::H, []);
            self.about_z(theta.clone());
            self.settle()?;
            self.push(StdGate::H, []);
            self.about_z(FRAC_PI_2);
            self.phase(theta / -2.0);
        } else {
            return None;
        }
        Some(())
    }

    /// RY(θ) by √X = e^{iπ/4}·RX(π/2).
    fn by_roots_of_x(&mut self, theta: Angle) -> Option<()> {
        let quarter = [FRAC_PI_2, -FRAC_PI_2].into_iter().find(|&q| is(&theta, q));
        if let Some(quarter) = quarter {
            // RY(π/2) = P(π/2)·RX(π/2)·P(-π/2), and RY(-π/2) = Z·RY(π/2)·Z.
            let side = if quarter > 0.0 { FRAC_PI_2 } else { -FRAC_PI_2 };
            self.about_z(-side);
            self.settle()?;
            self.push(StdGate::SX, []);
            self.about_z(side);
            self.phase(Angle::Fixed(-FRAC_PI_4));
        } else {
            // RY(θ) = P(π)·√X·RZ(θ + π)·√X.
            self.settle()?;
            self.push(StdGate::SX, []);
            self.about_z(theta.clone() + PI);
            self.settle()?;
            self.push(StdGate::SX, []);
            self.about_z(PI);
            self.phase((theta + PI) / -2.0);
        }
        Some(())
    }
}
