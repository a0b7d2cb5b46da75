//! No command writes over a file that it reads: one rule for all of them.

use crate::output::check_not_input;
use anyhow::Result;
use clap::{Arg, ArgMatches, Command};
use std::any::TypeId;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The options whose file is written; all others that take one read it.
const WRITTEN: [&str; 12] = [
    "checkpoint",
    "csv",
    "draw_lattice",
    "latex",
    "output",
    "plot",
    "plot_scores",
    "png",
    "save",
    "save_plan",
    "save_test",
    "svg",
];

/// Whether a file of this argument is written. `--state` is a file of `ketlab run` alone.
fn is_written(arg: &Arg) -> bool {
    let id = arg.get_id().as_str();
    is_path(arg) && (WRITTEN.contains(&id) || id == "state")
}

fn is_path(arg: &Arg) -> bool {
    arg.get_action().takes_values() && arg.get_value_parser().type_id() == TypeId::of::<PathBuf>()
}

/// Refuses, before any work, a command line whose output is a file that another argument names. What is
/// no file there (a name, a formula, a number) is nobody's input.
pub fn check(command: &Command, matches: &ArgMatches) -> Result<()> {
    let (mut command, mut matches) = (command, matches);
    let (mut written, mut read): (Vec<(String, &Path)>, Vec<&Path>) = Default::default();
    loop {
        for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
            let values = matches.try_get_raw(arg.get_id().as_str()).ok().flatten();
            let values = values.into_iter().flatten().map(|value: &OsStr| Path::new(value));
            match arg.get_long().filter(|_| is_written(arg)) {
                Some(long) => written.extend(values.map(|path| (format!("--{long}"), path))),
                None => read.extend(values),
            }
        }
        let Some((name, inner)) = matches.subcommand() else { break };
        let Some(found) = command.find_subcommand(name) else { break };
        (command, matches) = (found, inner);
    }
    for (option, path) in &written {
        read.iter().try_for_each(|input| check_not_input(option, path, input))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Options that take a path and read it; a path without a flag is read.
    const READ: [&str; 10] = [
        "circuit",
        "configuration",
        "distribution",
        "frequencies",
        "function",
        "initial_samples",
        "published",
        "rerun",
        "schedule",
        "weights",
    ];

    fn check_known(command: &Command, path: &str) {
        let name = format!("{path} {}", command.get_name());
        for arg in command.get_arguments().filter(|arg| is_path(arg)) {
            let Some(long) = arg.get_long() else { continue };
            let is_read = READ.contains(&arg.get_id().as_str());
            assert!(is_read != is_written(arg), "{name} --{long}: is it read or written?");
        }
        command.get_subcommands().for_each(|inner| check_known(inner, &name));
    }

    #[test]
    fn every_option_that_takes_a_path_is_known() {
        check_known(&crate::command_line(), "");
    }
}
