// Grover search for 10110 among 32: four rounds find it with probability 0.999.
OPENQASM 2.0;
include "qelib1.inc";
gate oracle a, b, c, d, e {
  x a; x d;
  h e; c4x a, b, c, d, e; h e;
  x a; x d;
}
gate diffuse a, b, c, d, e {
  h a; h b; h c; h d; h e;
  x a; x b; x c; x d; x e;
  h e; c4x a, b, c, d, e; h e;
  x a; x b; x c; x d; x e;
  h a; h b; h c; h d; h e;
}
qreg q[5];
creg c[5];
h q;
oracle q[0], q[1], q[2], q[3], q[4];
diffuse q[0], q[1], q[2], q[3], q[4];
oracle q[0], q[1], q[2], q[3], q[4];
diffuse q[0], q[1], q[2], q[3], q[4];
oracle q[0], q[1], q[2], q[3], q[4];
diffuse q[0], q[1], q[2], q[3], q[4];
oracle q[0], q[1], q[2], q[3], q[4];
diffuse q[0], q[1], q[2], q[3], q[4];
measure q -> c;
