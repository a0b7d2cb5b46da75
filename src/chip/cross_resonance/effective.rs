//! The effective Hamiltonian by exact block diagonalisation.

use super::CrossResonance;
use super::driven::{Driven, driven};
use crate::chip::coupling::{Dressed, dressed};
use crate::error::{Error, Result};
use nalgebra::{DMatrix, Matrix2, SymmetricEigen};

/// A state with this part of what another has of the control's level or of a block: which is meant is not
/// clear.
pub(super) const AMBIGUOUS: f64 = 0.75;
/// What driven states must bear of the qubits' more than.
pub(super) const LEAST_OVERLAP: f64 = 0.5;

/// The effective Hamiltonian of the two qubits under the drive, in the frame of the drive: each
/// coefficient is that of P/2, in MHz, the control's letter first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectiveHamiltonian {
    /// The turn of the target whose sense the control sets.
    pub zx_mhz: f64,
    /// The turn of the target that is there in any case.
    pub ix_mhz: f64,
    /// The same about Y: 0 at a drive of phase 0, as drives are here.
    pub zy_mhz: f64,
    /// The same about Y: 0 at a drive of phase 0.
    pub iy_mhz: f64,
    /// ZZ under the drive; without it half of the static ζ.
    pub zz_mhz: f64,
    /// Detuning of the target. Without drive it is -ζ/2, since the drive's frequency is that of the
    /// target with the control in 0.
    pub iz_mhz: f64,
    /// Shift of the control by the drive (ac Stark): ZI less that without drive. The frequency of
    /// the control falls by it where it is positive.
    pub zi_mhz: f64,
    /// The frequency of the drive, the dressed one of the target with the control in 0, in GHz. IZ is
    /// there: [`calibrated_drive_ghz`](Self::calibrated_drive_ghz) is without.
    pub drive_ghz: f64,
    /// The least part of a computational state that is in the driven states of its block; near 1 the
    /// effective Hamiltonian is a good one.
    pub overlap: f64,
    /// Population of the control above level 1 while the drive is on, the mean of the four
    /// computational states.
    pub population_above_one: f64,
}

impl EffectiveHamiltonian {
    /// The frequency of the drive in GHz at which IZ is none, as an experiment calibrates it and as the
    /// [errors](super::ErrorBudget) of a gate assume it. In the frame of the drive the target's frequency
    /// is the drive's less ν of IZ, so the drive has to go down by that. Next order in IZ over the detuning
    /// is left out.
    pub fn calibrated_drive_ghz(&self) -> f64 {
        self.drive_ghz - 1e-3 * self.iz_mhz
    }

    /// The same for a drive Ω cos(2π f_d t + φ): the frame of the drive turns by φ, so X terms become
    /// cos φ X - sin φ Y.
    pub fn at_phase(self, phase_rad: f64) -> Self {
        let (sin, cos) = phase_rad.sin_cos();
        let turned = |x: f64, y: f64| (cos * x + sin * y, cos * y - sin * x);
        let (zx_mhz, zy_mhz) = turned(self.zx_mhz, self.zy_mhz);
        let (ix_mhz, iy_mhz) = turned(self.ix_mhz, self.iy_mhz);
        EffectiveHamiltonian { zx_mhz, zy_mhz, ix_mhz, iy_mhz, ..self }
    }
}

/// One block, of a state of the control: the target's Hamiltonian in MHz and what is said of it.
struct Block {
    hamiltonian: Matrix2<f64>,
    overlap: f64,
    population_above_one: f64,
}

impl CrossResonance {
    /// The effective Hamiltonian, by Magesan and Gambetta's procedure (2020, section III), exactly:
    /// the undriven qubits are diagonalised; in the frame that turns with the drive, at the target's
    /// dressed frequency, the driven Hamiltonian of all levels is diagonalised and taken to the
    /// blocks {00, 01}, {10, 11} of dressed states and the rest by the unitary that is nearest to
    /// none (least action: Cederbaum, Schirmer and Meyer, J. Phys. A 22, 2427, 1989).
    ///
    /// # Errors
    /// As [`first_order`](Self::first_order); where levels cross, so that the driven states have no
    /// names: no two of them bear more than half of a block.
    pub fn effective(&self) -> Result<EffectiveHamiltonian> {
        self.effective_off(0.0)
    }

    /// The same for a drive whose frequency is this far above the target's dressed one.
    fn effective_off(&self, offset_mhz: f64) -> Result<EffectiveHamiltonian> {
        self.check()?;
        let dressed = dressed(&self.control, &self.target, self.j_mhz)?;
        let [[e00, e01], [e10, e11]] = dressed.energies_mhz;
        // In the frame of the target's bare frequency.
        let shift = e01 - e00 + offset_mhz;
        let drive_ghz = self.target.frequency_ghz() + 1e-3 * shift;
        let alone = driven(&self.control, drive_ghz, self.drive_mhz);
        if alone.ambiguity > AMBIGUOUS {
            return Err(mixed(alone.ambiguity));
        }
        let matrix = self.rotating_frame_hamiltonian(shift);
        let eigen = SymmetricEigen::new(matrix);
        let block = |c| self.block(&eigen, &dressed, &alone, c);
        let (zero, one) = (block(0)?, block(1)?);
        let x = [&zero, &one].map(|block| 2.0 * block.hamiltonian[(0, 1)]);
        let z = [&zero, &one].map(|block| block.hamiltonian[(0, 0)] - block.hamiltonian[(1, 1)]);
        let middle = [&zero, &one].map(|block| 0.5 * block.hamiltonian.trace());
        let undriven = 0.5 * (e00 + e01 - shift) - 0.5 * (e10 - shift + e11 - 2.0 * shift);
        Ok(EffectiveHamiltonian {
            zx_mhz: 0.5 * (x[0] - x[1]),
            ix_mhz: 0.5 * (x[0] + x[1]),
            zy_mhz: 0.0,
            iy_mhz: 0.0,
            zz_mhz: 0.5 * (z[0] - z[1]),
            iz_mhz: 0.5 * (z[0] + z[1]),
            zi_mhz: middle[0] - middle[1] - undriven,
            drive_ghz,
            overlap: zero.overlap.min(one.overlap),
            population_above_one: 0.5 * (zero.population_above_one + one.population_above_one),
        })
    }

    /// The Hamiltonian of all levels, |i, k⟩ at i·(levels of the target) + k, in MHz, in the frame of
    /// a drive this far above the target's bare frequency.
    fn rotating_frame_hamiltonian(&self, shift_mhz: f64) -> DMatrix<f64> {
        let (control, target) = (&self.control, &self.target);
        let frame = target.frequency_ghz();
        let (n, m) = (control.num_levels(), target.num_levels());
        let turned = |level: f64, k: usize| 1e3 * (level - k as f64 * frame) - k as f64 * shift_mhz;
        let mut matrix = DMatrix::zeros(n * m, n * m);
        let mut couple = |a: usize, b: usize, element: f64| {
            matrix[(a, b)] = element;
            matrix[(b, a)] = element;
        };
        for i in 0..n {
            for k in 0..m {
                let at = i * m + k;
                let energy = turned(control.levels_ghz()[i], i) + turned(target.levels_ghz()[k], k);
                couple(at, at, energy);
                if i + 1 < n {
                    couple(at, at + m, 0.5 * self.drive_mhz * control.step(i));
                    if k > 0 {
                        couple(at, at + m - 1, self.j_mhz * control.step(i) * target.step(k - 1));
                    }
                }
            }
        }
        matrix
    }

    /// The block of the control's state `c`, U Λ U† with Λ the energies of two driven states and U the
    /// unitary next to their parts in the block. They are those that have most of what the block
    /// becomes without exchange: the control driven alone, the target in 0 or 1.
    fn block(
        &self,
        eigen: &SymmetricEigen<f64, nalgebra::Dyn>,
        dressed: &Dressed,
        alone: &Driven,
        c: usize,
    ) -> Result<Block> {
        let m = self.target.num_levels();
        let vectors = &eigen.eigenvectors;
        let part = |t: usize, column: usize| {
            let state = dressed.states[c][t].iter();
            let terms = state.map(|&((i, k), amplitude)| amplitude * vectors[(i * m + k, column)]);
            terms.sum::<f64>()
        };
        let weight = |column: usize| -> f64 {
            let of = |t: usize| -> f64 {
                let levels = alone.states[c].iter().enumerate();
                levels.map(|(i, amplitude)| amplitude * vectors[(i * m + t, column)]).sum()
            };
            of(0).powi(2) + of(1).powi(2)
        };
        let mut weights: Vec<(usize, f64)> =
            (0..vectors.ncols()).map(|column| (column, weight(column))).collect();
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        let columns = [weights[0].0, weights[1].0];
        let (second, third) = (weights[1].1, weights[2].1);
        let inside = Matrix2::from_fn(|t, k| part(t, columns[k]));
        let svd = inside.svd(true, true);
        let overlap = svd.singular_values.min().powi(2);
        let (Some(u), Some(v)) = (svd.u, svd.v_t) else { return Err(crossed(c, 0.0)) };
        if overlap <= LEAST_OVERLAP || third > AMBIGUOUS * second {
            return Err(crossed(c, overlap));
        }
        let nearest = u * v;
        let energies = Matrix2::from_diagonal(&columns.map(|k| eigen.eigenvalues[k]).into());
        let above: f64 = (0..2)
            .map(|t| {
                let amplitude = |row: usize| {
                    let terms = (0..2).map(|k| vectors[(row, columns[k])] * nearest[(t, k)]);
                    terms.sum::<f64>()
                };
                (2 * m..vectors.nrows()).map(|row| amplitude(row).powi(2)).sum::<f64>()
            })
            .sum();
        Ok(Block {
            hamiltonian: nearest * energies * nearest.transpose(),
            overlap,
            population_above_one: 0.5 * above,
        })
    }
}

fn mixed(ambiguity: f64) -> Error {
    Error::Invalid {
        what:
            "the second largest part of a level of the control in a driven state over the largest"
                .into(),
        value: format!("{ambiguity:.3}"),
        expected: format!(
            "it must be up to {AMBIGUOUS}: the drive is near to a resonance of the control, where levels \
             cross and there is no effective Hamiltonian of two qubits; take a weaker drive or another \
             detuning"
        ),
    }
}

fn crossed(control: usize, overlap: f64) -> Error {
    Error::Invalid {
        what: format!("what two driven states bear of the control's state {control}"),
        value: format!("{overlap:.3}"),
        expected:
            "it must be more than half and more than others do: levels cross, and there is no \
                   effective Hamiltonian of two qubits; take a weaker drive or another detuning"
                .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Ladder;
    use super::*;
    use nalgebra::DVector;
    use num_complex::Complex64;
    use proptest::prelude::*;

    fn pair(j_mhz: f64, drive_mhz: f64) -> CrossResonance {
        CrossResonance {
            control: Ladder::duffing(5.1, -0.33, 6).unwrap(),
            target: Ladder::duffing(5.0, -0.33, 4).unwrap(),
            j_mhz,
            drive_mhz,
        }
    }

    #[test]
    fn terms_are_those_of_another_program() {
        // NumPy, by dense Kronecker products and `eigh`: ZX, IX, ZZ, IZ, the shift ZI, and the
        // population above 1.
        for (drive, expected) in [
            (10.0, [-0.284329, 0.086954, 0.026329, -0.026998, -0.713135, 0.000512]),
            (50.0, [-1.188722, 0.440541, 0.019136, -0.033539, -16.259349, 0.0121965]),
            (100.0, [-1.626922, 0.903871, 0.005073, -0.048227, -52.760458, 0.0509085]),
        ] {
            let e = pair(2.0, drive).effective().unwrap();
            let found = [e.zx_mhz, e.ix_mhz, e.zz_mhz, e.iz_mhz, e.zi_mhz, e.population_above_one];
            for (a, b) in found.into_iter().zip(expected) {
                assert!((a - b).abs() < 2e-6, "{drive}: {found:?}");
            }
        }
    }

    #[test]
    fn transmons_are_as_in_another_program() {
        // NumPy: charge basis, then as above; EJ 13 and 12.5 GHz, EC 0.3 GHz, no offset charge.
        let of = |ej: f64, levels| {
            Ladder::of_transmon(&crate::chip::Transmon::new(ej, 0.3).unwrap(), levels).unwrap()
        };
        let pair = CrossResonance {
            control: of(13.0, 6),
            target: of(12.5, 4),
            j_mhz: 2.0,
            drive_mhz: 40.0,
        };
        let e = pair.effective().unwrap();
        let expected = [-0.936466, 0.312266, 0.019514, -0.027108, 0.047145];
        let zeta = 1e-3 * pair.static_zz().unwrap().exact_khz;
        let found = [e.zx_mhz, e.ix_mhz, e.zz_mhz, e.iz_mhz, zeta];
        for (a, b) in found.into_iter().zip(expected) {
            assert!((a - b).abs() < 2e-6, "{found:?}");
        }
    }

    #[test]
    fn without_drive_there_is_the_static_zz_alone() {
        let pair = pair(2.0, 0.0);
        let (e, zz) = (pair.effective().unwrap(), pair.static_zz().unwrap());
        assert!((2e3 * e.zz_mhz - zz.exact_khz).abs() < 1e-7 * zz.exact_khz, "{e:?} {zz:?}");
        assert!((2e3 * e.iz_mhz + zz.exact_khz).abs() < 1e-6 * zz.exact_khz);
        assert!(e.zx_mhz.abs() < 1e-9 && e.ix_mhz.abs() < 1e-9 && e.zi_mhz.abs() < 1e-9);
        assert!((e.overlap - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_small_exchange_gives_what_is_linear_in_it() {
        for drive in [5.0, 20.0, 50.0, 90.0] {
            let pair = pair(1e-3, drive);
            let (e, linear) = (pair.effective().unwrap(), pair.linear_in_j().unwrap());
            assert!((e.zx_mhz / linear.zx_mhz - 1.0).abs() < 1e-6, "{drive}: {e:?} {linear:?}");
            assert!((e.ix_mhz / linear.ix_mhz - 1.0).abs() < 1e-6, "{drive}: {e:?} {linear:?}");
        }
    }

    /// The driven Hamiltonian with the phase in it has the driven energies of the real one, and its
    /// blocks turn as `at_phase` says.
    #[test]
    fn a_phase_of_the_drive_turns_the_target() {
        let (pair, phase) = (pair(2.0, 50.0), 0.7);
        let dressed = dressed(&pair.control, &pair.target, 2.0).unwrap();
        let shift = dressed.energies_mhz[0][1] - dressed.energies_mhz[0][0];
        let real = pair.rotating_frame_hamiltonian(shift);
        let m = pair.target.num_levels();
        let excitations = |row: usize| (row / m + row % m) as i32;
        // Ω/2(b e^{iφ} + b† e^{-iφ}).
        let complex = DMatrix::from_fn(real.nrows(), real.ncols(), |a, b| {
            let turns = f64::from(excitations(b) - excitations(a));
            real[(a, b)] * Complex64::from_polar(1.0, phase * turns)
        });
        let eigen = SymmetricEigen::new(complex);
        let bare = |t: usize| {
            let mut vector = DVector::from_element(real.nrows(), Complex64::from(0.0));
            for &((i, k), amplitude) in &dressed.states[0][t] {
                vector[i * m + k] = amplitude.into();
            }
            vector
        };
        let mut columns: Vec<(f64, DVector<Complex64>)> = (0..real.nrows())
            .map(|k| {
                let v = eigen.eigenvectors.column(k);
                let parts = DVector::from_vec(vec![bare(0).dotc(&v), bare(1).dotc(&v)]);
                (eigen.eigenvalues[k], parts)
            })
            .collect();
        columns.sort_by(|a, b| b.1.norm().total_cmp(&a.1.norm()));
        let inside = DMatrix::from_columns(&[columns[0].1.clone(), columns[1].1.clone()]);
        let svd = inside.svd(true, true);
        let unitary = svd.u.unwrap() * svd.v_t.unwrap();
        let energies = DVector::from_vec(vec![columns[0].0.into(), columns[1].0.into()]);
        let block = &unitary * DMatrix::from_diagonal(&energies) * unitary.adjoint();
        let turned = pair.effective().unwrap().at_phase(phase);
        // (IX + ZX) X/2 + (IY + ZY) Y/2 has the element (x - iy)/2.
        let (x, y) = (turned.ix_mhz + turned.zx_mhz, turned.iy_mhz + turned.zy_mhz);
        assert!((2.0 * block[(0, 1)] - Complex64::new(x, -y)).norm() < 1e-8, "{block} {turned:?}");
        assert!(y.abs() > 0.1);
    }

    /// At the calibrated frequency IZ is gone.
    #[test]
    fn the_calibrated_drive_has_no_iz() {
        for (j, drive) in [(2.0, 0.0), (2.0, 10.0), (2.0, 50.0), (3.0, 90.0), (-2.0, 30.0)] {
            let pair = pair(j, drive);
            let at_dressed = pair.effective().unwrap();
            let off = 1e3 * (at_dressed.calibrated_drive_ghz() - at_dressed.drive_ghz);
            let calibrated = pair.effective_off(off).unwrap();
            let left = (calibrated.iz_mhz / at_dressed.iz_mhz).abs();
            assert!(left < 0.02, "{drive}: {at_dressed:?} {calibrated:?}");
            assert!((calibrated.drive_ghz - at_dressed.calibrated_drive_ghz()).abs() < 1e-12);
        }
    }

    #[test]
    fn crossing_levels_are_refused() {
        // The drive is on resonance with half of 0→2.
        let pair = CrossResonance {
            control: Ladder::duffing(5.165, -0.33, 6).unwrap(),
            ..pair(2.0, 60.0)
        };
        assert!(pair.effective().unwrap_err().to_string().contains("levels cross"));
        // On resonance with 0→1, and with 1→2.
        for (control, drive_mhz) in [(5.004, 50.0), (4.997, 20.0), (5.33, 50.0)] {
            let control = Ladder::duffing(control, -0.33, 6).unwrap();
            let pair = CrossResonance { control, ..super::tests::pair(2.0, drive_mhz) };
            assert!(pair.effective().is_err(), "{pair:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn signs_of_j_and_small_drives(
            detuning in 0.03..0.13f64, j in 0.2..4.0f64, drive in 1.0..25.0f64,
        ) {
            let pair = |j_mhz, drive_mhz| CrossResonance {
                control: Ladder::duffing(5.0 + detuning, -0.33, 5).unwrap(),
                target: Ladder::duffing(5.0, -0.32, 4).unwrap(),
                j_mhz,
                drive_mhz,
            };
            let (plus, minus) = (pair(j, drive).effective()?, pair(-j, drive).effective()?);
            prop_assert!((plus.zx_mhz + minus.zx_mhz).abs() < 1e-7);
            prop_assert!((plus.ix_mhz + minus.ix_mhz).abs() < 1e-7);
            prop_assert!((plus.zz_mhz - minus.zz_mhz).abs() < 1e-7);
            prop_assert!((plus.zi_mhz - minus.zi_mhz).abs() < 1e-6);
            prop_assert!(plus.population_above_one >= 0.0 && plus.overlap <= 1.0 + 1e-12);
            // The control's frequency moves away from the drive, in the mean of the target: Stark's
            // shift of a weak drive is Ω²δ/(2Δ(δ+Δ)).
            let weak = pair(0.01, 1e-2 * detuning * 1e3).effective()?;
            let (d, a) = (1e3 * detuning, -330.0);
            let stark = (1e-2 * d).powi(2) * a / (2.0 * d * (a + d));
            prop_assert!((weak.zi_mhz / stark + 1.0).abs() < 0.01, "{} {stark}", weak.zi_mhz);
        }
    }
}
