//! Arithmetic.

use crate::circuit::Circuit;

/// The ripple-carry adder of Cuccaro, Draper, Kutin and Moulton, arXiv:quant-ph/0410184 (2004),
/// section 2: |c⟩|a⟩|b⟩|z⟩ → |c⟩|a⟩|a + b + c mod 2^m⟩|z ⊕ carry⟩ on numbers of m = `num_bits`
/// bits.
///
/// Registers: `cin` (1 qubit), `a` and `b` (m qubits each, the least significant bit first), `cout`
/// (1 qubit), so 2m + 2 qubits in all. Gates: a MAJ block a bit (two CX, then CCX), CX to the
/// carry, the UMA blocks in reverse order (CCX, then two CX).
///
/// ```
/// use ketlab::{Circuit, Simulator};
/// use ketlab::circuit::library::ripple_carry_adder;
/// let mut c = Circuit::new(6);
/// c.x(1).x(2).x(3); // a = 3, b = 1
/// c.append(&ripple_carry_adder(2)).measure_all();
/// // cout, b, a, cin: 3 + 1 = 4 is 0 and a carry.
/// assert_eq!(Simulator::new().counts(&c, 1)?.get("100110"), 1);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub fn ripple_carry_adder(num_bits: usize) -> Circuit {
    let mut c = Circuit::empty();
    let carry = c.add_qubits("cin", 1)[0];
    let a = c.add_qubits("a", num_bits);
    let b = c.add_qubits("b", num_bits);
    let carry_out = c.add_qubits("cout", 1)[0];
    // The carry of a bit is left in the bit of `a` below it.
    let carries: Vec<usize> = std::iter::once(carry).chain(a).collect();
    for k in 0..num_bits {
        c.cx(a[k], b[k]).cx(a[k], carries[k]).ccx(carries[k], b[k], a[k]);
    }
    c.cx(carries[num_bits], carry_out);
    for k in (0..num_bits).rev() {
        c.ccx(carries[k], b[k], a[k]).cx(a[k], carries[k]).cx(carries[k], b[k]);
    }
    c
}
