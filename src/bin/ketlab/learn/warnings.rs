//! What a reader of a report should know.

use ketlab::learning::{Loss, Outputs, Report, TrainingStop};

/// Fewer test rows than these say little.
const FEW_ROWS: usize = 30;
/// Part of the epochs at the end in which a loss that still falls is far from its end.
const LAST: usize = 10;
const STILL_FALLING: f64 = 0.02;

pub fn warnings(report: &Report) -> Vec<String> {
    let mut all = Vec::new();
    let predictor = &report.predictor;
    let is_of_scores = predictor.model.readout().kind() == Outputs::Scores;
    if !predictor.classes.is_empty() && is_of_scores && predictor.loss != Loss::CrossEntropy {
        all.push(format!(
            "probabilities of classes are the softmax of scores, which the loss `{}` does not make \
             probabilities: they say which class is likelier, not how likely it is",
            predictor.loss
        ));
    }
    match (report.split.test.len(), &report.validation) {
        (0, Some(_)) => all.push(
            "there are no test rows: the validation rows chose the epoch and flatter the model"
                .into(),
        ),
        (0, None) => all.push(
            "there are no test rows: how well rows are met that were not learned from is not known"
                .into(),
        ),
        (rows, _) if rows < FEW_ROWS => {
            let one = match predictor.classes.is_empty() {
                true => String::new(),
                false => format!(", one of which is {:.3} of the accuracy", 1.0 / rows as f64),
            };
            let s = if rows == 1 { "" } else { "s" };
            all.push(format!("the test is of {rows} row{s}{one}: it says little"));
        }
        _ => {}
    }
    if is_still_falling(report) {
        all.push("the loss was still falling when the epochs were done; give more --epochs".into());
    }
    all
}

/// Whether the loss that chooses the epoch fell by some percent in the last tenth.
fn is_still_falling(report: &Report) -> bool {
    let history = &report.history;
    let last = history.len().saturating_sub(1);
    if report.stop != TrainingStop::Epochs || last < LAST {
        return false;
    }
    let loss = |k: usize| history[k].validation_loss.unwrap_or(history[k].train_loss);
    let before = loss(last - last / LAST);
    report.best_epoch + 1 >= last && before - loss(last) > STILL_FALLING * before.abs()
}
