// Teleports ry(0.8)|0> from q[0] to q[2]; r reads 1 with probability sin(0.4)^2 = 0.1516.
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg a[1];
creg b[1];
creg r[1];
ry(0.8) q[0];
barrier q;
h q[1];
cx q[1], q[2];
cx q[0], q[1];
h q[0];
measure q[0] -> a[0];
measure q[1] -> b[0];
if (b == 1) x q[2];
if (a == 1) z q[2];
measure q[2] -> r[0];
