//! Series of numbers and pictures of them. This room knows no quantum.
//!
//! A [`Chart`] is a description: a title, a caption that says what was run, two [`Axis`] with label
//! and unit, and what is drawn. [`Chart::save`] writes it by the extension of the file: the picture
//! (`.svg`, `.png`; cargo feature `plot`) or the numbers behind it (`.csv`, `.json`). A [`Figure`]
//! is up to four charts side by side with one legend.
//!
//! ```
//! use ketlab::report::{Axis, Chart, Series};
//! let points = (1..=40).map(|k| (f64::from(k), -1.137 + 0.5 * (-f64::from(k) / 6.0).exp()));
//! let chart = Chart::new("Convergence", Axis::new("iteration"), Axis::new("energy").unit("Ha"))
//!     .caption("4 qubits, 2 layers, exact expectations, seed 7")
//!     .band("chemical accuracy", -1.1386, -1.1354)
//!     .horizontal("exact", -1.137)
//!     .series(Series::line("VQE", points));
//! assert!(chart.to_csv()?.starts_with("series,iteration,energy (Ha),low,high\n"));
//! assert_eq!(chart.skipped(), 0);
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! [`number`] and [`number_within`] write numbers for people, in tables and messages.

// Without pictures, nothing asks for the ticks that the checks work out.
#[cfg_attr(not(feature = "plot"), allow(dead_code))]
mod axis;
#[cfg_attr(not(feature = "plot"), allow(dead_code))]
mod bars;
mod chart;
#[cfg_attr(not(feature = "plot"), allow(dead_code))]
mod check;
mod figure;
#[cfg(feature = "plot")]
mod kuva;
mod number;
mod save;
mod series;
mod table;

pub use axis::{Axis, Scale};
pub use chart::{Chart, HeatMap, Legend};
pub use figure::Figure;
pub use number::{number, number_within};
pub use series::{Series, Style};
pub(crate) use table::quoted;
