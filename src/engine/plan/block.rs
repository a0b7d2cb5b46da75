//! The matrix of a few passes on two bits.

use super::pass::Pass;
use crate::engine::action::{Kind, PauliMask};
use num_complex::Complex64;
use smallvec::SmallVec;

/// 4×4, row-major, bit 0 of an index being bit 0. The values are filled.
pub(super) fn block(passes: &[Pass], values: &[Complex64]) -> [Complex64; 16] {
    let mut matrix = [Complex64::ZERO; 16];
    for column in 0..4 {
        let mut state = [Complex64::ZERO; 4];
        state[column] = Complex64::ONE;
        passes.iter().for_each(|pass| apply(pass, values, &mut state));
        for row in 0..4 {
            matrix[4 * row + column] = state[row];
        }
    }
    matrix
}

fn apply(pass: &Pass, values: &[Complex64], state: &mut [Complex64; 4]) {
    let controls = pass.controls();
    let chosen = |i: usize| i as u64 & controls.mask == controls.value;
    let value = |at: u32, k: usize| values[at as usize + k];
    let scale = pass.scale().map_or(Complex64::ONE, |at| value(at, 0));
    let odd = |z: u64, i: usize| (z & i as u64).count_ones() as usize & 1;
    let old = *state;
    // A 2×2 matrix on a bit.
    let mut dense = |bit: u32, m: [Complex64; 4]| {
        for i in (0..4).filter(|&i| chosen(i)) {
            let (row, other) = (i >> bit & 1, i ^ 1 << bit);
            state[i] = m[3 * row] * old[i] + m[1 + row] * old[other];
        }
    };
    match *pass {
        Pass::Turn { bit, at, .. } => {
            let z = value(at, 0);
            dense(bit, [z.re, -z.im, z.im, z.re].map(|x| x * scale));
        }
        Pass::Phase { bit, at, .. } => {
            dense(bit, [scale, Complex64::ZERO, Complex64::ZERO, scale * value(at, 0)]);
        }
        Pass::Flip { bit, .. } => {
            dense(bit, [Complex64::ZERO, Complex64::ONE, Complex64::ONE, Complex64::ZERO]);
        }
        Pass::Dense1 { target, at, .. } => dense(target, std::array::from_fn(|k| value(at, k))),
        Pass::Scale { at } => state.iter_mut().for_each(|a| *a *= value(at, 0)),
        Pass::Parity { z, at, .. } => {
            for i in (0..4).filter(|&i| chosen(i)) {
                state[i] *= value(at, odd(z, i));
            }
        }
        Pass::Mix { p: PauliMask { x, z }, at, .. } => {
            // P|j> = i^{#Y} (-1)^{|z & j|} |j ^ x>.
            let ys = Complex64::I.powu((x & z).count_ones());
            for i in (0..4).filter(|&i| chosen(i)) {
                let j = i ^ x as usize;
                let sign = if odd(z, j) == 1 { -ys } else { ys };
                state[i] = value(at, 0) * old[i] + value(at, 1) * sign * old[j];
            }
        }
        Pass::Block { bits, at } => {
            let targets = bits.map(|bit| bit as usize);
            matrix(&targets, &values[at as usize..][..16], &old, state, chosen);
        }
        Pass::Fixed(ref located) => match &located.action.kind {
            Kind::Dense { targets, matrix: m } => {
                let targets: SmallVec<[usize; 2]> = targets.iter().map(|&t| t as usize).collect();
                matrix(&targets, m, &old, state, chosen);
            }
            Kind::Diagonal { targets, entries } => {
                for i in (0..4).filter(|&i| chosen(i)) {
                    let bits = targets.iter().enumerate();
                    state[i] *= entries[bits.fold(0, |e, (k, &t)| e | (i >> t & 1) << k)];
                }
            }
            Kind::Permutation { targets, table } => {
                for i in (0..4).filter(|&i| chosen(i)) {
                    let bits = || targets.iter().enumerate();
                    let image = table[bits().fold(0, |e, (k, &t)| e | (i >> t & 1) << k)] as usize;
                    let to = bits().fold(i, |to, (k, &t)| to & !(1 << t) | (image >> k & 1) << t);
                    state[to] = old[i];
                }
            }
            other => unreachable!("{} is no part of a block", other.name()),
        },
    }
}

/// A matrix on some of the two bits.
fn matrix(
    targets: &[usize],
    m: &[Complex64],
    old: &[Complex64; 4],
    state: &mut [Complex64; 4],
    chosen: impl Fn(usize) -> bool,
) {
    let side = 1 << targets.len();
    let index = |i: usize| targets.iter().enumerate().fold(0, |e, (k, t)| e | (i >> t & 1) << k);
    let mask = targets.iter().fold(0, |m, t| m | 1 << t);
    for i in (0..4).filter(|&i| chosen(i)) {
        let row = index(i);
        let same = (0..4).filter(|j| (i ^ j) & !mask == 0);
        state[i] = same.map(|j| m[row * side + index(j)] * old[j]).sum();
    }
}
