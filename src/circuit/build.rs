//! The fluent builder. Every method panics on a programmer's mistake, at the caller's line, and
//! has a `try_` twin that returns the error.

use super::{Assign, Circuit, Duration, Expr, If, IntoIndices, Op, While};
use crate::error::{Error, Result};
use crate::gate::{Angle, Control, Gate, GateOp, StdGate, index};
use crate::pauli::PauliString;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// One builder a line: name, twin, row of the table, angles, controls, targets.
macro_rules! builders {
    ($( $(#[doc = $doc:literal])+ $name:ident, $twin:ident = $gate:ident
        ($($angle:ident),*) [$($control:ident),*] ($($target:ident),*); )*) => {
        impl Circuit { $(
            $(#[doc = $doc])+
            #[track_caller]
            pub fn $name(
                &mut self, $($angle: impl Into<Angle>,)* $($control: usize,)* $($target: usize),*
            ) -> &mut Self {
                self.$twin($($angle,)* $($control,)* $($target),*).unwrap_or_else(|e| panic!("{e}"))
            }

            #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") that returns the error.")]
            pub fn $twin(
                &mut self, $($angle: impl Into<Angle>,)* $($control: usize,)* $($target: usize),*
            ) -> Result<&mut Self> {
                let op = GateOp::std(StdGate::$gate, [$($angle.into()),*], [$($target),*]);
                self.try_gate(op.controlled::<usize>([$($control),*]))
            }
        )* }

        /// Names of the builders of table rows, each with its row and number of controls.
        pub static BUILDERS: &[(&str, StdGate, usize)] =
            &[$((stringify!($name), StdGate::$gate, controls(&[$(stringify!($control)),*]))),*];
    };
}

builders! {
    #[doc = "Global phase e^{iγ}."]
    gphase, try_gphase = GlobalPhase (gamma) [] ();
    #[doc = "Identity."]
    id, try_id = I () [] (qubit);
    #[doc = "Pauli X."]
    x, try_x = X () [] (qubit);
    #[doc = "Pauli Y."]
    y, try_y = Y () [] (qubit);
    #[doc = "Pauli Z."]
    z, try_z = Z () [] (qubit);
    #[doc = "Hadamard."]
    h, try_h = H () [] (qubit);
    #[doc = "S = diag(1, i)."]
    s, try_s = S () [] (qubit);
    #[doc = "Inverse of S."]
    sdg, try_sdg = Sdg () [] (qubit);
    #[doc = "T = diag(1, e^{iπ/4})."]
    t, try_t = T () [] (qubit);
    #[doc = "Inverse of T."]
    tdg, try_tdg = Tdg () [] (qubit);
    #[doc = "√X."]
    sx, try_sx = SX () [] (qubit);
    #[doc = "Inverse of √X."]
    sxdg, try_sxdg = SXdg () [] (qubit);
    #[doc = "Phase gate diag(1, e^{iλ})."]
    p, try_p = P (lambda) [] (qubit);
    #[doc = "exp(-iθX/2)."]
    rx, try_rx = RX (theta) [] (qubit);
    #[doc = "exp(-iθY/2)."]
    ry, try_ry = RY (theta) [] (qubit);
    #[doc = "exp(-iθZ/2)."]
    rz, try_rz = RZ (theta) [] (qubit);
    #[doc = "Rotation by θ about cos φ X + sin φ Y."]
    r, try_r = R (theta, phi) [] (qubit);
    #[doc = "P(φ)·RY(θ)·P(λ)."]
    u, try_u = U (theta, phi, lambda) [] (qubit);
    #[doc = "RZ(φ)·RY(π/2)·RZ(λ)."]
    u2, try_u2 = U2 (phi, lambda) [] (qubit);
    #[doc = "RZ(φ)·RY(θ)·RZ(λ)."]
    u3, try_u3 = U3 (theta, phi, lambda) [] (qubit);
    #[doc = "e^{iγ}·U(θ, φ, λ)."]
    phased_u, try_phased_u = PhasedU (theta, phi, lambda, gamma) [] (qubit);
    #[doc = "Exchanges two qubits."]
    swap, try_swap = Swap () [] (a, b);
    #[doc = "exp(iπ(XX + YY)/4)."]
    iswap, try_iswap = ISwap () [] (a, b);
    #[doc = "Inverse of iSWAP."]
    iswapdg, try_iswapdg = ISwapdg () [] (a, b);
    #[doc = "Echoed cross-resonance."]
    ecr, try_ecr = Ecr () [] (a, b);
    #[doc = "exp(-iθXX/2)."]
    rxx, try_rxx = RXX (theta) [] (a, b);
    #[doc = "exp(-iθYY/2)."]
    ryy, try_ryy = RYY (theta) [] (a, b);
    #[doc = "exp(-iθZZ/2)."]
    rzz, try_rzz = RZZ (theta) [] (a, b);
    #[doc = "exp(-iθZX/2), Z on `a`."]
    rzx, try_rzx = RZX (theta) [] (a, b);
    #[doc = "exp(-iθ(XX + YY)/2)·CP(-φ)."]
    fsim, try_fsim = FSim (theta, phi) [] (a, b);
    #[doc = "Toffoli up to relative phases."]
    rccx, try_rccx = Rccx () [] (control1, control2, target);
    #[doc = "Three-controlled X up to relative phases."]
    rc3x, try_rc3x = Rc3x () [] (control1, control2, control3, target);
    #[doc = "Controlled X."]
    cx, try_cx = X () [control] (target);
    #[doc = "Controlled Y."]
    cy, try_cy = Y () [control] (target);
    #[doc = "Controlled Z."]
    cz, try_cz = Z () [control] (target);
    #[doc = "Controlled Hadamard."]
    ch, try_ch = H () [control] (target);
    #[doc = "Controlled S."]
    cs, try_cs = S () [control] (target);
    #[doc = "Controlled S†."]
    csdg, try_csdg = Sdg () [control] (target);
    #[doc = "Controlled √X."]
    csx, try_csx = SX () [control] (target);
    #[doc = "Controlled phase."]
    cp, try_cp = P (lambda) [control] (target);
    #[doc = "Controlled RX."]
    crx, try_crx = RX (theta) [control] (target);
    #[doc = "Controlled RY."]
    cry, try_cry = RY (theta) [control] (target);
    #[doc = "Controlled RZ."]
    crz, try_crz = RZ (theta) [control] (target);
    #[doc = "Controlled U(θ, φ, λ) (the extended `qelib1.inc`'s meaning)."]
    cu3, try_cu3 = U (theta, phi, lambda) [control] (target);
    #[doc = "Controlled e^{iγ}·U(θ, φ, λ)."]
    cu, try_cu = PhasedU (theta, phi, lambda, gamma) [control] (target);
    #[doc = "Controlled SWAP (Fredkin)."]
    cswap, try_cswap = Swap () [control] (a, b);
    #[doc = "Doubly controlled X (Toffoli)."]
    ccx, try_ccx = X () [control1, control2] (target);
    #[doc = "Doubly controlled Z."]
    ccz, try_ccz = Z () [control1, control2] (target);
}

const fn controls(names: &[&str]) -> usize {
    names.len()
}

/// A panicking builder beside its `try_` twin.
macro_rules! twins {
    ($( $(#[doc = $doc:literal])+ $name:ident, $twin:ident ($self:ident, $($arg:ident: $ty:ty),*) $body:block )*) => {
        impl Circuit { $(
            $(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&mut self, $($arg: $ty),*) -> &mut Self {
                self.$twin($($arg),*).unwrap_or_else(|e| panic!("{e}"))
            }

            #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") that returns the error.")]
            pub fn $twin(&mut $self, $($arg: $ty),*) -> Result<&mut Self> $body
        )* }
    };
}

twins! {
    #[doc = "Any gate with its targets and controls."]
    gate, try_gate(self, op: GateOp) {
        self.try_push(Op::Gate(op))
    }
    #[doc = "X under any number of controls; a control is a qubit, `Control::on` or `Control::off`."]
    mcx, try_mcx(self, controls: &[Control], target: usize) {
        self.try_gate(GateOp::std(StdGate::X, [], [target]).controlled(controls.iter().copied()))
    }
    #[doc = "Z under any number of controls."]
    mcz, try_mcz(self, controls: &[Control], target: usize) {
        self.try_gate(GateOp::std(StdGate::Z, [], [target]).controlled(controls.iter().copied()))
    }
    #[doc = "P(λ) under any number of controls."]
    mcp, try_mcp(self, lambda: impl Into<Angle>, controls: &[Control], target: usize) {
        let op = GateOp::std(StdGate::P, [lambda.into()], [target]);
        self.try_gate(op.controlled(controls.iter().copied()))
    }
    #[doc = "exp(-iθP/2) of a Pauli string on the circuit's qubits."]
    pauli_rotation, try_pauli_rotation(self, string: &PauliString, theta: impl Into<Angle>) {
        self.try_gate(GateOp::pauli_rotation(string, theta))
    }
    #[doc = "A unitary matrix, 2^k × 2^k on k qubits, `targets[0]` least significant; checked."]
    unitary, try_unitary(self, matrix: DMatrix<Complex64>, targets: &[usize]) {
        self.try_gate(GateOp::new(Gate::unitary("unitary", matrix)?, targets.iter().copied()))
    }
    #[doc = "A diagonal of 2^k numbers of modulus 1."]
    diagonal, try_diagonal(self, entries: Vec<Complex64>, targets: &[usize]) {
        self.try_gate(GateOp::new(Gate::diagonal("diagonal", entries)?, targets.iter().copied()))
    }
    #[doc = "Basis state b of the targets goes to `table[b]`."]
    permutation, try_permutation(self, table: Vec<u32>, targets: &[usize]) {
        self.try_gate(GateOp::new(Gate::permutation("perm", table)?, targets.iter().copied()))
    }
    #[doc = "The bit oracle |x⟩|y⟩ → |x⟩|y ⊕ f(x)⟩; the first qubit of each list is least significant."]
    oracle, try_oracle(self, f: impl Fn(u32) -> u32, inputs: &[usize], outputs: &[usize]) {
        let gate = Gate::oracle("oracle", inputs.len(), outputs.len(), f)?;
        self.try_gate(GateOp::new(gate, inputs.iter().chain(outputs).copied()))
    }
    #[doc = "Measures a qubit in the Z basis into a classical bit, or each of a list into its own."]
    measure, try_measure(self, qubits: impl IntoIndices, clbits: impl IntoIndices) {
        let (qubits, clbits) = (qubits.into_indices(), clbits.into_indices());
        let before = self.ops.len();
        let pairs = qubits.clone().zip(clbits.clone());
        let result = pairs.into_iter().try_for_each(|(qubit, clbit)| {
            self.try_push(Op::Measure { qubit: index(qubit), clbit: index(clbit) }).map(drop)
        });
        let result = result.and_then(|()| same_number(qubits, clbits));
        self.all_or_nothing(before, result)
    }
    #[doc = "Measures every qubit into a new register `meas` (`meas1`, … where that is taken), qubit k into its bit k."]
    measure_all, try_measure_all(self,) {
        let bits = self.try_add_clbits(&self.fresh_name("meas"), self.num_qubits())?;
        self.try_measure(0..self.num_qubits(), bits)
    }
    #[doc = "Puts a qubit, or each of a list, to |0⟩."]
    reset, try_reset(self, qubits: impl IntoIndices) {
        let before = self.ops.len();
        let mut qubits = qubits.into_indices();
        let result = qubits.try_for_each(|qubit| self.try_push(Op::Reset(index(qubit))).map(drop));
        self.all_or_nothing(before, result)
    }
    #[doc = "A barrier across some qubits."]
    barrier, try_barrier(self, qubits: &[usize]) {
        self.try_push(Op::Barrier(qubits.iter().map(|&q| index(q)).collect()))
    }
    #[doc = "A barrier across all qubits."]
    barrier_all, try_barrier_all(self,) {
        let all = (0..self.num_qubits() as u32).collect();
        self.try_push(Op::Barrier(all))
    }
    #[doc = "Qubits idle for a while."]
    delay, try_delay(self, duration: Duration, qubits: &[usize]) {
        let qubits = qubits.iter().map(|&q| index(q)).collect();
        self.try_push(Op::Delay { qubits, duration })
    }
    #[doc = "Writes classical bits: they become the low bits of the value."]
    assign, try_assign(self, clbits: impl IntoIndices, value: impl Into<Expr>) {
        // Cut off before it is collected: a range may name more bits than fit in memory.
        let beyond = self.num_clbits() + 1;
        let clbits = clbits.into_indices().take(beyond).map(index).collect();
        self.try_push(Op::Assign(Box::new(Assign { clbits, value: value.into() })))
    }
    #[doc = "Operations done where the condition is not 0."]
    if_then, try_if_then(self, condition: Expr, then: impl FnOnce(&mut Circuit) -> &mut Circuit) {
        self.try_if_else(condition, then, |c| c)
    }
    #[doc = "Operations done where the condition is not 0, and others done where it is 0."]
    if_else, try_if_else(self, condition: Expr, then: impl FnOnce(&mut Circuit) -> &mut Circuit, otherwise: impl FnOnce(&mut Circuit) -> &mut Circuit) {
        let (then, otherwise) = (self.collect(then), self.collect(otherwise));
        self.try_push(Op::If(Box::new(If { condition, then, otherwise })))
    }
    #[doc = "Operations repeated while the condition is not 0."]
    while_loop, try_while_loop(self, condition: Expr, body: impl FnOnce(&mut Circuit) -> &mut Circuit) {
        let body = self.collect(body);
        self.try_push(Op::While(Box::new(While { condition, body })))
    }
    #[doc = "Gates under more controls, positive or negative."]
    with_controls, try_with_controls(self, controls: &[Control], gates: impl FnOnce(&mut Circuit) -> &mut Circuit) {
        let before = self.ops.len();
        let result = self.collect(gates).into_iter().try_for_each(|op| {
            let Op::Gate(gate) = op else { return Err(not_controllable(&op)) };
            self.try_gate(gate.controlled(controls.iter().copied())).map(drop)
        });
        self.all_or_nothing(before, result)
    }
}

/// Checks that each qubit has its classical bit.
fn same_number(
    qubits: impl Iterator<Item = usize>,
    clbits: impl Iterator<Item = usize>,
) -> Result<()> {
    let (qubits, clbits) = (qubits.count(), clbits.count());
    if qubits == clbits {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "a measurement".into(),
        value: format!("of {qubits} qubits and {clbits} classical bits"),
        expected: "it takes as many of both".into(),
    })
}

pub(super) fn not_controllable(op: &Op) -> Error {
    let operation = match op {
        Op::Channel(c) => format!("the noise channel `{}`", c.channel),
        _ => "a measurement, reset or classical control".into(),
    };
    Error::Unsupported {
        method: "a quantum control",
        operation,
        hint: "only unitary gates can be controlled".into(),
    }
}

impl Circuit {
    /// What `build` appends to a circuit with these registers and parameters; registers and
    /// parameters that it adds stay.
    fn collect(&mut self, build: impl FnOnce(&mut Circuit) -> &mut Circuit) -> Vec<Op> {
        let before = std::mem::take(&mut self.ops);
        build(self);
        std::mem::replace(&mut self.ops, before)
    }

    /// Takes back what was appended after the first `before` operations if it failed.
    pub(super) fn all_or_nothing(
        &mut self,
        before: usize,
        result: Result<()>,
    ) -> Result<&mut Self> {
        if result.is_err() {
            self.ops.truncate(before);
        }
        result.map(|()| self)
    }
}
