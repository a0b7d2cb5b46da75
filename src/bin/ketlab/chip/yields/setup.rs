//! The lattice, its frequencies and their scatter, from the flags.

use super::args::Args;
use crate::progress::Progress;
use crate::text::plural;
use anyhow::{Context, Result, bail};
use ketlab::chip::{
    Design, FrequencyPlan, GreedyAllocation, Lattice, LatticeFile, Pattern, Rules, YieldCase,
    parse_frequency,
};
use ketlab::math::Watch;
use std::path::Path;

/// Where the frequencies of qubits are from.
enum Source {
    Pattern(Design, Pattern),
    Fixed,
}

pub struct Setup {
    pub lattice: Lattice,
    pub plan: FrequencyPlan,
    source: Source,
    rules: Rules,
    sigma: f64,
    sigma_r: Option<f64>,
    alpha_sigma: f64,
}

impl Setup {
    pub fn new(args: &Args, watch: &Watch) -> Result<Self> {
        let file = lattice(&args.lattice)?;
        let (plan, source) = plan(args, &file, watch)?;
        Ok(Setup {
            lattice: file.lattice,
            plan,
            source,
            rules: args.rules.clone(),
            sigma: args.sigma(),
            sigma_r: args.sigma_r,
            alpha_sigma: args.alpha_sigma,
        })
    }

    /// The spacing of a pattern in GHz.
    pub fn spacing(&self) -> Option<f64> {
        match &self.source {
            Source::Pattern(design, _) => Some(design.spacing_ghz),
            Source::Fixed => None,
        }
    }

    /// The pattern with another spacing.
    pub fn plan_at(&self, spacing_ghz: f64) -> Result<FrequencyPlan> {
        let Source::Pattern(design, pattern) = &self.source else {
            bail!(
                "--scan spacing: the frequencies are no pattern with a spacing but from: {}",
                self.plan.name()
            );
        };
        Ok(design.spacing(spacing_ghz).plan(&self.lattice, *pattern)?)
    }

    /// A plan with the scatter that the flags say.
    pub fn case(&self, plan: FrequencyPlan) -> Result<YieldCase> {
        let rules = self.rules.clone();
        let case = match self.sigma_r {
            Some(relative) => YieldCase::of_resistances(plan, rules, relative)?,
            None => YieldCase::new(plan, rules, self.sigma)?,
        };
        Ok(case.anharmonicity_spread(self.alpha_sigma)?)
    }

    /// The plan with another spread of frequencies.
    pub fn case_at(&self, sigma_ghz: f64) -> Result<YieldCase> {
        let case = YieldCase::new(self.plan.clone(), self.rules.clone(), sigma_ghz)?;
        Ok(case.anharmonicity_spread(self.alpha_sigma)?)
    }
}

/// A lattice by its name, or of a file.
fn lattice(text: &str) -> Result<LatticeFile> {
    let named = Lattice::named(text);
    if let Ok(lattice) = named {
        return Ok(LatticeFile { lattice, frequencies_ghz: None, anharmonicities_ghz: None });
    }
    let path = Path::new(text);
    let is_file = path.exists() || path.extension().is_some() || text.contains('/');
    if !is_file {
        named.context("--lattice")?;
    }
    let context = || format!("--lattice {text}");
    let json = std::fs::read_to_string(path).with_context(context)?;
    LatticeFile::from_json(&json).with_context(context)
}

fn plan(args: &Args, file: &LatticeFile, watch: &Watch) -> Result<(FrequencyPlan, Source)> {
    let lattice = &file.lattice;
    let n = lattice.num_qubits();
    let default = Design::default();
    let anharmonicities = || match (args.alpha, &file.anharmonicities_ghz) {
        (Some(alpha), _) => vec![alpha; n],
        (None, Some(all)) => all.clone(),
        (None, None) => vec![default.anharmonicity_ghz; n],
    };
    let of_pattern = args.pattern.is_some() || args.spacing.is_some() || args.center.is_some();
    if args.greedy {
        let anharmonicity_ghz = common(&anharmonicities())?;
        let middle = 0.5 * (args.band.0 + args.band.1);
        let spread_ghz = args.sigma_r.map_or_else(|| args.sigma(), |r| 0.5 * r * middle);
        let greedy = GreedyAllocation {
            low_ghz: args.band.0,
            high_ghz: args.band.1,
            step_ghz: args.step,
            spread_ghz,
            anharmonicity_ghz,
            seed: args.seed.value(),
            ..GreedyAllocation::new(args.rules.clone())
        };
        let line = Progress::line();
        line.message(|| format!("frequencies of {}, qubit by qubit", plural(n, "qubit")));
        return Ok((greedy.plan(lattice, watch)?, Source::Fixed));
    }
    let own = match (&args.frequencies, &file.frequencies_ghz) {
        (Some(path), _) => Some((read_frequencies(path)?, path.display().to_string())),
        (None, Some(all)) if !of_pattern => Some((all.clone(), args.lattice.clone())),
        _ => None,
    };
    if let Some((frequencies, from)) = own {
        let plan = FrequencyPlan::new(lattice, frequencies, anharmonicities())?;
        return Ok((plan.named(format!("frequencies of {from}")), Source::Fixed));
    }
    let design = Design {
        center_ghz: args.center.unwrap_or(default.center_ghz),
        spacing_ghz: args.spacing.unwrap_or(default.spacing_ghz),
        anharmonicity_ghz: args.alpha.unwrap_or(default.anharmonicity_ghz),
    };
    let pattern = args.pattern.unwrap_or_default();
    let plan = design.plan(lattice, pattern)?;
    let source = Source::Pattern(design, pattern);
    match (&file.anharmonicities_ghz, args.alpha) {
        // A pattern is of frequencies; the file knows its qubits better. A curve has one for all.
        (Some(all), None) => {
            let frequencies = plan.frequencies_ghz().to_vec();
            let own = FrequencyPlan::new(lattice, frequencies, all.clone())?;
            Ok((own.named(plan.name()), Source::Fixed))
        }
        _ => Ok((plan, source)),
    }
}

/// The one anharmonicity of all qubits, which a greedy choice of frequencies needs.
fn common(anharmonicities: &[f64]) -> Result<f64> {
    match anharmonicities.iter().position(|a| *a != anharmonicities[0]) {
        None => Ok(anharmonicities[0]),
        Some(q) => bail!(
            "--greedy: the file's anharmonicities differ, {} GHz of qubit 0 and {} GHz of qubit {q}, and a \
             greedy choice has one for all; give it by --alpha",
            anharmonicities[0],
            anharmonicities[q]
        ),
    }
}

/// Frequencies with units, between spaces, commas or lines; `#` begins a comment.
fn read_frequencies(path: &Path) -> Result<Vec<f64>> {
    let context = || format!("--frequencies {}", path.display());
    let text = std::fs::read_to_string(path).with_context(context)?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let words = lines.flat_map(|line| line.split([' ', '\t', ',', ';']));
    let words = words.filter(|word| !word.is_empty()).enumerate();
    words
        .map(|(qubit, word)| {
            let what = format!("the frequency of qubit {qubit}");
            parse_frequency(&what, word).with_context(context)
        })
        .collect()
}
