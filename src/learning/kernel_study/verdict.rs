//! In plain words, from numbers alone, how a quantum kernel fares against a classical one.

use crate::learning::paired::Paired;
use serde::Serialize;

/// How the quantum kernel fares against the best classical one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The name of that one, which its tuning by training rows chose.
    pub against: String,
    /// By how much the quantum kernel is ahead.
    #[serde(flatten)]
    pub advantage: Paired,
    /// The number of rows that this is from.
    pub rows: usize,
    /// In words.
    pub text: String,
}

impl Verdict {
    pub(super) fn new(
        (against, setting): (&str, &str),
        advantage: Paired,
        is_classes: bool,
        rows: usize,
        nearest: Option<(&str, f64, usize)>,
    ) -> Self {
        let Paired { difference, standard_error, is_significant, .. } = advantage;
        let name = format!("{against}, {setting}");
        let of = if is_classes { "accuracy" } else { "mean squared error" };
        let over = format!("in {of} over {rows} rows that neither learned from");
        let how = if difference < 0.0 { "behind" } else { "ahead of" };
        let by = with_error(difference.abs(), standard_error);
        let mut text = match (difference == 0.0, is_significant) {
            (true, _) => {
                format!("the quantum kernel and the best classical one ({name}) are alike {over}")
            }
            (false, true) => format!(
                "the quantum kernel is {how} the best classical one ({name}) by {by} {over}, more \
                 than chance (at 5 %)"
            ),
            (false, false) => format!(
                "the quantum kernel is {how} the best classical one ({name}) by {by} {over}, which \
                 do not tell them apart (at 5 %)"
            ),
        };
        if let Some((kernel, g, train)) = nearest {
            let root = (train as f64).sqrt();
            text +=
                &format!("; the geometric difference to the nearest one ({kernel}) is {g:.3}, ");
            text += &if g <= 1.5 {
                "about 1 or less: it can learn whatever the quantum kernel can, for any labels"
                    .into()
            } else if g < 0.5 * root {
                format!(
                    "between 1 and √N = {root:.1}: there may be labels that suit the quantum kernel \
                     better"
                )
            } else {
                format!(
                    "of the order of √N = {root:.1} or more: there are labels that suit the quantum \
                     kernel better, and only accuracies say whether these are such"
                )
            };
        }
        Verdict { against: against.into(), advantage, rows, text }
    }
}

/// With two digits of the error.
fn with_error(value: f64, error: Option<f64>) -> String {
    let Some(error) = error.filter(|error| *error > 0.0) else { return format!("{value:.3}") };
    let decimals = (1.0 - error.log10().floor()).clamp(0.0, 12.0) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_from_numbers() {
        let text = |difference, standard_error, is_significant| {
            let discordant = None;
            let advantage = Paired { difference, standard_error, is_significant, discordant };
            Verdict::new(("rbf kernel", "gamma=1"), advantage, true, 40, None).text
        };
        assert!(text(0.25, Some(0.07), true).contains("ahead of"));
        assert!(text(0.25, Some(0.07), true).contains("0.250 ± 0.070"));
        assert!(text(0.25, Some(0.07), true).contains("more than chance"));
        assert!(text(-0.05, Some(0.05), false).contains("behind"));
        assert!(text(-0.05, Some(0.05), false).contains("do not tell them apart"));
        assert!(text(0.0, Some(0.0), false).contains("are alike"));
        assert_eq!(with_error(-0.0123, Some(0.00456)), "-0.0123 ± 0.0046");
        assert_eq!(with_error(0.25, None), "0.250");
    }
}
