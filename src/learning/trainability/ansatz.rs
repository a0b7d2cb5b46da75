//! The circuits that are studied, by name.

use super::random_circuit::random_pauli_layers;
use crate::circuit::Circuit;
use crate::circuit::library::{
    Entanglement, check_layers, check_num_qubits, hardware_efficient_ansatz, num_parameters,
    try_basic_entangler_layers, try_efficient_su2, try_real_amplitudes, try_simplified_two_design,
    try_strongly_entangling_layers,
};
use crate::error::{Error, Result};
use rand::Rng;
use std::fmt;
use std::str::FromStr;

/// A family of circuits with weights: one for each number of qubits and each depth, which is its number
/// of layers.
///
/// ```
/// use ketlab::learning::trainability::Ansatz;
/// let ansatz: Ansatz = "real-amplitudes".parse()?;
/// assert_eq!(ansatz.to_string(), "real-amplitudes");
/// assert!("real-amplitude".parse::<Ansatz>().unwrap_err().to_string().contains("did you mean"));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ansatz {
    /// [`random_pauli_layers`]: each sample is another circuit.
    Random,
    /// RX on each qubit and nothing else: the warm-up of Cerezo et al. 2021, of one layer.
    Product,
    /// Blocks on two qubits in alternating layers (Cerezo, Sone, Volkoff, Cincio and Coles, Nat. Commun.
    /// 12, 1791 (2021), figure 4): on (0, 1), (2, 3), … in layers 0, 2, …, on (1, 2), (3, 4), … in
    /// layers 1, 3, …. A block is RY and RZ on both qubits, CZ, and RY and RZ on both.
    Layered,
    /// [`hardware_efficient_ansatz`](crate::circuit::library::hardware_efficient_ansatz).
    HardwareEfficient,
    /// [`real_amplitudes`](crate::circuit::library::real_amplitudes), its CX in a chain.
    RealAmplitudes,
    /// [`efficient_su2`](crate::circuit::library::efficient_su2), its CX in a chain.
    EfficientSu2,
    /// [`strongly_entangling_layers`](crate::circuit::library::strongly_entangling_layers).
    StronglyEntangling,
    /// [`basic_entangler_layers`](crate::circuit::library::basic_entangler_layers).
    BasicEntangler,
    /// [`simplified_two_design`](crate::circuit::library::simplified_two_design).
    SimplifiedTwoDesign,
}

impl Ansatz {
    /// All of them.
    pub const ALL: [Ansatz; 9] = [
        Ansatz::Random,
        Ansatz::Product,
        Ansatz::Layered,
        Ansatz::HardwareEfficient,
        Ansatz::RealAmplitudes,
        Ansatz::EfficientSu2,
        Ansatz::StronglyEntangling,
        Ansatz::BasicEntangler,
        Ansatz::SimplifiedTwoDesign,
    ];

    /// Its name on command lines and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Ansatz::Random => "random",
            Ansatz::Product => "product",
            Ansatz::Layered => "layered",
            Ansatz::HardwareEfficient => "hardware-efficient",
            Ansatz::RealAmplitudes => "real-amplitudes",
            Ansatz::EfficientSu2 => "efficient-su2",
            Ansatz::StronglyEntangling => "strongly-entangling",
            Ansatz::BasicEntangler => "basic-entangler",
            Ansatz::SimplifiedTwoDesign => "simplified-two-design",
        }
    }

    /// What it is, in a line.
    pub fn description(self) -> &'static str {
        match self {
            Ansatz::Random => {
                "rotations about random axes and a ladder of CZ (McClean et al. 2018)"
            }
            Ansatz::Product => "one RX on each qubit (Cerezo et al. 2021, warm-up)",
            Ansatz::Layered => {
                "blocks on neighbours in alternating layers: RY, RZ, CZ, RY, RZ (Cerezo et al. 2021)"
            }
            Ansatz::HardwareEfficient => "RY, RZ and a ring of CX (Kandala et al. 2017)",
            Ansatz::RealAmplitudes => "RY and a chain of CX",
            Ansatz::EfficientSu2 => "RY, RZ and a chain of CX",
            Ansatz::StronglyEntangling => {
                "RZ, RY, RZ and rings of CX of growing range (Schuld et al. 2020)"
            }
            Ansatz::BasicEntangler => "RX and a ring of CX",
            Ansatz::SimplifiedTwoDesign => {
                "RY, then CZ and RY on alternating pairs (Cerezo et al. 2021)"
            }
        }
    }

    /// Whether each sample is another circuit, and not only other weights.
    pub fn is_random(self) -> bool {
        self == Ansatz::Random
    }

    /// Whether it has layers that can be repeated.
    pub fn has_depth(self) -> bool {
        self != Ansatz::Product
    }

    /// The circuit, its weights as parameters, each the angle of one rotation. `rng` draws what is random
    /// about its gates: nothing but for [`Ansatz::Random`].
    ///
    /// # Errors
    /// If there are no qubits, more than a circuit can have, no layers, layers of what has none, or more
    /// than 65,536 weights.
    pub fn circuit(self, num_qubits: usize, depth: usize, rng: &mut impl Rng) -> Result<Circuit> {
        check_num_qubits(num_qubits, 1)?;
        check_layers(depth)?;
        let (n, linear) = (num_qubits, Entanglement::Linear);
        match self {
            Ansatz::Random => random_pauli_layers(n, depth, rng),
            Ansatz::Product => product(n, depth),
            Ansatz::Layered => layered(n, depth),
            Ansatz::HardwareEfficient => {
                num_parameters(depth, 2 * n)?;
                Ok(hardware_efficient_ansatz(n, depth))
            }
            Ansatz::RealAmplitudes => try_real_amplitudes(n, depth, linear),
            Ansatz::EfficientSu2 => try_efficient_su2(n, depth, linear),
            Ansatz::StronglyEntangling => try_strongly_entangling_layers(n, depth),
            Ansatz::BasicEntangler => try_basic_entangler_layers(n, depth),
            Ansatz::SimplifiedTwoDesign => try_simplified_two_design(n, depth),
        }
    }

    /// The weight whose derivative is studied unless another is chosen: that of a rotation on qubit 0 in
    /// the middle layer (number ⌊depth/2⌋ from 0, where layers of rotations and of entangling gates are
    /// as many), about an axis that does not commute with Z; [`Ansatz::Random`] has random axes.
    pub fn middle_parameter(self, num_qubits: usize, depth: usize) -> usize {
        let (n, middle) = (num_qubits, depth / 2);
        match self {
            Ansatz::Product => 0,
            Ansatz::Random | Ansatz::BasicEntangler => n * middle,
            // Odd layers have no block on qubit 0.
            Ansatz::Layered => {
                (0..middle - middle % 2).map(|l| WEIGHTS_OF_BLOCK * blocks(n, l)).sum()
            }
            Ansatz::HardwareEfficient => 2 * n * middle,
            // One layer of rotations more than layers of CX.
            Ansatz::RealAmplitudes => n * depth.div_ceil(2),
            Ansatz::EfficientSu2 => 2 * n * depth.div_ceil(2),
            // The second of RZ, RY, RZ.
            Ansatz::StronglyEntangling => 3 * n * middle + 1,
            Ansatz::SimplifiedTwoDesign if n == 1 => 0,
            Ansatz::SimplifiedTwoDesign => n + 2 * (n - 1) * middle,
        }
    }

    /// After how many of its operations each layer ends, of the circuit on so many qubits.
    pub(super) fn layer_ends(self, num_qubits: usize, depth: usize, num_ops: usize) -> Vec<usize> {
        if self == Ansatz::Layered {
            let ends = (0..depth).scan(0, |end, layer| {
                *end += OPS_OF_BLOCK * blocks(num_qubits, layer);
                Some(*end)
            });
            return ends.collect();
        }
        let before = match self {
            Ansatz::Random | Ansatz::RealAmplitudes | Ansatz::SimplifiedTwoDesign => num_qubits,
            Ansatz::EfficientSu2 => 2 * num_qubits,
            _ => 0,
        };
        let in_layer = (num_ops - before) / depth;
        (1..=depth).map(|layer| before + in_layer * layer).collect()
    }
}

impl fmt::Display for Ansatz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Ansatz {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        Ansatz::ALL.into_iter().find(|ansatz| ansatz.name() == text).ok_or_else(|| {
            Error::unknown_name("ansatz", text, "there are", &Ansatz::ALL.map(Ansatz::name))
        })
    }
}

fn product(num_qubits: usize, depth: usize) -> Result<Circuit> {
    if depth != 1 {
        return Err(Error::Invalid {
            what: "the depth of the ansatz `product`".into(),
            value: depth.to_string(),
            expected: "it has one layer; leave the depth out".into(),
        });
    }
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", num_parameters(1, num_qubits)?);
    for (q, theta) in theta.into_iter().enumerate() {
        c.rx(theta, q);
    }
    Ok(c)
}

/// The lower qubits of the blocks of a layer.
fn lowers(num_qubits: usize, layer: usize) -> impl Iterator<Item = usize> {
    (layer % 2..num_qubits.saturating_sub(1)).step_by(2)
}

fn blocks(num_qubits: usize, layer: usize) -> usize {
    lowers(num_qubits, layer).count()
}

/// Of a block of [`Ansatz::Layered`].
const WEIGHTS_OF_BLOCK: usize = 8;
const OPS_OF_BLOCK: usize = WEIGHTS_OF_BLOCK + 1;

fn layered(num_qubits: usize, depth: usize) -> Result<Circuit> {
    check_num_qubits(num_qubits, 2)?;
    // A layer has at most n/2 blocks.
    num_parameters(depth, 4 * num_qubits)?;
    let count = (0..depth).map(|layer| WEIGHTS_OF_BLOCK * blocks(num_qubits, layer)).sum();
    let mut c = Circuit::new(num_qubits);
    let mut theta = c.param_vector("theta", count).into_iter();
    let mut next = || theta.next().expect("eight a block");
    for layer in 0..depth {
        for a in lowers(num_qubits, layer) {
            let b = a + 1;
            c.ry(next(), a).rz(next(), a).ry(next(), b).rz(next(), b).cz(a, b);
            c.ry(next(), a).rz(next(), a).ry(next(), b).rz(next(), b);
        }
    }
    Ok(c)
}
