// Two free angles: an ansatz for `ketlab vqe --ansatz`, and an example for `ketlab grad`.
OPENQASM 3.0;
include "stdgates.inc";
input float theta;
input float phi;
qubit[2] q;
ry(theta) q[0];
cx q[0], q[1];
rx(phi) q[1];
rz(theta / 2 + phi) q[0];
ry(2 * phi) q[0];
