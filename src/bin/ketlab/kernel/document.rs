//! The report as a document.

use super::args::Args;
use crate::data_source::{DataSource, TaskArg};
use crate::document::{self, Format, Work};
use anyhow::Result;
use ketlab::learning::data::DataSet;
use ketlab::learning::kernel_study::KernelReport;
use ketlab::math::Fingerprint;
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Serialize)]
pub struct Document<'a> {
    #[serde(flatten)]
    report: &'a KernelReport,
    data: Origin,
    kernel_file: Option<String>,
    test_kernel_file: Option<String>,
    /// Of a study that was repeated.
    rerun: Option<Rerun>,
}

/// How a study that was repeated compares with its report.
#[derive(Serialize)]
pub struct Rerun {
    pub report: String,
    pub identical: bool,
    pub numbers: usize,
    pub differences: Vec<String>,
}

/// Where data come from, so that they can be read again, and what they were.
#[derive(Serialize, Deserialize)]
pub struct Origin {
    pub source: String,
    /// As flags say them.
    pub target: Option<String>,
    pub features: Option<Vec<String>>,
    pub task: Option<String>,
    num_rows: usize,
    feature_names: Vec<String>,
    target_name: String,
    classes: Vec<String>,
    pub fingerprint: Fingerprint,
}

impl Origin {
    fn of(source: &DataSource, data: &DataSet, name: &str) -> Self {
        Origin {
            source: name.into(),
            target: source.target.clone(),
            features: (!source.features.is_empty()).then(|| source.features.clone()),
            task: source.task.map(|task| task_name(task).into()),
            num_rows: data.num_rows(),
            feature_names: data.feature_names().to_vec(),
            target_name: data.target_name().into(),
            classes: data.class_names().to_vec(),
            fingerprint: data.fingerprint(),
        }
    }

    /// What reads them again.
    pub fn source(&self) -> DataSource {
        let tasks = [TaskArg::Classification, TaskArg::Regression];
        let task = |name: &String| tasks.into_iter().find(|task| task_name(*task) == name);
        DataSource {
            data: Some(self.source.clone()),
            target: self.target.clone(),
            features: self.features.clone().unwrap_or_default(),
            task: self.task.as_ref().and_then(task),
        }
    }
}

fn task_name(task: TaskArg) -> &'static str {
    match task {
        TaskArg::Classification => "classification",
        TaskArg::Regression => "regression",
    }
}

impl<'a> Document<'a> {
    pub fn new(args: &Args, data: &DataSet, source: &str, report: &'a KernelReport) -> Self {
        let name =
            |path: &Option<std::path::PathBuf>| path.as_ref().map(|p| p.display().to_string());
        Document {
            report,
            data: Origin::of(&args.source, data, source),
            kernel_file: name(&args.save),
            test_kernel_file: name(&args.save_test),
            rerun: None,
        }
    }

    /// Of a study that was repeated on the same data.
    pub fn again(report: &'a KernelReport, data: Origin, rerun: Rerun) -> Self {
        Document { report, data, kernel_file: None, test_kernel_file: None, rerun: Some(rerun) }
    }

    pub fn write(&self, out: &mut impl Write, work: &Work) -> Result<()> {
        document::write(out, Format::Kernel, self, work)
    }
}
