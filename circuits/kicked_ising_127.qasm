// Five steps of the kicked Ising model on the heavy hexagons of 127 qubits (Kim et al., Nature 618,
// 500, 2023): RX(theta) on all qubits, then exp(i pi/4 ZZ) on all 144 couplings. A state vector has no
// room; means are found by Pauli propagation:
//   ketlab run circuits/kicked_ising_127.qasm --param theta=0.7 --method pauli --min-coefficient 1e-4
//     --observable Z62
OPENQASM 3.0;
include "stdgates.inc";
input float theta;
gate zz a, b { cx a, b; sdg b; cx a, b; }
qubit[127] q;
for int step in [1:5] {
  rx(theta) q;
  zz q[0], q[1]; zz q[0], q[14]; zz q[1], q[2]; zz q[2], q[3];
  zz q[3], q[4]; zz q[4], q[5]; zz q[4], q[15]; zz q[5], q[6];
  zz q[6], q[7]; zz q[7], q[8]; zz q[8], q[9]; zz q[8], q[16];
  zz q[9], q[10]; zz q[10], q[11]; zz q[11], q[12]; zz q[12], q[13];
  zz q[12], q[17]; zz q[14], q[18]; zz q[15], q[22]; zz q[16], q[26];
  zz q[17], q[30]; zz q[18], q[19]; zz q[19], q[20]; zz q[20], q[21];
  zz q[20], q[33]; zz q[21], q[22]; zz q[22], q[23]; zz q[23], q[24];
  zz q[24], q[25]; zz q[24], q[34]; zz q[25], q[26]; zz q[26], q[27];
  zz q[27], q[28]; zz q[28], q[29]; zz q[28], q[35]; zz q[29], q[30];
  zz q[30], q[31]; zz q[31], q[32]; zz q[32], q[36]; zz q[33], q[39];
  zz q[34], q[43]; zz q[35], q[47]; zz q[36], q[51]; zz q[37], q[38];
  zz q[37], q[52]; zz q[38], q[39]; zz q[39], q[40]; zz q[40], q[41];
  zz q[41], q[42]; zz q[41], q[53]; zz q[42], q[43]; zz q[43], q[44];
  zz q[44], q[45]; zz q[45], q[46]; zz q[45], q[54]; zz q[46], q[47];
  zz q[47], q[48]; zz q[48], q[49]; zz q[49], q[50]; zz q[49], q[55];
  zz q[50], q[51]; zz q[52], q[56]; zz q[53], q[60]; zz q[54], q[64];
  zz q[55], q[68]; zz q[56], q[57]; zz q[57], q[58]; zz q[58], q[59];
  zz q[58], q[71]; zz q[59], q[60]; zz q[60], q[61]; zz q[61], q[62];
  zz q[62], q[63]; zz q[62], q[72]; zz q[63], q[64]; zz q[64], q[65];
  zz q[65], q[66]; zz q[66], q[67]; zz q[66], q[73]; zz q[67], q[68];
  zz q[68], q[69]; zz q[69], q[70]; zz q[70], q[74]; zz q[71], q[77];
  zz q[72], q[81]; zz q[73], q[85]; zz q[74], q[89]; zz q[75], q[76];
  zz q[75], q[90]; zz q[76], q[77]; zz q[77], q[78]; zz q[78], q[79];
  zz q[79], q[80]; zz q[79], q[91]; zz q[80], q[81]; zz q[81], q[82];
  zz q[82], q[83]; zz q[83], q[84]; zz q[83], q[92]; zz q[84], q[85];
  zz q[85], q[86]; zz q[86], q[87]; zz q[87], q[88]; zz q[87], q[93];
  zz q[88], q[89]; zz q[90], q[94]; zz q[91], q[98]; zz q[92], q[102];
  zz q[93], q[106]; zz q[94], q[95]; zz q[95], q[96]; zz q[96], q[97];
  zz q[96], q[109]; zz q[97], q[98]; zz q[98], q[99]; zz q[99], q[100];
  zz q[100], q[101]; zz q[100], q[110]; zz q[101], q[102]; zz q[102], q[103];
  zz q[103], q[104]; zz q[104], q[105]; zz q[104], q[111]; zz q[105], q[106];
  zz q[106], q[107]; zz q[107], q[108]; zz q[108], q[112]; zz q[109], q[114];
  zz q[110], q[118]; zz q[111], q[122]; zz q[112], q[126]; zz q[113], q[114];
  zz q[114], q[115]; zz q[115], q[116]; zz q[116], q[117]; zz q[117], q[118];
  zz q[118], q[119]; zz q[119], q[120]; zz q[120], q[121]; zz q[121], q[122];
  zz q[122], q[123]; zz q[123], q[124]; zz q[124], q[125]; zz q[125], q[126];
}
