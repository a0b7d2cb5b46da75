// The phase of P(2π·11/16) on |1⟩, bit by bit from the last one, with one control qubit
// (M. Dobšíček et al., Phys. Rev. A 76, 030306, 2007). The bits found so far are an angle, which
// turns the control back before the next one is measured. The result is 1011 = 11.
OPENQASM 3.0;
include "stdgates.inc";

const int n = 4;
const float phase = tau * 11.0 / 16.0;

qubit control;
qubit eigenstate;
output angle[n] estimate;

x eigenstate;
for int k in [n - 1:-1:0] {
  estimate >>= 1;
  reset control;
  h control;
  ctrl @ pow(2 ** k) @ p(phase) control, eigenstate;
  p(-estimate) control;
  h control;
  estimate[n - 1] = measure control;
}
