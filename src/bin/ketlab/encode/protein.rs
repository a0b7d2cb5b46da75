//! `ketlab encode protein`: a chain on the square lattice.

use super::common::Common;
use super::kind::Kind;
use crate::options::whole_number;
use anyhow::{Result, bail};
use ketlab::ising::problems::{AnyProblem, ProteinFolding};
use std::path::{Path, PathBuf};

/// The longest side of the rectangle.
const MOST: u64 = 1 << 10;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode protein HPHPPH --size 4 -o fold.json
  ketlab encode protein HPPHPH --size 3x4 -o fold.json

The chain folds on a square lattice so that as many pairs of H as can be touch without being neighbours \
along the chain. A file has the letters H and P on any lines, and may begin with a name, `>name`. A bit \
says that a residue is on a site, of which half are possible.")]
pub struct Args {
    /// The sequence, letters H and P, or a file with it
    sequence: String,
    /// Sides of the rectangle that it folds in, one of them even: where both are odd, folds can be lost
    /// [default: one of about 3/2 as many sites as residues]
    #[arg(long, value_name = "L|WxH", value_parser = size)]
    size: Option<(usize, usize)>,
    #[command(flatten)]
    common: Common,
}

fn size(text: &str) -> Result<(usize, usize), String> {
    let side = |text: &str| {
        let number = whole_number(text, 1..=MOST).map(|side| side as usize);
        number.map_err(|error| format!("expected L or WxH, such as 4 or 3x4; of a side: {error}"))
    };
    match text.split_once('x') {
        Some((width, height)) => Ok((side(width)?, side(height)?)),
        None => side(text).map(|side| (side, side)),
    }
}

impl Args {
    /// The file, where it is no sequence.
    fn file(&self) -> Option<PathBuf> {
        let is_sequence = self.sequence.chars().all(|letter| "HPhp".contains(letter));
        (!is_sequence).then(|| self.sequence.clone().into())
    }
}

impl Kind for Args {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        match self.file() {
            Some(_) => vec![Path::new(&self.sequence)],
            None => Vec::new(),
        }
    }

    fn problem(&self) -> Result<AnyProblem> {
        let chain = match self.file() {
            Some(file) if !file.exists() => bail!(
                "`{}` is neither a sequence of the letters H and P nor a file",
                self.sequence.escape_debug()
            ),
            Some(file) => ProteinFolding::read(file)?,
            None => ProteinFolding::parse(&self.sequence)?,
        };
        Ok(match self.size {
            Some((width, height)) => chain.with_grid(width, height)?.into(),
            None => chain.into(),
        })
    }
}
