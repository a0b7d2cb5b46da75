//! The Fubini-Study metric of a parameterized state (Stokes et al. 2020, arXiv:1909.02108, eq. 9):
//!
//! ```text
//! g_ij = Re⟨∂_iψ|∂_jψ⟩ - ⟨∂_iψ|ψ⟩⟨ψ|∂_jψ⟩;    the quantum Fisher information is 4 g.
//! ```

use super::Adjoint;
use super::cuts::cuts;
use crate::engine::{Action, Kind, Plan, Real, Scalar, StateVector, bytes_needed};
use crate::error::Result;
use crate::math::check_memory;
use crate::simulate::{Simulator, StateView, Unitary, at_precision, run_watched};
use num_complex::Complex64;

/// Which entries of the metric are computed; the others are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MetricTensor {
    /// All.
    #[default]
    Full,
    /// Those of parameters whose derivatives are read at one place of the circuit: a layer.
    BlockDiagonal,
    /// The diagonal.
    Diagonal,
}

/// The metric at these parameters, row-major. It keeps one state for each parameter.
///
/// # Errors
/// As [`Objective::value`](super::Objective::value); if there is no memory for the states.
pub fn metric_tensor(
    adjoint: &mut Adjoint,
    params: &[f64],
    kind: MetricTensor,
) -> Result<Vec<f64>> {
    let psi = adjoint.state(params)?.to_vec();
    let (simulator, unitary) = (adjoint.simulator(), adjoint.unitary());
    let derivatives = simulator.install_for(unitary.num_qubits, || {
        at_precision!(simulator.run_precision(), simulator.derivative_states(unitary, params))
    })?;
    let blocks = blocks(adjoint.unitary());
    let n = derivatives.len();
    let inner = |a: &[Complex64], b: &[Complex64]| -> Complex64 {
        a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
    };
    let with_psi: Vec<Complex64> = derivatives.iter().map(|d| inner(d, &psi)).collect();
    let mut metric = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let wanted = match kind {
                MetricTensor::Full => true,
                MetricTensor::BlockDiagonal => blocks[i] == blocks[j],
                MetricTensor::Diagonal => i == j,
            };
            if wanted {
                let g = inner(&derivatives[i], &derivatives[j]) - with_psi[i] * with_psi[j].conj();
                metric[i * n + j] = g.re;
                metric[j * n + i] = g.re;
            }
        }
    }
    Ok(metric)
}

impl Simulator {
    /// |∂ψ/∂θ⟩ of every parameter: for each angle the circuit with the generator, times -i/2 or i,
    /// inserted after it.
    fn derivative_states<T: Real>(
        &self,
        unitary: &Unitary,
        params: &[f64],
    ) -> Result<Vec<Vec<Complex64>>>
    where
        for<'a> StateView<'a>: From<&'a mut StateVector<T>>,
    {
        let n = unitary.num_qubits;
        let needed = bytes_needed(n, 16).saturating_mul(unitary.params.len() as u128 + 2);
        check_memory("the derivative states of a metric tensor", needed, |_| {
            (None, "fewer parameters or qubits are needed".into())
        })?;
        let mut slots = Vec::new();
        unitary.check_linear("the metric tensor")?;
        unitary.slots(params, &mut slots, &mut Vec::new())?;
        let constant = |action: &Action| {
            let mut action = action.clone();
            if let Kind::Phase(angle) | Kind::Rotation(_, angle) = &mut action.kind {
                *angle = Scalar::Const(angle.value(&slots));
            }
            action
        };
        let actions: Vec<Action> = unitary.actions.iter().map(constant).collect();
        let mut states = vec![vec![Complex64::ZERO; 1 << n]; unitary.params.len()];
        let mut before = self.start::<T>(n)?.state()?;
        let mut done = 0;
        for (k, action) in unitary.actions.iter().enumerate() {
            let Some(Scalar::Slot(slot)) = action.scalar() else { continue };
            let run = |actions: &[Action], state: &mut StateVector<T>| -> Result<()> {
                let plan = Plan::try_new(state.target(), n, actions)?;
                run_watched(self.watch(), &plan, &plan.bind(&[])?, state)
            };
            run(&actions[done..=k], &mut before)?;
            done = k + 1;
            let mut state = before.try_clone()?;
            let factor = match action.kind {
                Kind::Rotation(p, _) => {
                    state.apply(&Action::new(Kind::Pauli(p)), &[]);
                    Complex64::new(0.0, -0.5)
                }
                _ => Complex64::I,
            };
            state.project(action.controls);
            run(&actions[done..], &mut state)?;
            let derivative = StateView::from(&mut state).to_vec();
            for &(param, c) in unitary.angles[slot as usize].terms() {
                let into = &mut states[param.0 as usize];
                into.iter_mut().zip(&derivative).for_each(|(sum, z)| *sum += factor * z * c);
            }
        }
        Ok(states)
    }
}

/// For each parameter, the cut where its first angle is read.
fn blocks(unitary: &Unitary) -> Vec<usize> {
    let mut blocks = vec![usize::MAX; unitary.params.len()];
    for (number, cut) in cuts(&unitary.actions, |_| true).into_iter().enumerate() {
        for k in cut.reads {
            if let Some(Scalar::Slot(slot)) = unitary.actions[k].scalar() {
                for (param, _) in unitary.angles[slot as usize].terms() {
                    let block = &mut blocks[param.0 as usize];
                    *block = (*block).min(number);
                }
            }
        }
    }
    blocks
}
