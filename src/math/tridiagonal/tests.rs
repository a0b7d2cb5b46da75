use super::*;
use nalgebra::DMatrix;
use proptest::prelude::*;

fn dense(matrix: &SymmetricTridiagonal) -> DMatrix<f64> {
    let n = matrix.len();
    let mut dense = DMatrix::from_diagonal(&matrix.diagonal.clone().into());
    for row in 0..n - 1 {
        dense[(row, row + 1)] = matrix.off_diagonal[row];
        dense[(row + 1, row)] = matrix.off_diagonal[row];
    }
    dense
}

fn of(diagonal: &[f64], off_diagonal: &[f64]) -> SymmetricTridiagonal {
    SymmetricTridiagonal::new(diagonal.to_vec(), off_diagonal.to_vec()).unwrap()
}

/// Eigenvalues against nalgebra's dense solver; residuals and orthogonality of the vectors.
fn check(matrix: &SymmetricTridiagonal, count: usize) {
    let dense = dense(matrix);
    let scale = dense.amax().max(1e-300);
    let mut expected: Vec<f64> = dense.symmetric_eigenvalues().iter().copied().collect();
    expected.sort_by(f64::total_cmp);
    let pairs = matrix.lowest_eigenpairs(count);
    check_counts(matrix, &pairs.values);
    assert_eq!(pairs.values, matrix.lowest_eigenvalues(count));
    assert_eq!(pairs.values.len(), count.min(matrix.len()));
    for (value, expected) in pairs.values.iter().zip(&expected) {
        assert!((value - expected).abs() < 2e-14 * scale + 1e-50, "{value} {expected} {matrix:?}");
    }
    for (i, (value, vector)) in pairs.values.iter().zip(&pairs.vectors).enumerate() {
        let v = nalgebra::DVector::from_column_slice(vector);
        let residual = (&dense * &v - *value * &v).amax();
        assert!(residual < 5e-14 * scale + 1e-50, "residual {residual:e} of {value}: {matrix:?}");
        for (j, other) in pairs.vectors.iter().enumerate().take(i + 1) {
            let overlap: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
            let expected = if i == j { 1.0 } else { 0.0 };
            assert!((overlap - expected).abs() < 1e-11, "{i} {j}: {overlap:e} {matrix:?}");
        }
    }
}

/// Each value is within some roundings of its eigenvalue, by Sturm's counts.
fn check_counts(matrix: &SymmetricTridiagonal, values: &[f64]) {
    let entries = matrix.diagonal.iter().chain(&matrix.off_diagonal);
    let largest = entries.fold(0f64, |max, entry| max.max(entry.abs()));
    let off = 16.0 * f64::EPSILON * largest + 1e-59;
    for (index, value) in values.iter().enumerate() {
        let (below, above) = (matrix.count_below(value - off), matrix.count_below(value + off));
        assert!(below <= index && index < above, "{index}: {value} {below} {above} {matrix:?}");
    }
}

/// Numbers that look random, from 0 to 1.
fn numbers(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Copies of a block, coupled by this.
fn glued(diagonal: &[f64], off: &[f64], copies: usize, glue: f64) -> SymmetricTridiagonal {
    let diagonals = diagonal.repeat(copies);
    let mut offs = off.to_vec();
    for _ in 1..copies {
        offs.push(glue);
        offs.extend_from_slice(off);
    }
    of(&diagonals, &offs)
}

#[test]
fn a_short_step_of_rayleigh_is_no_eigenvalue() {
    // The lower state of the first two rows is at 2, as the third row is; b couples them by b/√2.
    let b = 2.148_315_987_457_360_7e-8;
    let lowest = of(&[3.0, 3.0, 2.0], &[1.0, b]).lowest_eigenvalues(2);
    let apart = b / 2f64.sqrt();
    assert!((lowest[0] - (2.0 - apart)).abs() < 2e-15, "{lowest:?}");
    assert!((lowest[1] - (2.0 + apart)).abs() < 2e-15, "{lowest:?}");
}

#[test]
fn eigenvalues_of_small_integers_are_those_of_the_counts() {
    let mut next = numbers(7);
    for _ in 0..20_000 {
        let n = 2 + (9.0 * next()) as usize;
        let diagonal: Vec<f64> = (0..n).map(|_| (4.0 * next()).floor()).collect();
        let kinds = [0.0, 1.0, 1.0, 2.0, 1e-8, 2e-8, 1e-12];
        let off: Vec<f64> = (1..n).map(|_| kinds[(7.0 * next()) as usize]).collect();
        let matrix = of(&diagonal, &off);
        check_counts(&matrix, &matrix.lowest_eigenvalues(n));
    }
}

#[test]
fn blocks_that_are_barely_coupled() {
    let wilkinson: Vec<f64> = (-10..=10).map(|k| f64::from(i32::abs(k))).collect();
    for glue in [1e-14, 1e-12, 1e-8, 1e-5, 1e-2] {
        check(&glued(&wilkinson, &[1.0; 20], 3, glue), 63);
        check(&glued(&[1.0, 0.0, 1.0], &[1.0, 1.0], 2, glue), 6);
    }
    let mut next = numbers(1);
    for k in 0..400 {
        let glue = 10f64.powf(-16.0 * next());
        check(&glued(&[1.0, 0.0, 1.0], &[1.0, 1.0], 2 + k % 3, glue), 12);
    }
    check(&glued(&[1.0, 0.0, 1.0], &[1.0, 1.0], 2, 3.63e-16), 6);
    // Equal rows with couplings of all sizes.
    for k in 0..100 {
        let n = 15 + k % 36;
        let off: Vec<f64> = (1..n).map(|_| 10f64.powf(-16.0 * next())).collect();
        check(&of(&vec![1.0; n], &off), n);
    }
}

#[test]
fn the_way_by_the_whole_matrix_has_the_same_vectors() {
    let diagonal: Vec<f64> = (-6..=6).map(|k| f64::from(k * k) + 0.1 * f64::from(k)).collect();
    let matrix = of(&diagonal, &[-0.7; 12]);
    let values = matrix.lowest_eigenvalues(5);
    let found = matrix.by_inverse_iteration(&values).unwrap();
    for (one, other) in found.iter().zip(matrix.by_whole_matrix(5)) {
        let overlap: f64 = one.iter().zip(&other).map(|(a, b)| a * b).sum();
        assert!((overlap.abs() - 1.0).abs() < 1e-13, "{overlap}");
    }
}

#[test]
fn the_second_difference_has_its_closed_form() {
    for n in [1, 2, 3, 10, 101] {
        let matrix = of(&vec![2.0; n], &vec![-1.0; n - 1]);
        for (j, value) in matrix.lowest_eigenvalues(n).into_iter().enumerate() {
            let half = (j + 1) as f64 * std::f64::consts::PI / (2 * (n + 1)) as f64;
            let exact = 4.0 * half.sin().powi(2);
            assert!((value - exact).abs() < 1e-14, "{n} {j}: {value} {exact}");
            assert!(matrix.count_below(exact - 1e-9) <= j);
            assert!(matrix.count_below(exact + 1e-9) > j);
        }
        check(&matrix, n);
    }
}

#[test]
fn clustered_and_degenerate_eigenvalues() {
    // Wilkinson's matrix: pairs that agree to 1e-14.
    let wilkinson = |n: i32| {
        let diagonal: Vec<f64> = (-n..=n).map(|k| f64::from(k.abs())).collect();
        of(&diagonal, &vec![1.0; 2 * n as usize])
    };
    for n in [2, 10, 20] {
        check(&wilkinson(n), 2 * n as usize + 1);
    }
    // Charge states of a free rotor, exactly and almost degenerate.
    for ej in [0.0, 1e-200, 1e-13, 1e-5, 0.3] {
        let diagonal: Vec<f64> = (-9..=9).map(|k| f64::from(k * k)).collect();
        check(&of(&diagonal, &[ej; 18]), 19);
    }
    // Blocks that are not coupled, with equal eigenvalues, and nothing at all.
    check(&of(&[1.0, 2.0, 1.0, 2.0, 1.0], &[0.5, 0.0, 0.5, 0.0]), 5);
    check(&of(&[0.0; 7], &[0.0; 6]), 7);
    check(&of(&[3.0], &[]), 4);
    check(&of(&[0.0, 0.0], &[1e-150]), 2);
}

#[test]
fn large_rows_do_not_harm_small_eigenvalues() {
    // [[1, b], [b, 1e12]]: the small eigenvalue is 1 - b²/(1e12 - 1) to order b⁴/1e36.
    let b = 1e3;
    let value = of(&[1.0, 1e12], &[b]).lowest_eigenvalues(1)[0];
    assert!((value - (1.0 - b * b / (1e12 - 1.0))).abs() < 3e-16, "{value}");
}

#[test]
fn what_is_no_matrix_is_refused() {
    let error = |diagonal: &[f64], off: &[f64]| {
        SymmetricTridiagonal::new(diagonal.to_vec(), off.to_vec()).unwrap_err().to_string()
    };
    assert!(error(&[], &[]).contains("0 rows"));
    assert!(error(&[1.0, 2.0], &[]).contains("2 rows"));
    assert!(error(&[1.0, f64::NAN], &[0.0]).contains("NaN"));
    assert!(error(&[1.0, 1e200], &[0.0]).contains("1e140"));
}

proptest! {
    #[test]
    fn random_matrices(
        entries in prop::collection::vec((-1f64..1.0, -1f64..1.0, 0u8..6), 1..40),
        count in 1usize..12,
    ) {
        // Some couplings are 0 or tiny, some rows large.
        let diagonal: Vec<f64> =
            entries.iter().map(|&(a, _, kind)| if kind == 0 { 100.0 * a } else { a }).collect();
        let off: Vec<f64> = entries[1..].iter().map(|&(_, b, kind)| match kind {
            1 => 0.0,
            2 => 1e-9 * b,
            _ => b,
        }).collect();
        check(&of(&diagonal, &off), count);
    }
}
