//! Published values, read from a folder: they are others' and are not part of ketlab.

use super::observable::KickedObservable;
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Extrapolations whose error is larger than this are no measurement.
const LARGEST_ERROR: f64 = 1.0;

/// A value with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Extrapolation {
    /// The value.
    pub value: f64,
    /// Its standard error, as published.
    pub error: f64,
}

/// What the experiment measured at one angle. Its noise was amplified and extrapolated to none in two
/// ways, with a linear and with an exponential fit; one that failed is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The angle of the kicks, in radians.
    pub theta: f64,
    /// By the linear fit.
    pub linear: Option<Extrapolation>,
    /// By the exponential fit.
    pub exponential: Option<Extrapolation>,
}

/// Published values of one observable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PublishedCurve {
    /// Exact values by angle (Begušić, Gray and Chan, arXiv:2308.05077).
    pub exact: Vec<(f64, f64)>,
    /// Two tensor-network methods, and sparse Pauli dynamics, of the same authors.
    pub mix: Vec<(f64, f64)>,
    /// The second one.
    pub pepo: Vec<(f64, f64)>,
    /// Sparse Pauli dynamics.
    pub spd: Vec<(f64, f64)>,
    /// Matrix product states, of Kim et al.
    pub mps: Vec<(f64, f64)>,
    /// Isometric tensor networks in two dimensions, of Kim et al.
    pub isotns: Vec<(f64, f64)>,
    /// The experiment (Kim et al.).
    pub measured: Vec<Measured>,
}

/// Published values of all observables.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    curves: Vec<(KickedObservable, PublishedCurve)>,
}

impl Published {
    /// Reads a folder with `exact.csv`, `mix.csv`, `pepo.csv` and `spd.csv` of the repository
    /// tbegusic/arxiv-2308.05077-data, and a folder `kim2023` with the files of
    /// youngseok-kim1/Evidence-for-the-utility-of-quantum-computing-before-fault-tolerance. What a
    /// folder lacks is missing in the curves.
    ///
    /// # Errors
    /// If the folder has no `exact.csv`, or a file cannot be read or has something else in it.
    pub fn read(folder: &Path) -> Result<Self> {
        let tables = ["exact.csv", "mix.csv", "pepo.csv", "spd.csv"]
            .map(|name| Table::read(&folder.join(name), name == "exact.csv"));
        let [exact, mix, pepo, spd] = tables;
        let (exact, mix, pepo, spd) = (exact?, mix?, pepo?, spd?);
        let mut curves = Vec::new();
        for observable in KickedObservable::ALL {
            let column = observable.column();
            let mut curve = PublishedCurve {
                exact: exact.column(column),
                mix: mix.column(column),
                pepo: pepo.column(column),
                spd: spd.column(column),
                ..PublishedCurve::default()
            };
            if let Some(figure) = observable.figure() {
                let file = |what: &str| folder.join("kim2023").join(format!("{figure}_{what}.txt"));
                let pairs = |what: &str| -> Result<Vec<(f64, f64)>> {
                    let rows = rows(&file(what))?;
                    Ok(rows
                        .iter()
                        .filter(|row| row.len() > 1)
                        .map(|row| (row[0], row[1]))
                        .collect())
                };
                (curve.mps, curve.isotns) = (pairs("MPS")?, pairs("isoTNS")?);
                curve.measured = measured(&rows(&file("experiment_mit"))?);
            }
            for list in [&mut curve.mps, &mut curve.isotns] {
                list.sort_by(|a, b| a.0.total_cmp(&b.0));
            }
            curve.measured.sort_by(|a, b| a.theta.total_cmp(&b.theta));
            curves.push((observable, curve));
        }
        Ok(Published { curves })
    }

    /// The values of one observable.
    pub fn curve(&self, observable: KickedObservable) -> &PublishedCurve {
        let found = self.curves.iter().find(|(of, _)| *of == observable);
        &found.expect("every observable has one").1
    }

    /// Of all values.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new().with("published values", &self.curves)
    }
}

/// The experiment's rows: an angle, then value and error of both extrapolations. The file of the
/// magnetization has these four for every qubit, of which the mean is taken, each over the qubits
/// where it did not fail.
fn measured(rows: &[Vec<f64>]) -> Vec<Measured> {
    let of_row = |row: &Vec<f64>| {
        let (&theta, values) = row.split_first()?;
        let mean = |first: usize| {
            let parts = values.chunks_exact(4).map(|part| (part[first], part[first + 1]));
            let good: Vec<(f64, f64)> = parts
                .filter(|(v, e)| v.is_finite() && e.is_finite() && *e <= LARGEST_ERROR)
                .collect();
            let number = good.len() as f64;
            (!good.is_empty()).then(|| Extrapolation {
                value: good.iter().map(|(v, _)| v).sum::<f64>() / number,
                error: good.iter().map(|(_, e)| e * e).sum::<f64>().sqrt() / number,
            })
        };
        Some(Measured { theta, linear: mean(0), exponential: mean(2) })
    };
    rows.iter().filter_map(of_row).collect()
}

/// Numbers separated by commas, a row a line; none where there is no file.
fn rows(path: &Path) -> Result<Vec<Vec<f64>>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = read(path)?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row = line.split(',').map(|field| field.trim().parse::<f64>());
        let row = row.collect::<std::result::Result<Vec<f64>, _>>();
        rows.push(row.map_err(|_| wrong(path, number + 1, "numbers separated by commas"))?);
    }
    Ok(rows)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::Invalid {
        what: "a file of published values".into(),
        value: path.display().to_string(),
        expected: format!("it cannot be read: {error}"),
    })
}

fn wrong(path: &Path, line: usize, expected: &str) -> Error {
    Error::Invalid {
        what: format!("line {line} of {}", path.display()),
        value: "something else".into(),
        expected: expected.into(),
    }
}

/// A table with named columns, the first one the angle.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Table {
    fn read(path: &Path, is_needed: bool) -> Result<Self> {
        if !is_needed && !path.exists() {
            return Ok(Table { names: Vec::new(), rows: Vec::new() });
        }
        let text = read(path)?;
        let mut lines = text.lines();
        let names: Vec<String> =
            lines.next().unwrap_or_default().split(',').map(|name| name.trim().into()).collect();
        let mut rows = Vec::new();
        for (number, line) in lines.enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let row = line.split(',').map(|field| field.trim().parse::<f64>());
            let row = row.collect::<std::result::Result<Vec<f64>, _>>();
            match row {
                Ok(row) if row.len() == names.len() => rows.push(row),
                _ => {
                    return Err(wrong(
                        path,
                        number + 2,
                        "as many finite numbers as the first line has names",
                    ));
                }
            }
        }
        Ok(Table { names, rows })
    }

    fn column(&self, name: &str) -> Vec<(f64, f64)> {
        let Some(place) = self.names.iter().position(|known| known == name) else {
            return Vec::new();
        };
        self.rows.iter().map(|row| (row[0], row[place])).collect()
    }
}
