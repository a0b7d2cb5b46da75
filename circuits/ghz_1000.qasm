// (|0...0> + |1...1>)/sqrt(2) on 1000 qubits: Clifford gates, beyond any state vector.
OPENQASM 3.0;
include "stdgates.inc";
qubit[1000] q;
bit[1000] c;
h q[0];
for int k in [1:999] {
  cx q[k - 1], q[k];
}
c = measure q;
