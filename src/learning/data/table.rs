//! The columns of a file, before it is known what is learned of which.

use super::column::{Column, Fault, quoted};
use super::{DataSet, Targets, Task};
use crate::error::{Error, Result};
use crate::math::{check_memory, closest};
use ndarray::Array2;
use std::path::Path;

/// The columns of a file, of numbers or of texts.
///
/// ```
/// use ketlab::learning::data::{Table, Task};
/// let table = Table::from_csv("iris.csv", "width,length,kind\n0.2,1.4,setosa\n1.3,4.0,versicolor\n")?;
/// let data = table.data_set("kind", None, None)?;
/// assert_eq!((data.task(), data.num_features()), (Task::Classification, 2));
/// // Another file, for what was learned from these.
/// let more = Table::from_csv("more.csv", "length,colour,width\n1.5,red,0.3\n")?;
/// assert_eq!(more.features(data.feature_names())?, ndarray::array![[0.3, 1.5]]);
/// assert!(more.targets("kind", data.feature_names(), Some(data.class_names()))?.is_none());
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What errors call it; empty for none.
    file: String,
    names: Vec<String>,
    columns: Vec<Column>,
    rows: Rows,
    has_header: bool,
    /// The column that the file itself calls the target.
    target: Option<usize>,
}

/// How rows are called.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rows {
    /// By the lines where they begin, from 1.
    Lines(Vec<usize>),
    /// By their numbers, from 0; how many.
    #[cfg_attr(not(feature = "npy"), allow(dead_code))]
    Numbers(usize),
}

impl Table {
    /// Of columns of one length. Without names they are `x0`, `x1`, …
    pub(super) fn of_columns(
        names: Option<Vec<String>>,
        columns: Vec<Column>,
        rows: Rows,
        target: Option<(String, Column)>,
    ) -> Result<Self> {
        let has_header = names.is_some();
        let mut names =
            names.unwrap_or_else(|| (0..columns.len()).map(|k| format!("x{k}")).collect());
        let mut columns = columns;
        let at = target.is_some().then_some(columns.len());
        if let Some((name, column)) = target {
            names.push(name);
            columns.push(column);
        }
        Ok(Table { file: String::new(), names, columns, rows, has_header, target: at })
    }

    pub(super) fn called(mut self, file: &str) -> Self {
        self.file = file.into();
        self
    }

    /// The names of the columns; without a header `x0`, `x1`, …
    pub fn column_names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows, the header not counted.
    pub fn num_rows(&self) -> usize {
        match &self.rows {
            Rows::Lines(lines) => lines.len(),
            Rows::Numbers(number) => *number,
        }
    }

    /// Whether the names of the columns are in the file.
    pub fn has_header(&self) -> bool {
        self.has_header
    }

    /// The name of the column that the file itself calls the target: that of `y`, `target` or
    /// `labels` of an NPZ file.
    pub fn target_name(&self) -> Option<&str> {
        self.target.map(|k| self.names[k].as_str())
    }

    /// What can be learned from: the column `target`, and as features those named, or all others.
    ///
    /// A column is named, or given by its number from 0, or from -1 for the last one backwards, if
    /// none has this name. Without a `task`, classes are learned if the target has entries that are no
    /// numbers, or at most 20 different whole numbers (1.0 is one),
    /// else numbers. Classes are named as they are written, and sorted, as numbers if they are all
    /// numbers, else by their characters.
    ///
    /// # Errors
    /// If a column is not there, or is named twice, or there is no feature; with line (or row) and
    /// column, if a feature, or a target of regression, is missing, no number or not finite, or a
    /// class is missing; if there is one class only.
    pub fn data_set(
        &self,
        target: &str,
        features: Option<&[String]>,
        task: Option<Task>,
    ) -> Result<DataSet> {
        self.make_data_set(target, features, task).map_err(|error| in_file(&self.file, error))
    }

    fn make_data_set(
        &self,
        target: &str,
        features: Option<&[String]>,
        task: Option<Task>,
    ) -> Result<DataSet> {
        let target = self.find(target)?;
        let features = match features {
            None => (0..self.columns.len()).filter(|k| *k != target).collect(),
            Some(names) => {
                let mut places = Vec::new();
                for name in names {
                    let place = self.find(name)?;
                    let twice = places.contains(&place);
                    if place == target || twice {
                        let what = format!("the feature {}", quoted(name));
                        let value = if twice { "named twice" } else { "the target, too" };
                        let expected = "name every column once".into();
                        return Err(Error::Invalid { what, value: value.into(), expected });
                    }
                    places.push(place);
                }
                places
            }
        };
        if features.is_empty() {
            return Err(Error::Invalid {
                what: "the number of features".into(),
                value: "0".into(),
                expected: "there must be a column beside the target".into(),
            });
        }
        let column = &self.columns[target];
        let fault = |(row, fault): (usize, Fault)| self.fault(row, target, fault);
        let classes = match task {
            Some(task) => task == Task::Classification,
            None => column.is_classes().map_err(fault)?,
        };
        let targets = if classes {
            let (labels, names) = column.classes().map_err(fault)?;
            if names.len() < 2 {
                return Err(Error::Invalid {
                    what: format!("the target {}", quoted(&self.names[target])),
                    value: format!("{} in every row", quoted(&names[0])),
                    expected: "classification needs at least two classes".into(),
                });
            }
            Targets::Classes { labels, names }
        } else {
            Targets::Values(self.numbers(target)?)
        };
        let names = features.iter().map(|&k| self.names[k].clone()).collect();
        DataSet::new(self.array(&features)?, targets)?.named(names, self.names[target].clone())
    }

    /// The features (rows × names) that a model was learned from, for a prediction: found by name,
    /// wherever they are.
    ///
    /// A file without names of columns must have exactly these features, in this order, and nothing
    /// else, or else, where the model's names are `x0`, `x1`, … too, the target besides, at the place
    /// that it had.
    ///
    /// # Errors
    /// If columns are not there, by their names; if the number of columns without names is another;
    /// with line (or row) and column, if an entry is missing, no number or not finite.
    pub fn features(&self, names: &[String]) -> Result<Array2<f64>> {
        let features = self.places(names).and_then(|places| self.array(&places));
        features.map_err(|error| in_file(&self.file, error))
    }

    /// The targets of these rows, where the file has them, to judge predictions by: `None` where it
    /// has not. `features` are those of the model, which tell a file without names of columns that has
    /// the target from one that has not; `classes` are the model's, or `None` if it predicts numbers.
    ///
    /// # Errors
    /// If a class is not among those of the model, by its name; with line (or row) and column, if an
    /// entry is missing, or no finite number where one is needed; as [`features`](Self::features)
    /// for names of columns.
    pub fn targets(
        &self,
        target: &str,
        features: &[String],
        classes: Option<&[String]>,
    ) -> Result<Option<Targets>> {
        self.find_targets(target, features, classes).map_err(|error| in_file(&self.file, error))
    }

    fn find_targets(
        &self,
        target: &str,
        features: &[String],
        classes: Option<&[String]>,
    ) -> Result<Option<Targets>> {
        let used = self.places(features)?;
        let by_name = self.names.iter().position(|name| name == target);
        let Some(place) = by_name.filter(|place| !used.contains(place)) else { return Ok(None) };
        let Some(classes) = classes else {
            return Ok(Some(Targets::Values(self.numbers(place)?)));
        };
        let mut labels = Vec::with_capacity(self.num_rows());
        let mut unknown: Vec<(usize, String)> = Vec::new();
        for row in 0..self.num_rows() {
            let class = self.columns[place].class_among(row, classes);
            match class.map_err(|fault| self.fault(row, place, fault))? {
                Ok(label) => labels.push(label),
                Err(name) if unknown.iter().all(|other| other.1 != name) => {
                    unknown.push((row, name));
                }
                Err(_) => {}
            }
        }
        if let Some((row, first)) = unknown.first() {
            let others: Vec<&str> = unknown[1..].iter().map(|other| other.1.as_str()).collect();
            let others = match &others[..] {
                [] => String::new(),
                others => format!("; others that it does not know are {}", listed(others)),
            };
            let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
            return Err(Error::Invalid {
                what: self.place(*row, place),
                value: first.clone(),
                expected: format!("the classes of the model are {}{others}", listed(&classes)),
            });
        }
        Ok(Some(Targets::Classes { labels, names: classes.to_vec() }))
    }

    /// Where these features are.
    fn places(&self, names: &[String]) -> Result<Vec<usize>> {
        let found = |name: &String| self.names.iter().position(|known| known == name);
        if !self.has_header {
            let without_target = self.columns.len() - usize::from(self.target.is_some());
            if without_target == names.len() {
                return Ok((0..names.len()).collect());
            }
            let by_name: Option<Vec<usize>> = names.iter().map(found).collect();
            if let Some(places) = by_name
                && self.target.is_none()
                && self.columns.len() == names.len() + 1
            {
                return Ok(places);
            }
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            return Err(Error::Invalid {
                what: "the number of columns without names".into(),
                value: without_target.to_string(),
                expected: format!(
                    "the model takes {} ({}), in this order and nothing else; give the columns \
                     their names, in a header",
                    names.len(),
                    listed(&names)
                ),
            });
        }
        let missing: Vec<&str> =
            names.iter().filter(|name| found(name).is_none()).map(String::as_str).collect();
        match missing[..] {
            [] => Ok(names.iter().filter_map(found).collect()),
            [name] => Err(self.unknown(name)),
            _ => Err(Error::UnknownName {
                kind: "columns",
                name: missing.join("`, `"),
                hint: format!("the columns are {}", listed(&self.name_list())),
            }),
        }
    }

    /// A column by name, else by number.
    fn find(&self, name: &str) -> Result<usize> {
        let by_name = self.names.iter().position(|known| known == name);
        let by_number = || {
            let number: i64 = name.trim().parse().ok()?;
            let columns = self.columns.len() as i64;
            let place = if number < 0 { number + columns } else { number };
            (0..columns).contains(&place).then_some(place as usize)
        };
        by_name.or_else(by_number).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Error {
        let near = closest(name, self.names.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        let header = if self.has_header { "" } else { " (the file has no header)" };
        let hint = format!("{near}the columns are {}{header}", listed(&self.name_list()));
        Error::UnknownName { kind: "column", name: name.escape_debug().to_string(), hint }
    }

    fn name_list(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    fn numbers(&self, column: usize) -> Result<Vec<f64>> {
        let number =
            |row| self.columns[column].number(row).map_err(|fault| self.fault(row, column, fault));
        (0..self.num_rows()).map(number).collect()
    }

    fn array(&self, columns: &[usize]) -> Result<Array2<f64>> {
        let size = (self.num_rows() as u128) * (columns.len() as u128) * 8;
        check_memory("the features", size, |_| (None, "give fewer rows or features".into()))?;
        let mut array = Array2::zeros((self.num_rows(), columns.len()));
        // Row by row, so that the first fault is the first one in the file.
        for (row, mut into) in array.rows_mut().into_iter().enumerate() {
            for (x, &column) in into.iter_mut().zip(columns) {
                let number = self.columns[column].number(row);
                *x = number.map_err(|fault| self.fault(row, column, fault))?;
            }
        }
        Ok(array)
    }

    fn place(&self, row: usize, column: usize) -> String {
        let row = match &self.rows {
            Rows::Lines(lines) => format!("line {}", lines[row]),
            Rows::Numbers(_) => format!("row {row} (from 0)"),
        };
        format!("{row}, column {}", quoted(&self.names[column]))
    }

    fn fault(&self, row: usize, column: usize, fault: Fault) -> Error {
        let expected = fault.expected.into();
        Error::Invalid { what: self.place(row, column), value: fault.value, expected }
    }
}

/// The first names of many, and how many more there are.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 20;
    let more = names.len().saturating_sub(MOST);
    let first = names[..names.len() - more].join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// An error with the file that it is in.
pub(super) fn in_file(file: &str, error: Error) -> Error {
    match error {
        error if file.is_empty() => error,
        Error::Io { message, .. } => Error::Io { path: file.into(), message },
        Error::TooLarge { what, needed, available, max_qubits, hint } => {
            let what = format!("{file}: {what}");
            Error::TooLarge { what, needed, available, max_qubits, hint }
        }
        other => Error::io(Path::new(file), other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    const IRIS: &str = "length,width,kind,id\n1.5,0.2,setosa,1\n4.5,1.5,versicolor,2\n\
                        # remark\n5.5,2.0,virginica,3\n1.4,0.3,setosa,4\n";

    fn table(text: &str) -> Table {
        Table::from_csv("data.csv", text).unwrap()
    }

    fn says<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn columns_become_data() {
        let table = table(IRIS);
        assert_eq!((table.num_rows(), table.column_names().len()), (4, 4));
        let features = strings(&["width", "length"]);
        let data = table.data_set("kind", Some(&features), None).unwrap();
        assert_eq!(data.features(), array![[0.2, 1.5], [1.5, 4.5], [2.0, 5.5], [0.3, 1.4]]);
        assert_eq!((data.feature_names(), data.target_name()), (&features[..], "kind"));
        let names = strings(&["setosa", "versicolor", "virginica"]);
        assert_eq!(*data.targets(), Targets::Classes { labels: vec![0, 1, 2, 0], names });
        let data = table.data_set("length", Some(&strings(&["1", "id"])), None).unwrap();
        assert_eq!(*data.targets(), Targets::Values(vec![1.5, 4.5, 5.5, 1.4]));
        assert_eq!(data.feature_names(), ["width", "id"]);
        // Whole numbers are classes unless somebody says otherwise.
        let features = Some(&features[..]);
        let id = |task| table.data_set("id", features, task).unwrap().task();
        assert_eq!(id(None), Task::Classification);
        assert_eq!(id(Some(Task::Regression)), Task::Regression);
        let length =
            table.data_set("length", Some(&strings(&["width"])), Some(Task::Classification));
        assert_eq!(length.unwrap().class_names(), ["1.4", "1.5", "4.5", "5.5"]);
    }

    #[test]
    fn columns_without_names_have_numbers() {
        let table = table("1,2,a\n3,4,b\n");
        let by_name = table.data_set("x2", None, None).unwrap();
        assert_eq!(by_name, table.data_set("-1", None, None).unwrap());
        assert_eq!(by_name, table.data_set("2", None, None).unwrap());
        assert_eq!(by_name.feature_names(), ["x0", "x1"]);
        let text = says(table.data_set("x3", None, None));
        assert!(text.starts_with("data.csv: there is no column `x3`; did you mean `x"), "{text}");
        assert!(text.contains("the columns are x0, x1, x2 (the file has no header)"), "{text}");
        for wrong in ["3", "-4", "", "y"] {
            assert!(says(table.data_set(wrong, None, None)).contains("there is no column"));
        }
        // A name goes before a number.
        let named = Table::from_csv("", "1,0\n0,5\n0.5,6\n").unwrap();
        assert!(!named.has_header());
    }

    #[test]
    fn refusals_name_line_and_column() {
        let iris = table(IRIS);
        let text = says(iris.data_set("kinds", None, None));
        assert!(text.contains("no column `kinds`; did you mean `kind`? the columns are length,"));
        let text = says(iris.data_set("id", None, None));
        assert!(
            text.contains("data.csv: line 2, column `kind` is `setosa`; expected a num"),
            "{text}"
        );
        let text = says(iris.data_set("kind", None, Some(Task::Regression)));
        assert!(text.contains("line 2, column `kind` is `setosa`;"), "{text}");
        let with = |row: &str| {
            says(table(&format!("a,b,y\n1,2,0\n\n{row}\n3,4,1\n")).data_set("y", None, None))
        };
        for (row, wanted) in [
            ("1,,0", "line 4, column `b` is empty, a missing value; fill it in"),
            ("NA,1,0", "line 4, column `a` is `NA`, a missing value"),
            ("1,nan,0", "line 4, column `b` is `NaN`, a missing value"),
            ("1,?,0", "line 4, column `b` is `?`, a missing value"),
            ("1,1e400,0", "line 4, column `b` is inf; it must be a finite number"),
            ("1,-inf,0", "line 4, column `b` is -inf;"),
            ("1,x,0", "line 4, column `b` is `x`; expected a number"),
            ("1,2,", "line 4, column `y` is empty, a missing value"),
            ("1,2,nan", "line 4, column `y` is `NaN`, a missing value"),
        ] {
            let text = with(row);
            assert!(text.contains(wanted), "{row}: {text}");
        }
        let comma = table("a;y\n1,5;0\n2,5;1\n").data_set("y", None, None);
        assert!(says(comma).contains("line 2, column `a` is `1,5`; write numbers with a point"));
        let one = table("a,y\n1,0\n2,0\n").data_set("y", None, None);
        assert!(says(one).contains("the target `y` is `0` in every row; classification needs"));
        assert!(says(table("y\n0\n1\n").data_set("y", None, None)).contains("features is 0;"));
        let twice = iris.data_set("kind", Some(&strings(&["id", "id"])), None);
        assert!(says(twice).contains("the feature `id` is named twice; name every column once"));
        let target = iris.data_set("kind", Some(&strings(&["kind"])), None);
        assert!(says(target).contains("the feature `kind` is the target, too;"));
    }

    #[test]
    fn other_files_have_the_same_features() {
        let features = strings(&["width", "length"]);
        let more = table("id,length,colour,width\n7,1,red,2\n8,3,red,4\n");
        assert_eq!(more.features(&features).unwrap(), array![[2.0, 1.0], [4.0, 3.0]]);
        assert_eq!(more.targets("kind", &features, None).unwrap(), None);
        let text = says(more.features(&strings(&["width", "lenght"])));
        assert!(text.contains("no column `lenght`; did you mean `length`?"), "{text}");
        let text = says(more.features(&strings(&["a", "width", "b"])));
        assert!(text.contains("no columns `a`, `b`; the columns are id, length, col"), "{text}");
        let bad = says(more.features(&strings(&["colour"])));
        assert!(bad.contains("line 2, column `colour` is `red`;"), "{bad}");
        // Without names: these columns alone.
        let plain = table("2,1\n4,3\n");
        assert_eq!(plain.features(&features).unwrap(), array![[2.0, 1.0], [4.0, 3.0]]);
        let text = says(table("2,1,0\n").features(&features));
        assert!(
            text.contains("columns without names is 3; the model takes 2 (width, length), in"),
            "{text}"
        );
        // A model of a file without names, whose target was in the middle.
        let numbered = strings(&["x0", "x2"]);
        let all = table("1,0,2\n3,1,4\n");
        assert_eq!(all.features(&numbered).unwrap(), array![[1.0, 2.0], [3.0, 4.0]]);
        let classes = strings(&["0", "1"]);
        let targets = all.targets("x1", &numbered, Some(&classes)).unwrap();
        let wanted = Targets::Classes { labels: vec![0, 1], names: classes.clone() };
        assert_eq!(targets, Some(wanted));
        // The same without the target: x1 is the second feature, not the target.
        let less = table("1,2\n3,4\n");
        assert_eq!(less.features(&numbered).unwrap(), array![[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(less.targets("x1", &numbered, Some(&classes)).unwrap(), None);
        assert!(less.features(&strings(&["x0"])).is_ok());
        assert!(says(table("1,2,3,4\n").features(&numbered)).contains("without names is 4;"));
        assert!(says(table("1\n").features(&numbered)).contains("without names is 1;"));
    }

    #[test]
    fn targets_are_those_that_a_model_knows() {
        let iris = table(IRIS);
        let features = strings(&["width", "length"]);
        let known = strings(&["virginica", "setosa", "versicolor"]);
        let targets = iris.targets("kind", &features, Some(&known)).unwrap().unwrap();
        assert_eq!(targets, Targets::Classes { labels: vec![1, 2, 0, 1], names: known });
        let text = says(iris.targets("kind", &features, Some(&strings(&["setosa", "other"]))));
        assert!(text.contains("line 3, column `kind` is `versicolor`; the classes of the model"));
        assert!(text.ends_with("are setosa, other; others that it does not know are `virginica`"));
        let values = iris.targets("id", &features, None).unwrap().unwrap();
        assert_eq!(values, Targets::Values(vec![1.0, 2.0, 3.0, 4.0]));
        assert!(
            says(iris.targets("kind", &features, None)).contains("`setosa`; expected a number")
        );
        let gap = table("length,width,kind\n1,2,setosa\n1,2,\n");
        let text = says(gap.targets("kind", &features, Some(&strings(&["setosa"]))));
        assert!(text.contains("line 3, column `kind` is empty, a missing value"), "{text}");
    }
}
