//! The gate table. A new gate is one new row here: OpenQASM, drawing, inverses, every method and
//! the tests read the row.

use super::matrix as m;
use super::spec::{AngleMap, CliffordImage, Form, GateSpec, Inverse, Step};
use crate::pauli::Pauli;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// One table, read twice: the enum of the gates, and their rows in the same order.
macro_rules! gate_table {
    ($( $(#[doc = $doc:literal])+ $variant:ident { $($field:ident: $value:expr),* $(,)? } )*) => {
        /// A standard gate; [`StdGate::spec`] is its row of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum StdGate { $( $(#[doc = $doc])+ $variant, )* }

        impl StdGate {
            /// Every standard gate, in the order of the table.
            pub const ALL: &'static [StdGate] = &[$(StdGate::$variant),*];
        }

        static TABLE: &[GateSpec] = &[$(
            GateSpec { doc: concat!($($doc),+), $($field: $value),* }
        ),*];
    };
}

impl StdGate {
    /// Its row of the table.
    pub fn spec(self) -> &'static GateSpec {
        &TABLE[self as usize]
    }
}

const A0: AngleMap = AngleMap::linear(&[1.0]);
const A1: AngleMap = AngleMap::linear(&[0.0, 1.0]);
const A2: AngleMap = AngleMap::linear(&[0.0, 0.0, 1.0]);
const A3: AngleMap = AngleMap::linear(&[0.0, 0.0, 0.0, 1.0]);
const NEG0: AngleMap = AngleMap::linear(&[-1.0]);
const NEG1: AngleMap = AngleMap::linear(&[0.0, -1.0]);
const NEG2: AngleMap = AngleMap::linear(&[0.0, 0.0, -1.0]);
const NEG3: AngleMap = AngleMap::linear(&[0.0, 0.0, 0.0, -1.0]);

const fn step(gate: StdGate, angles: &'static [AngleMap], targets: &'static [usize]) -> Step {
    Step { gate, angles, targets, controls: &[] }
}

const fn cx(control: &'static [usize], target: &'static [usize]) -> Step {
    Step { gate: StdGate::X, angles: &[], targets: target, controls: control }
}

const fn image(x: &'static str, z: &'static str) -> CliffordImage {
    CliffordImage { x, z }
}

gate_table! {
    #[doc = "Global phase e^{iγ}."]
    GlobalPhase {
        name: "gphase", aliases: &[], symbol: "e^i", num_qubits: 0, angles: &["gamma"],
        matrix: m::global_phase, inverse: Inverse::Row(StdGate::GlobalPhase, &[NEG0]),
        form: Form::Phase(A0), clifford: None,
    }
    #[doc = "Identity."]
    I {
        name: "id", aliases: &["i"], symbol: "I", num_qubits: 1, angles: &[],
        matrix: m::id, inverse: Inverse::Itself,
        form: Form::Pauli(&[Pauli::I]), clifford: Some(&[image("X", "Z")]),
    }
    #[doc = "Pauli X, the bit flip."]
    X {
        name: "x", aliases: &["not"], symbol: "X", num_qubits: 1, angles: &[],
        matrix: m::x, inverse: Inverse::Itself,
        form: Form::Pauli(&[Pauli::X]), clifford: Some(&[image("X", "-Z")]),
    }
    #[doc = "Pauli Y."]
    Y {
        name: "y", aliases: &[], symbol: "Y", num_qubits: 1, angles: &[],
        matrix: m::y, inverse: Inverse::Itself,
        form: Form::Pauli(&[Pauli::Y]), clifford: Some(&[image("-X", "-Z")]),
    }
    #[doc = "Pauli Z, the phase flip."]
    Z {
        name: "z", aliases: &[], symbol: "Z", num_qubits: 1, angles: &[],
        matrix: m::z, inverse: Inverse::Itself,
        form: Form::Pauli(&[Pauli::Z]), clifford: Some(&[image("-X", "Z")]),
    }
    #[doc = "Hadamard."]
    H {
        name: "h", aliases: &[], symbol: "H", num_qubits: 1, angles: &[],
        matrix: m::h, inverse: Inverse::Itself,
        form: Form::Composite(&[
            step(StdGate::Z, &[], &[0]),
            step(StdGate::RY, &[AngleMap::fixed(FRAC_PI_2)], &[0]),
        ]),
        clifford: Some(&[image("Z", "X")]),
    }
    #[doc = "√Z = diag(1, i)."]
    S {
        name: "s", aliases: &[], symbol: "S", num_qubits: 1, angles: &[],
        matrix: m::s, inverse: Inverse::Row(StdGate::Sdg, &[]),
        form: Form::Phase(AngleMap::fixed(FRAC_PI_2)), clifford: Some(&[image("Y", "Z")]),
    }
    #[doc = "Inverse of S."]
    Sdg {
        name: "sdg", aliases: &[], symbol: "S†", num_qubits: 1, angles: &[],
        matrix: m::sdg, inverse: Inverse::Row(StdGate::S, &[]),
        form: Form::Phase(AngleMap::fixed(-FRAC_PI_2)), clifford: Some(&[image("-Y", "Z")]),
    }
    #[doc = "√S = diag(1, e^{iπ/4})."]
    T {
        name: "t", aliases: &[], symbol: "T", num_qubits: 1, angles: &[],
        matrix: m::t, inverse: Inverse::Row(StdGate::Tdg, &[]),
        form: Form::Phase(AngleMap::fixed(FRAC_PI_4)), clifford: None,
    }
    #[doc = "Inverse of T."]
    Tdg {
        name: "tdg", aliases: &[], symbol: "T†", num_qubits: 1, angles: &[],
        matrix: m::tdg, inverse: Inverse::Row(StdGate::T, &[]),
        form: Form::Phase(AngleMap::fixed(-FRAC_PI_4)), clifford: None,
    }
    #[doc = "√X = e^{iπ/4} RX(π/2)."]
    SX {
        name: "sx", aliases: &[], symbol: "√X", num_qubits: 1, angles: &[],
        matrix: m::sx, inverse: Inverse::Row(StdGate::SXdg, &[]),
        form: Form::Composite(&[
            step(StdGate::RX, &[AngleMap::fixed(FRAC_PI_2)], &[0]),
            step(StdGate::GlobalPhase, &[AngleMap::fixed(FRAC_PI_4)], &[]),
        ]),
        clifford: Some(&[image("X", "-Y")]),
    }
    #[doc = "Inverse of √X."]
    SXdg {
        name: "sxdg", aliases: &[], symbol: "√X†", num_qubits: 1, angles: &[],
        matrix: m::sxdg, inverse: Inverse::Row(StdGate::SX, &[]),
        form: Form::Composite(&[
            step(StdGate::RX, &[AngleMap::fixed(-FRAC_PI_2)], &[0]),
            step(StdGate::GlobalPhase, &[AngleMap::fixed(-FRAC_PI_4)], &[]),
        ]),
        clifford: Some(&[image("X", "Y")]),
    }
    #[doc = "Phase gate diag(1, e^{iλ})."]
    P {
        name: "p", aliases: &["u1", "phase"], symbol: "P", num_qubits: 1, angles: &["lambda"],
        matrix: m::p, inverse: Inverse::Row(StdGate::P, &[NEG0]),
        form: Form::Phase(A0), clifford: None,
    }
    #[doc = "Rotation exp(-iθX/2)."]
    RX {
        name: "rx", aliases: &[], symbol: "RX", num_qubits: 1, angles: &["theta"],
        matrix: m::rx, inverse: Inverse::Row(StdGate::RX, &[NEG0]),
        form: Form::Rotation(&[Pauli::X]), clifford: None,
    }
    #[doc = "Rotation exp(-iθY/2)."]
    RY {
        name: "ry", aliases: &[], symbol: "RY", num_qubits: 1, angles: &["theta"],
        matrix: m::ry, inverse: Inverse::Row(StdGate::RY, &[NEG0]),
        form: Form::Rotation(&[Pauli::Y]), clifford: None,
    }
    #[doc = "Rotation exp(-iθZ/2)."]
    RZ {
        name: "rz", aliases: &[], symbol: "RZ", num_qubits: 1, angles: &["theta"],
        matrix: m::rz, inverse: Inverse::Row(StdGate::RZ, &[NEG0]),
        form: Form::Rotation(&[Pauli::Z]), clifford: None,
    }
    #[doc = "Rotation by θ about cos φ X + sin φ Y: RZ(φ)·RX(θ)·RZ(-φ)."]
    R {
        name: "r", aliases: &["prx"], symbol: "R", num_qubits: 1, angles: &["theta", "phi"],
        matrix: m::r, inverse: Inverse::Row(StdGate::R, &[NEG0, A1]),
        form: Form::Composite(&[
            step(StdGate::RZ, &[NEG1], &[0]),
            step(StdGate::RX, &[A0], &[0]),
            step(StdGate::RZ, &[A1], &[0]),
        ]),
        clifford: None,
    }
    #[doc = "General rotation P(φ)·RY(θ)·P(λ)."]
    U {
        name: "u", aliases: &[], symbol: "U", num_qubits: 1, angles: &["theta", "phi", "lambda"],
        matrix: m::u, inverse: Inverse::Row(StdGate::U, &[NEG0, NEG2, NEG1]),
        form: Form::Composite(&[
            step(StdGate::P, &[A2], &[0]),
            step(StdGate::RY, &[A0], &[0]),
            step(StdGate::P, &[A1], &[0]),
        ]),
        clifford: None,
    }
    #[doc = "RZ(φ)·RY(π/2)·RZ(λ), the `u2` of OpenQASM."]
    U2 {
        name: "u2", aliases: &[], symbol: "U2", num_qubits: 1, angles: &["phi", "lambda"],
        matrix: m::u2,
        inverse: Inverse::Row(StdGate::U3, &[AngleMap::fixed(-FRAC_PI_2), NEG1, NEG0]),
        form: Form::Composite(&[
            step(StdGate::RZ, &[A1], &[0]),
            step(StdGate::RY, &[AngleMap::fixed(FRAC_PI_2)], &[0]),
            step(StdGate::RZ, &[A0], &[0]),
        ]),
        clifford: None,
    }
    #[doc = "RZ(φ)·RY(θ)·RZ(λ), the `u3` of OpenQASM and the `U` of OpenQASM 2."]
    U3 {
        name: "u3", aliases: &[], symbol: "U3", num_qubits: 1, angles: &["theta", "phi", "lambda"],
        matrix: m::u3, inverse: Inverse::Row(StdGate::U3, &[NEG0, NEG2, NEG1]),
        form: Form::Composite(&[
            step(StdGate::RZ, &[A2], &[0]),
            step(StdGate::RY, &[A0], &[0]),
            step(StdGate::RZ, &[A1], &[0]),
        ]),
        clifford: None,
    }
    #[doc = "e^{iγ}·U(θ, φ, λ); with one control it is the `cu` of OpenQASM."]
    PhasedU {
        name: "phased_u", aliases: &[], symbol: "U", num_qubits: 1,
        angles: &["theta", "phi", "lambda", "gamma"],
        matrix: m::phased_u, inverse: Inverse::Row(StdGate::PhasedU, &[NEG0, NEG2, NEG1, NEG3]),
        form: Form::Composite(&[
            step(StdGate::U, &[A0, A1, A2], &[0]),
            step(StdGate::GlobalPhase, &[A3], &[]),
        ]),
        clifford: None,
    }
    #[doc = "Exchanges two qubits."]
    Swap {
        name: "swap", aliases: &[], symbol: "×", num_qubits: 2, angles: &[],
        matrix: m::swap, inverse: Inverse::Itself, form: Form::Swap,
        clifford: Some(&[image("IX", "IZ"), image("XI", "ZI")]),
    }
    #[doc = "Exchanges two qubits and multiplies |01⟩ and |10⟩ by i: exp(iπ(XX + YY)/4)."]
    ISwap {
        name: "iswap", aliases: &[], symbol: "iSWAP", num_qubits: 2, angles: &[],
        matrix: m::iswap, inverse: Inverse::Row(StdGate::ISwapdg, &[]),
        form: Form::Composite(&[
            step(StdGate::RXX, &[AngleMap::fixed(-FRAC_PI_2)], &[0, 1]),
            step(StdGate::RYY, &[AngleMap::fixed(-FRAC_PI_2)], &[0, 1]),
        ]),
        clifford: Some(&[image("ZY", "IZ"), image("YZ", "ZI")]),
    }
    #[doc = "Inverse of iSWAP."]
    ISwapdg {
        name: "iswapdg", aliases: &[], symbol: "iSWAP†", num_qubits: 2, angles: &[],
        matrix: m::iswapdg, inverse: Inverse::Row(StdGate::ISwap, &[]),
        form: Form::Composite(&[
            step(StdGate::RXX, &[AngleMap::fixed(FRAC_PI_2)], &[0, 1]),
            step(StdGate::RYY, &[AngleMap::fixed(FRAC_PI_2)], &[0, 1]),
        ]),
        clifford: Some(&[image("-ZY", "IZ"), image("-YZ", "ZI")]),
    }
    #[doc = "Echoed cross-resonance (X⊗1 - Y⊗X)/√2, `targets[0]` written first: X₀·RZX(π/2)."]
    Ecr {
        name: "ecr", aliases: &[], symbol: "ECR", num_qubits: 2, angles: &[],
        matrix: m::ecr, inverse: Inverse::Itself,
        form: Form::Composite(&[
            step(StdGate::RZX, &[AngleMap::fixed(FRAC_PI_2)], &[0, 1]),
            step(StdGate::X, &[], &[0]),
        ]),
        clifford: Some(&[image("-YX", "-ZI"), image("IX", "ZY")]),
    }
    #[doc = "Rotation exp(-iθXX/2)."]
    RXX {
        name: "rxx", aliases: &[], symbol: "RXX", num_qubits: 2, angles: &["theta"],
        matrix: m::rxx, inverse: Inverse::Row(StdGate::RXX, &[NEG0]),
        form: Form::Rotation(&[Pauli::X, Pauli::X]), clifford: None,
    }
    #[doc = "Rotation exp(-iθYY/2)."]
    RYY {
        name: "ryy", aliases: &[], symbol: "RYY", num_qubits: 2, angles: &["theta"],
        matrix: m::ryy, inverse: Inverse::Row(StdGate::RYY, &[NEG0]),
        form: Form::Rotation(&[Pauli::Y, Pauli::Y]), clifford: None,
    }
    #[doc = "Rotation exp(-iθZZ/2)."]
    RZZ {
        name: "rzz", aliases: &[], symbol: "RZZ", num_qubits: 2, angles: &["theta"],
        matrix: m::rzz, inverse: Inverse::Row(StdGate::RZZ, &[NEG0]),
        form: Form::Rotation(&[Pauli::Z, Pauli::Z]), clifford: None,
    }
    #[doc = "Rotation exp(-iθZX/2), Z on `targets[0]`."]
    RZX {
        name: "rzx", aliases: &[], symbol: "RZX", num_qubits: 2, angles: &["theta"],
        matrix: m::rzx, inverse: Inverse::Row(StdGate::RZX, &[NEG0]),
        form: Form::Rotation(&[Pauli::Z, Pauli::X]), clifford: None,
    }
    #[doc = "Fermionic simulation gate exp(-iθ(XX + YY)/2)·CP(-φ) (Kivlichan et al. 2018; Cirq's sign)."]
    FSim {
        name: "fsim", aliases: &[], symbol: "fSim", num_qubits: 2, angles: &["theta", "phi"],
        matrix: m::fsim, inverse: Inverse::Row(StdGate::FSim, &[NEG0, NEG1]),
        form: Form::Composite(&[
            step(StdGate::RXX, &[A0], &[0, 1]),
            step(StdGate::RYY, &[A0], &[0, 1]),
            Step { gate: StdGate::P, angles: &[NEG1], targets: &[1], controls: &[0] },
        ]),
        clifford: None,
    }
    #[doc = "Toffoli up to relative phases (Margolus; Maslov 2016); controls first."]
    Rccx {
        name: "rccx", aliases: &[], symbol: "RCCX", num_qubits: 3, angles: &[],
        matrix: m::rccx, inverse: Inverse::Itself,
        form: Form::Composite(&[
            step(StdGate::H, &[], &[2]),
            step(StdGate::T, &[], &[2]),
            cx(&[1], &[2]),
            step(StdGate::Tdg, &[], &[2]),
            cx(&[0], &[2]),
            step(StdGate::T, &[], &[2]),
            cx(&[1], &[2]),
            step(StdGate::Tdg, &[], &[2]),
            step(StdGate::H, &[], &[2]),
        ]),
        clifford: None,
    }
    #[doc = "Three-controlled X up to relative phases (Maslov 2016, fig. 4); controls first."]
    Rc3x {
        name: "rc3x", aliases: &["rcccx"], symbol: "RC3X", num_qubits: 4, angles: &[],
        matrix: m::rc3x, inverse: Inverse::Steps,
        form: Form::Composite(&[
            step(StdGate::H, &[], &[3]),
            step(StdGate::T, &[], &[3]),
            cx(&[2], &[3]),
            step(StdGate::Tdg, &[], &[3]),
            step(StdGate::H, &[], &[3]),
            cx(&[0], &[3]),
            step(StdGate::T, &[], &[3]),
            cx(&[1], &[3]),
            step(StdGate::Tdg, &[], &[3]),
            cx(&[0], &[3]),
            step(StdGate::T, &[], &[3]),
            cx(&[1], &[3]),
            step(StdGate::Tdg, &[], &[3]),
            step(StdGate::H, &[], &[3]),
            step(StdGate::T, &[], &[3]),
            cx(&[2], &[3]),
            step(StdGate::Tdg, &[], &[3]),
            step(StdGate::H, &[], &[3]),
        ]),
        clifford: None,
    }
}
