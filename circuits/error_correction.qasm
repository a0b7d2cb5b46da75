// Three rounds of error correction with the three-qubit repetition code: each round flips one
// qubit, measures the two parities and mends what they point to. The state that was encoded comes
// back, so the result is 0, always.
OPENQASM 3.0;
include "stdgates.inc";

qubit[3] data;
qubit[2] parity;
output bit result;

gate encode a, b, c {
  cx a, b;
  cx a, c;
}

def syndrome(qubit[3] block, qubit[2] helper) -> bit[2] {
  reset helper;
  cx block[0], helper[0];
  cx block[1], helper[0];
  cx block[1], helper[1];
  cx block[2], helper[1];
  return measure helper;
}

ry(0.6) data[0];
encode data[0], data[1], data[2];
for uint round in [0:2] {
  x data[round];
  switch (syndrome(data, parity)) {
    case "01" { x data[0]; }
    case "11" { x data[1]; }
    case "10" { x data[2]; }
    default { }
  }
}
inv @ encode data[0], data[1], data[2];
ry(-0.6) data[0];
result = measure data[0];
