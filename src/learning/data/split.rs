//! Training, validation and test rows, and folds of cross-validation.

use super::streams::{Purpose, shuffle, stream};
use super::{DataSet, Targets};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Which rows are for what: a partition of all, each part in rising order.
///
/// ```
/// use ketlab::learning::data::{Split, moons};
/// let data = moons(100, 0.1, 7)?;
/// let split = Split::new(data.targets(), 0.2, 0.3, 7)?;
/// assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (50, 20, 30));
/// assert_eq!(data.select(&split.test).num_rows(), 30);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Rows to learn from.
    pub train: Vec<usize>,
    /// Rows to choose by: a learner, its settings, when to stop.
    pub validation: Vec<usize>,
    /// Rows to judge by.
    pub test: Vec<usize>,
}

impl Split {
    /// Random parts of which `validation` and `test` have these fractions of the rows, rounded; a
    /// part that is asked for has at least one row. A fraction of 0 leaves a part empty.
    ///
    /// Classes are stratified: of each class, the test part and the training part have the fraction
    /// that they have of all rows, and the validation part what is left, rounded up or down so that
    /// the sums are right (the largest remainders are rounded up). Every class that has rows has
    /// some in training, which goes before everything else.
    ///
    /// # Errors
    /// If there are no rows, a fraction is not from 0 to 1 (1 is too much), both together are 1 or
    /// more, or there are too few rows for the parts that are asked for.
    pub fn new(targets: &Targets, validation: f64, test: f64, seed: u64) -> Result<Self> {
        let rows = targets.len();
        for (name, fraction) in [("validation", validation), ("test", test)] {
            // Written so that NaN is refused.
            if !(0.0..1.0).contains(&fraction) {
                return Err(Error::Invalid {
                    what: format!("the {name} fraction"),
                    value: fraction.to_string(),
                    expected: "it must be at least 0 and less than 1".into(),
                });
            }
        }
        let held_out = validation + test;
        if held_out >= 1.0 {
            return Err(Error::Invalid {
                what: "the validation and the test fraction together".into(),
                value: held_out.to_string(),
                expected: "they must be less than 1, so that rows are left to learn from".into(),
            });
        }
        if rows == 0 {
            return Err(Error::Invalid {
                what: "the number of rows to split".into(),
                value: "0".into(),
                expected: "there must be at least one".into(),
            });
        }
        let mut classes = shuffled_classes(targets, seed, Purpose::Split);
        let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
        let of_test = portion(&sizes, &vec![0; sizes.len()], test, total(test, rows), "test")?;
        let tested: usize = of_test.iter().sum();
        // Of both together, so that what one part was rounded up by the other is rounded down by.
        let wanted = total(held_out, rows).saturating_sub(tested);
        let wanted = if validation > 0.0 { wanted.max(1) } else { 0 };
        let of_validation = portion(&sizes, &of_test, held_out, wanted, "validation")?;
        let mut split = Split { train: vec![], validation: vec![], test: vec![] };
        for (class, (test, validation)) in classes.iter_mut().zip(of_test.iter().zip(of_validation))
        {
            split.test.extend(class.drain(..test));
            split.validation.extend(class.drain(..validation));
            split.train.append(class);
        }
        for part in [&mut split.train, &mut split.validation, &mut split.test] {
            part.sort_unstable();
        }
        Ok(split)
    }

    /// The three data sets: training, validation, test; `None` for an empty part. Panics if a row is
    /// not there.
    pub fn parts(&self, data: &DataSet) -> (DataSet, Option<DataSet>, Option<DataSet>) {
        let part = |rows: &[usize]| (!rows.is_empty()).then(|| data.select(rows));
        (data.select(&self.train), part(&self.validation), part(&self.test))
    }
}

/// The rounded number of rows of a part; at least one of a part that is asked for.
fn total(fraction: f64, rows: usize) -> usize {
    let rounded = (fraction * rows as f64).round() as usize;
    rounded.max(usize::from(fraction > 0.0))
}

/// How many rows of each class go to a part that has `total` rows, where `taken` rows are in earlier
/// parts and this part and the earlier ones together have the fraction `cumulative`. Of each class
/// one row is left.
fn portion(
    sizes: &[usize],
    taken: &[usize],
    cumulative: f64,
    total: usize,
    name: &str,
) -> Result<Vec<usize>> {
    let quota = |k: usize| (cumulative * sizes[k] as f64 - taken[k] as f64).max(0.0);
    let room = |k: usize| sizes[k].saturating_sub(taken[k] + 1);
    // A quota that is a whole number but for rounding is one.
    let whole = |k: usize| ((quota(k) + 1e-9).floor() as usize).min(room(k));
    let mut portion: Vec<usize> = (0..sizes.len()).map(whole).collect();
    let mut sum: usize = portion.iter().sum();
    let remainder = |k: usize, portion: &[usize]| quota(k) - portion[k] as f64;
    // Where earlier parts took more than their share of some classes, the others' come to too much.
    while sum > total {
        let some = (0..sizes.len()).filter(|&k| portion[k] > 0);
        let least = some.min_by(|&a, &b| remainder(a, &portion).total_cmp(&remainder(b, &portion)));
        portion[least.expect("a sum above 0 has a term above 0")] -= 1;
        sum -= 1;
    }
    // One row each to the largest remainders, the first of equal ones; in a second round, where
    // classes have no room, more.
    while sum < total {
        let mut order: Vec<usize> = (0..sizes.len()).filter(|&k| portion[k] < room(k)).collect();
        if order.is_empty() {
            break;
        }
        order.sort_by(|&a, &b| remainder(b, &portion).total_cmp(&remainder(a, &portion)));
        for k in order.into_iter().take(total - sum) {
            portion[k] += 1;
            sum += 1;
        }
    }
    if total > 0 && sum == 0 {
        let classes = sizes.iter().filter(|size| **size > 0).count();
        let rows: usize = sizes.iter().sum();
        let of = if classes > 1 { format!(" of {classes} classes") } else { String::new() };
        return Err(Error::Invalid {
            what: format!("the number of rows of the {name} part"),
            value: "0".into(),
            expected: format!(
                "{rows} rows{of} leave none for it once every class has one to learn from; give \
                 more rows, or a {name} fraction of 0"
            ),
        });
    }
    Ok(portion)
}

/// Rows to learn from and rows to judge by: one of several such divisions. Both in rising order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// Rows to learn from: all others.
    pub train: Vec<usize>,
    /// Rows to judge by.
    pub test: Vec<usize>,
}

/// `k` folds of cross-validation (Stone, J. R. Stat. Soc. B 36, 111 (1974)): every row is in the test
/// part of exactly one. Their sizes differ by at most 1, and so do the numbers of rows of any class.
///
/// # Errors
/// If k is not from 2 to the number of rows, or a class has a single row, which no fold could both
/// learn from and judge by.
pub fn folds(targets: &Targets, k: usize, seed: u64) -> Result<Vec<Fold>> {
    let rows = targets.len();
    if k < 2 || k > rows {
        return Err(Error::Invalid {
            what: "the number of folds".into(),
            value: k.to_string(),
            expected: format!("it must be at least 2 and at most the number of rows, {rows}"),
        });
    }
    let classes = shuffled_classes(targets, seed, Purpose::Folds);
    if let Targets::Classes { names, .. } = targets
        && let Some(alone) = classes.iter().position(|class| class.len() == 1)
    {
        return Err(Error::Invalid {
            what: format!("the number of rows of class `{}`", names[alone]),
            value: "1".into(),
            expected: "cross-validation needs 2 of each class at least; give more rows, or leave \
                       the class out"
                .into(),
        });
    }
    // Dealt like cards, class after class, each going on where the last one ended.
    let mut fold_of = vec![0; rows];
    for (place, row) in classes.into_iter().flatten().enumerate() {
        fold_of[row] = place % k;
    }
    let part = |wanted: &dyn Fn(usize) -> bool| {
        (0..rows).filter(|&row| wanted(fold_of[row])).collect::<Vec<_>>()
    };
    let fold = |f| Fold { train: part(&|of| of != f), test: part(&|of| of == f) };
    Ok((0..k).map(fold).collect())
}

/// The rows of each class in random order; of values, all rows are one class.
fn shuffled_classes(targets: &Targets, seed: u64, purpose: Purpose) -> Vec<Vec<usize>> {
    let mut classes = match targets {
        Targets::Values(values) => vec![(0..values.len()).collect::<Vec<_>>()],
        Targets::Classes { labels, names } => {
            let mut classes = vec![vec![]; names.len()];
            for (row, &label) in labels.iter().enumerate() {
                classes[label].push(row);
            }
            classes
        }
    };
    let mut rng = stream(seed, purpose);
    for class in &mut classes {
        shuffle(class, &mut rng);
    }
    classes
}

/// As many folds as the smallest class has rows, at most `most`: what is tuned by.
pub(in crate::learning) fn folds_at_most(
    targets: &Targets,
    most: usize,
    seed: u64,
) -> Result<Vec<Fold>> {
    let least = match targets {
        Targets::Values(values) => values.len(),
        Targets::Classes { labels, names } => {
            let count = |c: usize| labels.iter().filter(|label| **label == c).count();
            (0..names.len()).map(count).filter(|count| *count > 0).min().unwrap_or(0)
        }
    };
    // What is too few is refused with its name.
    folds(targets, most.min(least.max(2)), seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn classes(labels: &[usize]) -> Targets {
        let number = labels.iter().max().map_or(0, |m| m + 1);
        let names = (0..number).map(|k| format!("c{k}")).collect();
        Targets::Classes { labels: labels.to_vec(), names }
    }

    fn count(rows: &[usize], labels: &[usize], class: usize) -> usize {
        rows.iter().filter(|&&row| labels[row] == class).count()
    }

    fn says<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    proptest! {
        #[test]
        fn splits_are_stratified_partitions(
            labels in prop::collection::vec(0usize..4, 12..120),
            validation in 0.0f64..0.45, test in 0.0f64..0.45, seed in 0u64..99,
        ) {
            let n = labels.len();
            let split = Split::new(&classes(&labels), validation, test, seed).unwrap();
            let mut all = [&split.train[..], &split.validation, &split.test].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..n).collect::<Vec<_>>());
            for (part, fraction) in [(&split.validation, validation), (&split.test, test)] {
                prop_assert!(part.is_sorted());
                prop_assert_eq!(part.is_empty(), fraction == 0.0);
            }
            for class in 0..4 {
                let of = labels.iter().filter(|l| **l == class).count();
                if of == 0 { continue }
                let learned = count(&split.train, &labels, class);
                prop_assert!(learned > 0);
                // Small classes keep a row to learn from, which others make up for.
                let smallest = (0..4).map(|c| labels.iter().filter(|l| **l == c).count())
                    .filter(|c| *c > 0).min().unwrap();
                if smallest as f64 * (1.0 - validation - test) >= 1.0 {
                    let quota = (1.0 - validation - test) * of as f64;
                    prop_assert!((learned as f64 - quota).abs() <= 2.0, "{learned} {quota}");
                    let tested = count(&split.test, &labels, class) as f64;
                    prop_assert!((tested - test * of as f64).abs() <= 1.0 + 1e-9);
                }
            }
        }

        #[test]
        fn folds_are_stratified_partitions(
            labels in prop::collection::vec(0usize..3, 20..80), k in 2usize..8, seed in 0u64..99,
        ) {
            let several = (0..3).all(|c| labels.iter().filter(|l| **l == c).count() > 1);
            prop_assume!(several);
            let folds = folds(&classes(&labels), k, seed).unwrap();
            prop_assert_eq!(folds.len(), k);
            let mut tested: Vec<usize> = folds.iter().flat_map(|f| f.test.clone()).collect();
            tested.sort_unstable();
            prop_assert_eq!(tested, (0..labels.len()).collect::<Vec<_>>());
            let spread = |numbers: Vec<usize>| {
                numbers.iter().max().unwrap() - numbers.iter().min().unwrap()
            };
            prop_assert!(spread(folds.iter().map(|f| f.test.len()).collect()) <= 1);
            for class in 0..3 {
                let of = folds.iter().map(|f| count(&f.test, &labels, class)).collect();
                prop_assert!(spread(of) <= 1);
                prop_assert!(folds.iter().all(|f| count(&f.train, &labels, class) > 0));
            }
            for fold in &folds {
                let mut all = [&fold.train[..], &fold.test].concat();
                all.sort_unstable();
                prop_assert_eq!(all.len(), labels.len());
                prop_assert!(fold.train.is_sorted() && fold.test.is_sorted());
                prop_assert!(fold.train.iter().all(|row| !fold.test.contains(row)));
            }
        }
    }

    #[test]
    fn fractions_are_met_in_every_class() {
        let labels: Vec<usize> = (0..100).map(|k| usize::from(k % 10 == 0)).collect();
        let split = Split::new(&classes(&labels), 0.2, 0.3, 5).unwrap();
        let of = |part: &[usize]| (count(part, &labels, 0), count(part, &labels, 1));
        assert_eq!(
            (of(&split.train), of(&split.validation), of(&split.test)),
            ((45, 5), (18, 2), (27, 3))
        );
        // Four classes of three rows each have 1.2 rows in a tenth: one row is tested, not none.
        let labels: Vec<usize> = (0..12).map(|k| k % 4).collect();
        let split = Split::new(&classes(&labels), 0.1, 0.1, 5).unwrap();
        assert_eq!((split.validation.len(), split.test.len()), (1, 1));
        // What the test part was rounded up by, validation is rounded down by.
        assert_ne!(labels[split.validation[0]], labels[split.test[0]]);
        let values = Targets::Values(vec![0.0; 10]);
        let split = Split::new(&values, 0.0, 0.25, 1).unwrap();
        assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (7, 0, 3));
    }

    #[test]
    fn a_seed_is_a_split() {
        let values = Targets::Values(vec![0.0; 50]);
        let split = |seed| Split::new(&values, 0.2, 0.2, seed).unwrap();
        assert_eq!(split(3), split(3));
        assert_ne!(split(3), split(4));
        assert_ne!(split(3).test, (0..10).collect::<Vec<_>>());
        let json = serde_json::to_string(&split(3)).unwrap();
        assert_eq!(serde_json::from_str::<Split>(&json).unwrap(), split(3));
        let fold = |seed| folds(&values, 5, seed).unwrap();
        assert_eq!(fold(3), fold(3));
        assert_ne!(fold(3), fold(4));
    }

    #[test]
    fn refusals() {
        let values = Targets::Values(vec![0.0; 3]);
        for (validation, test) in [(-0.1, 0.1), (f64::NAN, 0.1), (0.1, 1.0), (f64::INFINITY, 0.0)] {
            assert!(says(Split::new(&values, validation, test, 0)).contains("less than 1"));
        }
        assert!(says(Split::new(&values, 0.5, 0.5, 0)).contains("test fraction together is 1;"));
        let none = Targets::Values(vec![]);
        assert!(says(Split::new(&none, 0.1, 0.1, 0)).contains("rows to split is 0"));
        let one = Targets::Values(vec![1.0]);
        assert!(says(Split::new(&one, 0.0, 0.5, 0)).contains("rows of the test part is 0"));
        assert_eq!(Split::new(&one, 0.0, 0.0, 0).unwrap().train, [0]);
        let text = says(Split::new(&classes(&[0, 1]), 0.5, 0.0, 0));
        assert!(text.contains("validation part is 0; 2 rows of 2 classes leave none"), "{text}");
        let two = Split::new(&Targets::Values(vec![0.0; 2]), 0.4, 0.4, 0);
        assert!(says(two).contains("rows of the validation part is 0"));
        for k in [0, 1, 4] {
            assert!(says(folds(&values, k, 0)).contains("at least 2 and at most the number of"));
        }
        assert!(says(folds(&classes(&[0, 0, 1]), 2, 0)).contains("rows of class `c1` is 1;"));
    }
}
