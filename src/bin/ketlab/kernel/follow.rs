//! A study that is watched.

use crate::messages;
use crate::progress::{Progress, cancel_on_interrupt};
use anyhow::Result;
use ketlab::Simulator;
use ketlab::learning::KernelStudy;
use ketlab::learning::data::DataSet;
use ketlab::learning::kernel_study::KernelReport;

/// Runs a study with progress and Ctrl-C.
pub fn follow(study: &KernelStudy, data: &DataSet) -> Result<KernelReport> {
    let simulator = Simulator::new();
    cancel_on_interrupt(simulator.watch());
    let line = Progress::line();
    let mut tell = |what: &str| {
        line.message(|| what.into());
        messages::detail(|| what.into());
    };
    Ok(study.run_telling(data, &simulator, &mut tell)?)
}
