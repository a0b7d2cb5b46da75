//! Labels that favour the quantum kernel.

use super::contest::{Choice, Contender, Contest};
use super::report::RelabelledReport;
use super::settings::KernelStudy;
use crate::circuit::library::Embedding;
use crate::error::{Error, Result};
use crate::learning::classical::ClassicalKernel;
use crate::learning::data::{DataSet, Split, Targets};
use crate::learning::kernel::relabelled;
use crate::learning::paired::Paired;
use crate::simulate::Simulator;

/// Draws of shots of these.
const DRAW: u64 = 1 << 10;

impl KernelStudy {
    /// Gives all rows labels for which g of a classical and the quantum kernel, at the bandwidth that
    /// was chosen, is met, one class above the median and one not (Huang et al., Nature Communications
    /// 12, 2631 (2021), section on engineered data sets), and lets both learn them: the quantum kernel
    /// with that bandwidth, the classical kernels tuned anew.
    pub(super) fn relabelled(
        &self,
        contest: &Contest<'_>,
        (data, split): (&DataSet, &Split),
        (embedding, factor, number): (&Embedding, f64, u64),
        classical: ClassicalKernel,
        simulator: &Simulator,
    ) -> Result<RelabelledReport> {
        let rows = contest.mapped(data.features(), factor)?;
        let quantum = contest.quantum(embedding, factor, number)?.exact(rows.view())?;
        let rows = contest.standardized(data.features())?;
        let kernel = classical.gram(rows.view(), rows.view())?;
        let found = relabelled(kernel.view(), quantum.view(), self.lambda)?;
        let mut sorted = found.targets.clone();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[(sorted.len() - 1) / 2];
        let labels = found.targets.iter().map(|&y| usize::from(y > median)).collect();
        let names = vec!["below".into(), "above".into()];
        let data = DataSet::new(data.features().to_owned(), Targets::Classes { labels, names })?;
        let (train, _, test) = split.parts(&data);
        let study = KernelStudy { bandwidths: Some(vec![factor]), ..self.clone() };
        let contest = Contest::new(&study, simulator, &train, test.as_ref(), DRAW)?;
        let embedding = embedding.clone().into();
        let quantum = contest.fit(&Contender::Map { embedding, name: self.map.clone() })?;
        let mut best = None::<super::contest::Fitted>;
        for kind in ClassicalKernel::NAMES {
            let fitted = contest.fit(&Contender::Classical(kind))?;
            let mean = fitted.contestant.tuning_score.mean;
            if best.as_ref().is_none_or(|best| mean > best.contestant.tuning_score.mean) {
                best = Some(fitted);
            }
        }
        let advantage = best.and_then(|best| {
            Some((Paired::of(&quantum.row_scores, &best.row_scores, true)?, best))
        });
        let Some((advantage, best)) = advantage else {
            return Err(Error::Invalid {
                what: "the number of test rows with new labels".into(),
                value: "0".into(),
                expected: "there must be some, which judge".into(),
            });
        };
        Ok(RelabelledReport {
            against: classical.to_string(),
            geometric_difference: found.geometric_difference,
            accuracy: quantum.contestant.score(),
            classical: match best.choice {
                Choice::Classical(kernel) => kernel.to_string(),
                _ => best.contestant.setting.clone(),
            },
            classical_accuracy: best.contestant.score(),
            advantage,
        })
    }
}
