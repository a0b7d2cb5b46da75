//! `ketlab draw`: a circuit as text, SVG, PNG or LaTeX.

use crate::input::Input;
use crate::noise_options::NoiseOptions;
use crate::options::{MANY, count};
use crate::output::{OutputFile, check_extension};
use crate::text::columns;
use anyhow::{Result, bail};
use ketlab::Circuit;
use ketlab::draw::{MAX_COLUMNS, Picture, Theme};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Columns of text where there is no terminal.
const WIDTH: usize = 100;
/// Extensions of pictures, and the flags that write them.
const PICTURES: [(&str, &str); 3] = [("svg", "--svg"), ("png", "--png"), ("tex", "--latex")];

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab draw circuits/adder_4.qasm --width 120
  ketlab draw circuits/bell.qasm --noise depolarizing=0.001
  ketlab draw circuits/teleportation.qasm --svg teleportation.svg --dark")]
#[command(group = clap::ArgGroup::new("coloured").args(["svg", "png"]).multiple(true))]
pub struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    noise: NoiseOptions,
    /// Write a picture as SVG; `-` is standard output
    #[arg(long, value_name = "PATH")]
    svg: Option<PathBuf>,
    /// Write a picture as PNG
    #[arg(long, value_name = "PATH")]
    png: Option<PathBuf>,
    /// Write a LaTeX document for the package quantikz; `-` is standard output
    #[arg(long, value_name = "PATH")]
    latex: Option<PathBuf>,
    /// Light on dark, in SVG and PNG
    #[arg(long, requires = "coloured")]
    dark: bool,
    /// Pixels per point in a PNG [default: 2, or what its size allows from 1 on]
    #[arg(long, value_name = "PIXELS", requires = "png")]
    scale: Option<f64>,
    /// Fold text at this many columns, pictures at this many points (a gate is 30 wide); 0 does
    /// not fold [default: text at the terminal's width, 100 without one; pictures at 1000]
    #[arg(long, value_name = "N", value_parser = count::<usize>(0..=MANY))]
    width: Option<usize>,
    /// Draw this many columns of gates and say how many operations are left; 0 draws all
    #[arg(long, value_name = "N", default_value_t = MAX_COLUMNS, value_parser = count::<usize>(0..=MANY))]
    max_columns: usize,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let (circuit, _) = args.noise.apply(args.input.circuit()?)?;
    let outputs = [&args.svg, &args.png, &args.latex];
    if outputs.iter().all(|path| path.is_none()) {
        return text(&args, &circuit);
    }
    if outputs.iter().filter(|path| path.as_deref().is_some_and(is_stdout)).count() > 1 {
        bail!("only one picture fits on standard output (`-`); give the others a file");
    }
    let named: Vec<&PathBuf> = outputs.iter().filter_map(|path| path.as_ref()).collect();
    if named.iter().any(|path| path.as_os_str().is_empty()) {
        bail!("an output has no name; give `--svg`, `--png` or `--latex` a file");
    }
    if (1..named.len()).any(|k| named[..k].contains(&named[k])) {
        bail!("two pictures go to one file; give each its own");
    }
    for (path, (right, option)) in outputs.iter().zip(PICTURES) {
        if let Some(path) = path.as_deref().filter(|path| !is_stdout(path)) {
            check_extension(option, path, &[right], &PICTURES)?;
        }
    }
    let picture = args.picture(&circuit);
    if let Some(path) = &args.svg {
        write("--svg", path, picture.to_svg().as_bytes())?;
    }
    if let Some(path) = &args.png {
        write("--png", path, &png(&picture, path)?)?;
    }
    if let Some(path) = &args.latex {
        write("--latex", path, picture.to_latex().as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn max_columns(&self) -> Option<usize> {
        (self.max_columns > 0).then_some(self.max_columns)
    }

    fn picture<'a>(&self, circuit: &'a Circuit) -> Picture<'a> {
        let mut picture = circuit.picture().max_columns(self.max_columns());
        if self.dark {
            picture = picture.theme(Theme::Dark);
        }
        if let Some(scale) = self.scale {
            picture = picture.scale(scale);
        }
        match self.width {
            Some(0) => picture.width(None),
            Some(points) => picture.width(points as f64),
            None => picture,
        }
    }
}

fn text(args: &Args, circuit: &Circuit) -> Result<ExitCode> {
    let drawing = circuit.draw().max_columns(args.max_columns());
    let mut out = std::io::stdout().lock();
    match args.width {
        Some(0) => writeln!(out, "{}", drawing.width(None))?,
        Some(width) => writeln!(out, "{}", drawing.width(width))?,
        None => writeln!(out, "{}", drawing.width(columns().unwrap_or(WIDTH)))?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "png")]
fn png(picture: &Picture<'_>, path: &Path) -> Result<Vec<u8>> {
    use std::io::IsTerminal;
    if is_stdout(path) && std::io::stdout().is_terminal() {
        bail!("a PNG is no text for a terminal; give `--png` a file");
    }
    Ok(picture.to_png()?)
}

#[cfg(not(feature = "png"))]
fn png(_: &Picture<'_>, _: &Path) -> Result<Vec<u8>> {
    bail!("this ketlab is built without the feature `png`; write SVG");
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn write(option: &'static str, path: &Path, bytes: &[u8]) -> Result<()> {
    if is_stdout(path) {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        return Ok(());
    }
    OutputFile::create(option, path)?.write(|out| Ok(out.write_all(bytes)?))
}
