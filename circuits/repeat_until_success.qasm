// A rotation RZ(θ) with cos θ = 3/5 out of Clifford gates and Toffolis, by trying until it
// succeeds (M. A. Nielsen and I. L. Chuang, exercise 4.41). The flags are 00 with probability
// 5/8; otherwise the attempt has done nothing but a Z, which is undone.
OPENQASM 3.0;
include "stdgates.inc";

def attempt(qubit[2] ancilla, qubit target) -> bit[2] {
  reset ancilla;
  h ancilla;
  ccx ancilla[0], ancilla[1], target;
  s target;
  ccx ancilla[0], ancilla[1], target;
  z target;
  h ancilla;
  return measure ancilla;
}

qubit target;
qubit[2] ancilla;
bit[2] flags = "11";
output bit result;

h target;
while (flags != "00") {
  flags = attempt(ancilla, target);
}
// The rotation is undone: the result is 0, always.
rz(pi - arccos(3.0 / 5.0)) target;
h target;
result = measure target;
