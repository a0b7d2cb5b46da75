//! Matrices over GF(2) and products of rows, bit by bit.

use super::super::bit_matrix::BitMatrix;
use super::super::row::{self, half_words};
use super::*;

#[test]
fn products_of_rows_are_those_of_strings() {
    let rng = &mut rng(4);
    for n in [1, 63, 64, 65, 512, 513, 1100] {
        let half = half_words(n);
        let string = |rng: &mut ChaCha8Rng| {
            let letters = (0..n).map(|q| (q, Pauli::ALL[rng.random_range(0..4)]));
            PauliString::new(letters.collect::<Vec<_>>())
        };
        let words = |string: &PauliString| {
            let mut words = vec![0; 2 * half];
            for (i, (x, z)) in string.pairs().enumerate() {
                (words[i], words[half + i]) = (x, z);
            }
            words
        };
        for _ in 0..50 {
            let (a, b) = (string(rng), string(rng));
            let (mut left, right) = (words(&a), words(&b));
            assert_eq!(row::anticommute(&left, &right), !a.commutes_with(&b));
            // P = i^|x∧z| X^x Z^z
            let ys = |p: &PauliString| p.pairs().map(|(x, z)| (x & z).count_ones()).sum::<u32>();
            let exponent = row::multiply(&mut left, &right) + (ys(&a) + ys(&b)) as u8 % 4;
            let (phase, product) = a.mul(&b);
            assert_eq!(left, words(&product));
            let expected = (u32::from(phase.exponent()) + ys(&product)) % 4;
            assert_eq!(u32::from(exponent) % 4, expected);
            if phase.is_real() {
                assert_eq!(row::is_negative(&left, exponent % 4), phase.re() < 0.0);
            }
        }
    }
}

type Bools = Vec<Vec<bool>>;

fn matrix(rows: &Bools, columns: usize) -> BitMatrix {
    let words: Vec<Vec<u64>> = rows
        .iter()
        .map(|row| {
            let mut words = vec![0; columns.div_ceil(64)];
            (0..columns).filter(|&k| row[k]).for_each(|k| words[k / 64] |= 1 << (k % 64));
            words
        })
        .collect();
    BitMatrix::from_rows(&words.iter().map(Vec::as_slice).collect::<Vec<_>>(), columns).unwrap()
}

/// The reduced echelon form by highest bits, one row operation after the other.
fn naive(mut rows: Bools, columns: usize) -> (Bools, Vec<u32>) {
    let (mut rank, mut pivots) = (0, vec![]);
    for column in (0..columns).rev() {
        let Some(found) = (rank..rows.len()).find(|&i| rows[i][column]) else { continue };
        rows.swap(rank, found);
        for i in (0..rows.len()).filter(|&i| i != rank) {
            if rows[i][column] {
                for k in 0..columns {
                    let other = rows[rank][k];
                    rows[i][k] ^= other;
                }
            }
        }
        pivots.push(column as u32);
        rank += 1;
    }
    rows.truncate(rank);
    rows.reverse();
    pivots.reverse();
    (rows, pivots)
}

#[test]
fn elimination_and_transposition() {
    let rng = &mut rng(5);
    for round in 0..300 {
        let (rows, columns) = (rng.random_range(0..150), rng.random_range(1..200));
        // Of full rank mostly, of low rank, and sparse.
        let mut bits: Bools = (0..rows)
            .map(|_| {
                (0..columns)
                    .map(|_| rng.random_range(0..if round % 3 == 2 { 40 } else { 2 }) == 0)
                    .collect()
            })
            .collect();
        if round % 3 == 1 {
            for i in 5.min(rows)..rows {
                let (a, b) = (rng.random_range(0..5), rng.random_range(0..5));
                bits[i] = (0..columns).map(|k| bits[a][k] ^ bits[b][k]).collect();
            }
        }
        let given = matrix(&bits, columns);
        let transposed = given.transposed().unwrap();
        assert_eq!(transposed.num_rows(), columns);
        for i in 0..rows {
            for k in 0..columns {
                assert_eq!(row::bit(transposed.row(k), i), bits[i][k]);
            }
        }
        let mut reduced = given.clone();
        let pivots = reduced.reduce(&crate::math::Watch::default()).unwrap();
        let (expected, expected_pivots) = naive(bits, columns);
        assert_eq!(pivots, expected_pivots);
        assert_eq!(reduced.num_rows(), expected.len());
        for (i, row) in expected.iter().enumerate() {
            assert!((0..columns).all(|k| row::bit(reduced.row(i), k) == row[k]));
        }
    }
}
