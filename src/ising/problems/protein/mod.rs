//! Folding of lattice proteins.

mod grid;
mod growth;

use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use super::limits::{check_bits, check_couplings};
use super::violations::Violations;
use crate::error::{Error, Result};
use crate::ising::files;
use crate::ising::files::scan::{content, ended};
use crate::ising::{MAX_VARIABLES, Qubo};
use crate::math::Bits;
use grid::{Grid, Site, contacts, distance, is_even};
use growth::grown;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A chain of hydrophobic (H) and polar (P) beads on the square lattice, folded so that as many pairs of H
/// as can be are on adjacent sites without being neighbours along the chain (Lau and Dill, Macromolecules
/// 22, 3986 (1989)).
///
/// A bit says that a bead is on a site of a rectangle, even beads on even sites and odd ones on odd sites
/// (Irbäck, Knuthson, Mohanty and Peterson, Phys. Rev. Research 4, 043013 (2022), arXiv:2204.06084), so
/// that contacts are products of two bits and no other auxiliary bits are needed. A bead on no site or on
/// two, two beads on one site, and neighbours along the chain that are not adjacent cost the penalty.
/// The middle bead is on one of each set of sites that symmetries of the rectangle exchange, and the others
/// are where the chain lets them be from there: no fold is lost but as the image of another.
///
/// The rectangle has to hold an optimal fold, which nothing says beforehand. The one that is taken without
/// another, of sides that differ by one at most and an area of 3/2 of the beads, does for every sequence of
/// up to 8 beads by enumeration of all self-avoiding walks (and, by the same means outside of the tests,
/// of up to 12).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct ProteinFolding {
    sequence: String,
    width: usize,
    height: usize,
    #[serde(skip_serializing)]
    beads: Vec<Bead>,
    /// A fold that is good, with its middle bead where it may be.
    #[serde(skip_serializing)]
    known: Vec<Site>,
}

/// A chain of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    sequence: String,
    #[serde(default)]
    width: Option<usize>,
    #[serde(default)]
    height: Option<usize>,
}

impl TryFrom<Parts> for ProteinFolding {
    type Error = Error;

    fn try_from(Parts { sequence, width, height }: Parts) -> Result<Self> {
        let problem = ProteinFolding::try_new(&sequence)?;
        match (width, height) {
            (None, None) => Ok(problem),
            (Some(width), Some(height)) => problem.with_grid(width, height),
            _ => Err(Error::Invalid {
                what: "the grid of a protein".into(),
                value: "of one side".into(),
                expected: "give both `width` and `height`, or neither".into(),
            }),
        }
    }
}

/// A bead and where it may be.
#[derive(Debug, Clone, PartialEq)]
struct Bead {
    is_hydrophobic: bool,
    first: usize,
    /// Sorted.
    sites: Vec<Site>,
}

impl Bead {
    fn bits(&self) -> impl Iterator<Item = (usize, Site)> + Clone {
        (self.first..).zip(self.sites.iter().copied())
    }

    fn bit(&self, site: Site) -> Option<usize> {
        self.sites.binary_search(&site).ok().map(|k| self.first + k)
    }
}

/// A fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// The site (x, y) of each bead.
    pub sites: Vec<(usize, usize)>,
    /// The pairs of beads in contact.
    pub contacts: Vec<(usize, usize)>,
    /// The way from each bead to the next: R (x grows), U (y grows), L or D.
    pub moves: String,
}

impl Fold {
    fn new(hydrophobic: &[bool], sites: Vec<Site>) -> Self {
        let moves = sites.windows(2).map(|pair| match (pair[0], pair[1]) {
            ((x, _), (next, _)) if next > x => 'R',
            ((x, _), (next, _)) if next < x => 'L',
            ((_, y), (_, next)) if next > y => 'U',
            _ => 'D',
        });
        let moves = moves.collect();
        let contacts = contacts(hydrophobic, &sites);
        Fold { sites, contacts, moves }
    }
}

impl ProteinFolding {
    /// The chain of a sequence of the letters H and P, on the rectangle that fits its length.
    ///
    /// # Errors
    /// If there are no letters, or others; if there are more than
    /// [`MAX_VARIABLES`](crate::ising::MAX_VARIABLES) bits or too many couplings.
    pub fn try_new(sequence: &str) -> Result<Self> {
        let Grid { width, height } = Grid::for_length(sequence.len().min(MAX_VARIABLES));
        Self::on(sequence, width, height)
    }

    /// The same chain on a rectangle with these sides.
    ///
    /// # Errors
    /// If it has fewer sites than there are beads, or both sides are odd and there are four beads or more;
    /// as [`ProteinFolding::try_new`].
    pub fn with_grid(&self, width: usize, height: usize) -> Result<Self> {
        Self::on(&self.sequence, width, height)
    }

    fn on(sequence: &str, width: usize, height: usize) -> Result<Self> {
        let sequence = sequence.to_uppercase();
        if let Some(letter) = sequence.chars().find(|letter| !['H', 'P'].contains(letter)) {
            return Err(Error::Invalid {
                what: "a bead of a protein".into(),
                value: format!("`{letter}`"),
                expected: "the letters are H (hydrophobic) and P (polar)".into(),
            });
        }
        let (n, area) = (sequence.len(), width.saturating_mul(height));
        let refused = |what: &str, value: usize, expected: String| {
            Err(Error::Invalid { what: what.into(), value: value.to_string(), expected })
        };
        if n == 0 {
            return refused("the number of beads", 0, "at least one letter is needed".into());
        }
        if area < n {
            let expected = format!("there are {n} beads, each on its own site");
            return refused("the number of sites of the grid", area, expected);
        }
        // Each bead is on half of the sites.
        let bits = n.saturating_mul(area) / 2;
        check_bits("protein", bits, "a shorter chain or a smaller grid needs fewer")?;
        let grid = Grid { width, height };
        if n > 3 && grid.is_odd() {
            return Err(Error::Invalid {
                what: "the grid of a protein".into(),
                value: format!("{width}x{height}"),
                expected: format!(
                    "one side must be even, such as {width}x{} or {}x{}: even beads are on even sites, and \
                     where both sides are odd, folds that begin on an odd site have no image that begins on \
                     an even one, so that the best fold may be lost",
                    height + 1,
                    width + 1,
                    if width == height { height + 1 } else { height },
                ),
            });
        }
        let half = (area as u64).div_ceil(2);
        let pairs = n as u64 * half * half * 3 / 2 + n as u64 * n as u64 * half;
        check_couplings("protein", pairs, "a shorter chain or a smaller grid needs fewer")?;
        let middle = n / 2;
        let may_have = |bead: usize| move |&site: &Site| is_even(site) == bead.is_multiple_of(2);
        let is_first = |site: &Site| grid.images(*site).iter().min() == Some(site);
        let centres: Vec<Site> = grid.sites().filter(may_have(middle)).filter(is_first).collect();
        let (mut beads, mut first) = (Vec::with_capacity(n), 0);
        for (bead, letter) in sequence.bytes().enumerate() {
            let apart = bead.abs_diff(middle);
            let is_near =
                |site: &Site| centres.iter().any(|&centre| distance(centre, *site) <= apart);
            let mut sites: Vec<Site> = match bead == middle {
                true => centres.clone(),
                false => grid.sites().filter(may_have(bead)).filter(is_near).collect(),
            };
            sites.sort_unstable();
            let count = sites.len();
            beads.push(Bead { is_hydrophobic: letter == b'H', first, sites });
            first += count;
        }
        let mut problem = ProteinFolding { sequence, width, height, beads, known: Vec::new() };
        problem.known = grown(&problem.hydrophobic(), grid);
        problem.known = problem.turned(&problem.known).unwrap_or_default();
        Ok(problem)
    }

    /// Reads a sequence: letters H and P, small or capital, on any lines, with blanks anywhere. Lines from
    /// `>` are names, as in FASTA files.
    ///
    /// # Errors
    /// If there is another letter (in which line), or two names; as [`ProteinFolding::try_new`].
    pub fn parse(text: &str) -> Result<Self> {
        let (mut sequence, mut is_named) = (String::new(), false);
        for line in content(text) {
            if line.text.starts_with('>') {
                if is_named || !sequence.is_empty() {
                    return Err(line.error("expected one sequence: the letters H and P"));
                }
                is_named = true;
                continue;
            }
            for letter in line.text.chars().filter(|letter| !letter.is_whitespace()) {
                if !['H', 'P', 'h', 'p'].contains(&letter) {
                    return Err(line.error(format!(
                        "`{letter}` is no bead; the letters are H (hydrophobic) and P (polar)"
                    )));
                }
                sequence.push(letter);
            }
        }
        if sequence.is_empty() {
            return Err(ended("the protein", "expected a sequence of the letters H and P"));
        }
        ProteinFolding::try_new(&sequence)
    }

    /// Reads a file as [`ProteinFolding::parse`] does.
    ///
    /// # Errors
    /// As there, and if the file cannot be read or is larger than
    /// [`MAX_FILE_BYTES`](crate::ising::MAX_FILE_BYTES).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| Self::parse(text))
    }

    /// The beads, as letters H and P.
    pub fn sequence(&self) -> &str {
        &self.sequence
    }

    /// Width and height of the rectangle.
    pub fn grid(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn hydrophobic(&self) -> Vec<bool> {
        self.beads.iter().map(|bead| bead.is_hydrophobic).collect()
    }

    /// The image of a chain that has its middle bead where it may be, itself if it does.
    fn turned(&self, sites: &[Site]) -> Option<Vec<Site>> {
        let grid = Grid { width: self.width, height: self.height };
        let middle = self.beads.len() / 2;
        let images: Vec<Vec<Site>> = sites.iter().map(|&site| grid.images(site)).collect();
        let allowed = |&k: &usize| self.beads[middle].bit(images[middle][k]).is_some();
        let k = (0..images.get(middle)?.len()).find(allowed)?;
        Some(images.iter().map(|images| images[k]).collect())
    }

    /// The most contacts that beads of one parity can have: four, less one for each neighbour along the
    /// chain; 0 without any pair that could touch.
    fn most_contacts(&self) -> usize {
        let n = self.beads.len();
        let is_pair =
            |f: usize, g: usize| self.beads[f].is_hydrophobic && self.beads[g].is_hydrophobic;
        if !(0..n).any(|g| (0..g).any(|f| (g - f) % 2 == 1 && g - f > 1 && is_pair(f, g))) {
            return 0;
        }
        let of = |parity: usize| {
            let beads = (parity..n).step_by(2).filter(|&f| self.beads[f].is_hydrophobic);
            beads.map(|f| 4 - usize::from(f > 0) - usize::from(f + 1 < n)).sum::<usize>()
        };
        of(0).min(of(1))
    }
}

impl Encode for ProteinFolding {
    type Solution = Fold;

    fn kind(&self) -> &'static str {
        "protein"
    }

    fn objective(&self) -> Objective {
        Objective { name: "contacts", sense: Sense::Maximize }
    }

    fn num_variables(&self) -> usize {
        self.beads.iter().map(|bead| bead.sites.len()).sum()
    }

    fn variable(&self, i: usize) -> String {
        let at = self.beads.partition_point(|bead| bead.first + bead.sites.len() <= i);
        match self.beads.get(at) {
            Some(bead) => {
                let (x, y) = bead.sites[i - bead.first];
                format!("bead {at} at ({x}, {y})")
            }
            None => format!("no bit: {i}"),
        }
    }

    /// Let V be what is broken: V₁ = Σ (n_f - 1)² of the numbers of sites of the beads, V₂ pairs on one site,
    /// V₃ pairs of neighbours along the chain that are not adjacent. Take the H of one parity, G = Σ (4 -
    /// neighbours along the chain) over them. The number of contacts is C ≤ G + 4V:
    ///
    /// 1. With a of these H on site s, and k beads of the other parity on an adjacent site t, both give at
    ///    most a k contacts, less the β pairs of chain neighbours among them. a k ≤ a + a(a-1)/2 + k(k-1)/2
    ///    for integers, since the difference is d(d+1)/2 with d = a - k. Over all four adjacent sites,
    ///    C ≤ 4 Σ n_f + 4 V₂ - Σ β, and Σ β = Σ n_f n_f' over these H and their neighbours f', less those of V₃.
    ///    So C ≤ Σ n_f (4 - Σ n_f') + 4 V₂ + V₃.
    /// 2. n_f (4 - Σ n_f') is 4 - (neighbours) where all are 1. With n_f > 1, and m of the neighbours missing, it
    ///    is larger by at most 4 (n_f - 1) + m, of which the first is at most 4 (n_f - 1)², and a missing bead is
    ///    counted by at most two neighbours, while V₁ counts it once. Where n_f = 0 it is 0.
    ///
    /// A fold with C₀ contacts is known, so that A > G - C₀ + 4 makes A V - C > -C₀ for every V ≥ 1. Where no
    /// two H can touch there are no contacts at all, and any A > 0 is enough.
    fn penalty_rule(&self) -> PenaltyRule {
        let most = self.most_contacts();
        let known = contacts(&self.hydrophobic(), &self.known).len();
        let (bound, reason) = match most {
            0 => (0.0, "no two H can touch, so that the energy is that of what is broken".into()),
            _ => (
                (most - known.min(most) + 4) as f64,
                format!(
                    "with V broken constraints there are at most {most} + 4 V contacts, and a fold with \
                     {known} is known"
                ),
            ),
        };
        PenaltyRule::Above { bound, reason, default: bound + 1.0 }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let linear = vec![-penalty; self.num_variables()];
        let mut quadratic = Vec::new();
        for (g, bead) in self.beads.iter().enumerate() {
            for (bit, site) in bead.bits() {
                quadratic.extend((bead.first..bit).map(|other| (other, bit, 2.0 * penalty)));
                for (f, before) in self.beads[..g].iter().enumerate() {
                    if (g - f).is_multiple_of(2) {
                        quadratic.extend(before.bit(site).map(|other| (other, bit, penalty)));
                    } else if g - f == 1 {
                        let apart = before.bits().filter(|&(_, other)| distance(site, other) != 1);
                        quadratic.extend(apart.map(|(other, _)| (other, bit, penalty)));
                    } else if before.is_hydrophobic && bead.is_hydrophobic {
                        let grid = Grid { width: self.width, height: self.height };
                        let touching = grid.neighbours(site).filter_map(|site| before.bit(site));
                        quadratic.extend(touching.map(|other| (other, bit, -1.0)));
                    }
                }
            }
        }
        Qubo::try_new(linear, quadratic, penalty * self.beads.len() as f64)
    }

    fn decode(&self, bits: &Bits) -> Decoded<Fold> {
        let mut violations = Violations::default();
        let chosen: Vec<Vec<Site>> = self
            .beads
            .iter()
            .map(|bead| {
                bead.bits().filter(|&(bit, _)| bits.bit(bit)).map(|(_, site)| site).collect()
            })
            .collect();
        for (f, sites) in chosen.iter().enumerate() {
            if sites.len() != 1 {
                let what = match sites[..] {
                    [] => format!("bead {f} is on no site"),
                    _ => format!("bead {f} is on {} sites: {}", sites.len(), shown(sites)),
                };
                violations.push("bead_once", || what);
            }
        }
        for (g, sites) in chosen.iter().enumerate() {
            for (f, before) in chosen[..g].iter().enumerate() {
                let shared: Vec<Site> =
                    sites.iter().copied().filter(|site| before.contains(site)).collect();
                if !shared.is_empty() {
                    violations.push("site_once", || {
                        format!("beads {f} and {g} are both at {}", shown(&shared))
                    });
                }
            }
        }
        for (f, pair) in chosen.windows(2).enumerate() {
            let pairs = pair[0].iter().flat_map(|&a| pair[1].iter().map(move |&b| (a, b)));
            if let Some((a, b)) = pairs.into_iter().find(|&(a, b)| distance(a, b) != 1) {
                let (next, a, b) = (f + 1, shown(&[a]), shown(&[b]));
                let what = format!("beads {f} and {next} are not adjacent: {a} and {b}");
                violations.push("chain", || what);
            }
        }
        if let Some(infeasible) = violations.decoded() {
            return infeasible;
        }
        let fold = Fold::new(&self.hydrophobic(), chosen.into_iter().flatten().collect());
        let contacts = fold.contacts.len() as f64;
        Decoded::feasible(fold, contacts)
    }

    /// Of a fold whose middle bead is elsewhere, those of its image.
    fn assignment(&self, fold: &Fold) -> Result<Bits> {
        let refused = |value: String, expected: String| {
            Err(Error::Invalid { what: "the sites of a fold".into(), value, expected })
        };
        let n = self.beads.len();
        if fold.sites.len() != n {
            let value = format!("{} of them", fold.sites.len());
            return refused(value, format!("there are {n} beads"));
        }
        let grid = Grid { width: self.width, height: self.height };
        let is_right =
            |f: usize, site: Site| grid.has(site) && is_even(site) == f.is_multiple_of(2);
        if let Some(f) = (0..n).find(|&f| !is_right(f, fold.sites[f])) {
            return refused(
                format!("{} of bead {f}", shown(&fold.sites[f..=f])),
                format!(
                    "the grid is {} by {}, and even beads are where x + y is even",
                    self.width, self.height
                ),
            );
        }
        let mut bits = Bits::zeros(self.num_variables());
        for (bead, site) in self.beads.iter().zip(self.turned(&fold.sites).unwrap_or_default()) {
            // A bead that is too far from the middle one has no bit: the chain is broken somewhere.
            if let Some(bit) = bead.bit(site) {
                bits.set(bit, true);
            }
        }
        match self.decode(&bits).violations.first() {
            None => Ok(bits),
            Some(broken) => refused(broken.to_string(), "no constraint may be broken".into()),
        }
    }

    /// The best of chains that are grown bead by bead, of which those with the most contacts are kept.
    fn constructed(&self) -> Option<Fold> {
        Some(Fold::new(&self.hydrophobic(), self.known.clone()))
    }
}

/// Sites for a message.
fn shown(sites: &[Site]) -> String {
    let all: Vec<String> = sites.iter().map(|(x, y)| format!("({x}, {y})")).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests;
