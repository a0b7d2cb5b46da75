// The expected payoff of a European call as an amplitude: qubits 0 to 2 load a log-normal price on 8
// points from 1.2086 to 2.8134 (spot 2, volatility 0.4, interest 0.05, 40 of 365 days, mean +- 3
// standard deviations), and qubit 3 is 1 with probability max(price - 1.896, 0) / 0.9173707280959587.
// The expected payoff is 0.9173707280959587 times the amplitude: 0.1622760935.
//   ketlab qae circuits/option.qasm --good "q3=1" --scale 0.9173707280959587 --once --precisions 0.01
OPENQASM 2.0;
include "qelib1.inc";
qreg q[4];
ry(1.5108045268930206) q[2];
ry(1.6828730479777143) q[1];
cx q[2], q[1];
ry(1.0354507674742848) q[1];
cx q[2], q[1];
ry(1.7092511325680473) q[0];
cx q[1], q[0];
ry(0.3177499787899444) q[0];
cx q[2], q[0];
ry(0.15368907928867007) q[0];
cx q[1], q[0];
ry(0.6814046158063363) q[0];
cx q[2], q[0];
ry(0.9868848798550617) q[3];
cx q[0], q[3];
ry(-0.2012582788084332) q[3];
cx q[1], q[3];
ry(0.07043097240700268) q[3];
cx q[0], q[3];
ry(-0.33211616397183313) q[3];
cx q[2], q[3];
ry(0.32216917984811605) q[3];
cx q[0], q[3];
ry(-0.060483988283285564) q[3];
cx q[1], q[3];
ry(0.1913112946847161) q[3];
cx q[0], q[3];
ry(-0.9769378957313445) q[3];
cx q[2], q[3];
