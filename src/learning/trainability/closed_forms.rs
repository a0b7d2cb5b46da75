//! Variances that are known exactly.

use super::cost::Cost;
use crate::pauli::Pauli;

/// The variance of the derivative by the angle of exp(-iθP/2), where the circuits before and after it are
/// unitary two-designs: N Tr(O²)/(2(N + 1)(N² - 1)) for N = 2^n and the observable O without its trace,
/// N²/(2(N + 1)(N² - 1)) for a Pauli string.
///
/// It is McClean et al. (Nat. Commun. 9, 4812 (2018)), equation 6, with both integrals done: with A = i[P, Õ]/2
/// and Õ = U₊†OU₊ the mean of Tr(ρA)² over ρ is Tr(A²)/(N(N + 1)), and that of Tr(A²) =
/// (Tr(O²) - Tr(PÕPÕ))/2 over U₊ is Tr(O²) N²/(2(N² - 1)).
///
/// ```
/// use ketlab::learning::trainability::{Cost, two_design_variance};
/// assert!((two_design_variance(&Cost::Zz, 2) - 8.0 / 75.0).abs() < 1e-15);
/// ```
pub fn two_design_variance(cost: &Cost, num_qubits: usize) -> f64 {
    // N Tr(O²) = N² squared_norm; divided through by N² so that large N do not overflow.
    let inverse = 0.5f64.powi(num_qubits.min(1 << 20) as i32);
    let denominator = 2.0 * (1.0 + inverse) * (1.0 - inverse * inverse);
    cost.squared_norm(num_qubits) * inverse / denominator
}

/// The variance of the derivative by one angle of [`Ansatz::Product`](super::Ansatz::Product) (Cerezo et al.,
/// Nat. Commun. 12, 1791 (2021), equations 4 and 5, for angles in [0, 2π)): (1/8)(3/8)^(n-1) of the global
/// cost, 1/(8n²) of the local one. For a Pauli sum, with ⟨Z⟩ = cos θ, ⟨Y⟩ = -sin θ and ⟨X⟩ = 0 on each
/// qubit, products of which are orthogonal: Σ c² 2^-w over the strings of Y and Z on w qubits that act on
/// the `parameter`'s.
pub fn product_variance(cost: &Cost, num_qubits: usize, parameter: usize) -> f64 {
    let n = num_qubits as f64;
    match cost {
        Cost::Global => 0.125 * 0.375f64.powi(num_qubits as i32 - 1),
        Cost::Local => 0.125 / (n * n),
        Cost::Zz if parameter < 2 => 0.25,
        Cost::Zz => 0.0,
        Cost::Observable(sum) => {
            let sum = sum.clone().simplify(0.0);
            let terms = sum.terms().iter().filter(|(string, _)| {
                let acts = string.get(parameter) != Pauli::I;
                acts && string.iter().all(|(_, letter)| letter != Pauli::X)
            });
            terms.map(|(string, c)| c * c * 0.5f64.powi(string.weight() as i32)).sum()
        }
    }
}
