//! Data sets: from files and by name, scaled and split.
//!
//! | step | what does it |
//! |---|---|
//! | a file's columns: text, NPY, NPZ | [`read_table`], [`Table`] |
//! | a target and features of them | [`Table::data_set`] |
//! | data by name, such as `moons:200:0.1` | [`built_in`] ([`NAMES`]) and a function for each kind |
//! | rows with what is to be learned of them | [`DataSet`], [`Targets`], [`Task`] |
//! | training, validation and test rows | [`Split`] |
//! | folds of cross-validation | [`folds`], [`Fold`] |
//! | the range that a model takes | [`Scaling`]; as learned, with its derivatives, [`Scaler`] |
//! | other files for the same model | [`Table::features`], [`Table::targets`] |
//!
//! ```
//! use ketlab::learning::data::{Scaler, Scaling, Split, built_in};
//! let data = built_in("circles:100:0.05", 1)?.expect("a name");
//! let split = Split::new(data.targets(), 0.0, 0.25, 1)?;
//! let (train, _, test) = split.parts(&data);
//! let scaler = Scaler::fit("minmax:0:pi".parse()?, train.features())?;
//! let train = train.with_features(scaler.apply(train.features())?)?;
//! assert_eq!((train.num_rows(), test.unwrap().num_rows()), (75, 25));
//! # Ok::<(), ketlab::Error>(())
//! ```

mod built_in;
mod column;
mod csv;
mod data_set;
#[cfg(feature = "npy")]
mod npy;
mod read;
mod scaling;
mod split;
mod streams;
mod table;
#[cfg(test)]
mod testing;

pub use built_in::{
    Curve, MAX_AD_HOC_FEATURES, MAX_PARITY_BITS, NAMES, ad_hoc, bars_and_stripes, blobs, built_in,
    circles, curve, moons, parity, spirals,
};
pub use data_set::{DataSet, Targets, Task};
pub use read::{MAX_TEXT_BYTES, read_table};
pub use scaling::{Scaler, Scaling};
pub(in crate::learning) use split::folds_at_most;
pub use split::{Fold, Split, folds};
pub use table::Table;
