//! Data to learn from, from a file or by a name.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ketlab::learning::data::{DataSet, NAMES, Scaling, Task, built_in, read_table};
use ketlab::math::closest;
use std::path::Path;

const HEADING: &str = "Data";

/// What is said of DATA in help.
pub const DATA: &str = "\
DATA is a file: text with a row a line (fields separated by commas, semicolons, tabs or blanks, names \
of columns in the first line or not), a NumPy array of rows (.npy) or an archive (.npz) of X and y. Or \
a name: moons:200:0.1 (rows, noise), circles, blobs, spirals, ad-hoc:60:0.3, bars-and-stripes:3x3, \
parity:4, x^2, sin, abs, exp; what is left out is 200 rows and noise of 0.1.";

/// Where data come from, and which columns are what.
#[derive(clap::Args, Clone)]
pub struct DataSource {
    /// Rows to learn from: a file or a name
    #[arg(value_name = "DATA")]
    pub data: Option<String>,
    /// The column to predict, by its name or its number from 0, -1 the last one [default: what the
    /// file itself calls its target, else the last column]
    #[arg(help_heading = HEADING, long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub target: Option<String>,
    /// The columns to predict by [default: all others]
    #[arg(help_heading = HEADING, long, value_name = "NAME,…", value_delimiter = ',')]
    pub features: Vec<String>,
    /// Whether numbers or classes are learned [default: classes of texts and of at most 20 different
    /// whole numbers]
    #[arg(help_heading = HEADING, long, value_enum, value_name = "TASK")]
    pub task: Option<TaskArg>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TaskArg {
    Classification,
    Regression,
}

impl DataSource {
    /// The data, and the file or name that they come from. The seed is that of data by name.
    pub fn read(&self, seed: u64) -> Result<(DataSet, String)> {
        let Some(source) = &self.data else { bail!("DATA is missing: a file, or a name") };
        let data = match built_in(source, seed)? {
            Some(data) => self.of_name(data)?,
            None => self.of_file(source)?,
        };
        Ok((data, source.clone()))
    }

    /// Built-in data have a target: only its own name can be asked for.
    fn of_name(&self, data: DataSet) -> Result<DataSet> {
        if let Some(target) = self.target.as_deref().filter(|name| *name != data.target_name()) {
            bail!("--target {target}: the target of built-in data is `{}`", data.target_name());
        }
        if !self.features.is_empty() {
            bail!("--features: built-in data are learned from all of their features");
        }
        match self.task {
            Some(task) if Task::from(task) != data.task() => {
                let has = match data.task() {
                    Task::Classification => "classes",
                    Task::Regression => "numbers",
                };
                bail!("--task: the target of these built-in data is {has}")
            }
            _ => Ok(data),
        }
    }

    fn of_file(&self, path: &str) -> Result<DataSet> {
        if !Path::new(path).exists() {
            let near = closest(path, NAMES.iter().map(|name| name.0));
            let meant = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            let forms: Vec<_> = NAMES.iter().map(|name| name.2).collect();
            bail!(
                "{path}: no such file; {meant}data with names are, for example, {}",
                forms.join(", ")
            );
        }
        let table = read_table(path)?;
        let target = self.target.as_deref().or(table.target_name()).unwrap_or("-1");
        let features = (!self.features.is_empty()).then_some(&self.features[..]);
        let data = table.data_set(target, features, self.task.map(Task::from));
        data.with_context(|| match &self.target {
            Some(target) => format!("--target {target}"),
            None => "without --target, the target is what the file says, or its last column".into(),
        })
    }
}

impl From<TaskArg> for Task {
    fn from(task: TaskArg) -> Self {
        match task {
            TaskArg::Classification => Task::Classification,
            TaskArg::Regression => Task::Regression,
        }
    }
}

/// The range of features that data by name have themselves, where they are made of angles.
pub fn scaling(source: &str) -> Option<Scaling> {
    let is_angles = matches!(source.split(':').next(), Some("ad-hoc" | "ad_hoc" | "adhoc"));
    is_angles.then_some(Scaling::None)
}
