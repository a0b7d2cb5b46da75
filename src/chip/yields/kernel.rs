//! Many chips side by side, one a lane: their frequencies, and which types of collisions they have.

use super::case::YieldCase;
use crate::chip::collisions::{DEPTHS_OF_PAIR, DEPTHS_OF_TRIPLE, Limits};
use crate::error::Result;
use crate::math::{Domain, LaneRng, Streams, Vectorized, Watch};

/// Chips side by side.
pub(super) const LANES: usize = 16;
/// Chips of one lane in a block.
const ROUNDS: usize = 64;
/// Chips of one block, which has streams of its own.
pub(super) const BLOCK: u64 = (LANES * ROUNDS) as u64;
/// Streams of anharmonicities begin here: they do not shift those of frequencies.
const ANHARMONICITIES: u64 = 1 << 62;

type Lanes = [f64; LANES];

/// A case as flat lists of numbers, in MHz.
pub(super) struct Prepared {
    limits: Limits,
    /// Frequency, its spread, and the anharmonicity of each qubit.
    qubits: Vec<[f64; 3]>,
    anharmonicity_spread: f64,
    pairs: Vec<[u32; 2]>,
    triples: Vec<[u32; 3]>,
}

impl Prepared {
    pub fn new(case: &YieldCase) -> Self {
        let plan = case.plan();
        let qubit = |q: usize| {
            [plan.frequencies_ghz()[q], case.spreads_ghz()[q], plan.anharmonicities_ghz()[q]]
                .map(|ghz| 1e3 * ghz)
        };
        let pair = |&(j, k): &(usize, usize)| [j as u32, k as u32];
        let checks = plan.checks();
        Prepared {
            limits: Limits::new(case.rules()),
            qubits: (0..plan.lattice().num_qubits()).map(qubit).collect(),
            anharmonicity_spread: 1e3 * case.anharmonicity_spread_ghz(),
            pairs: checks.pairs().iter().map(pair).collect(),
            triples: checks
                .triples()
                .iter()
                .map(|t| [t.control, t.neighbors[0], t.neighbors[1]].map(|q| q as u32))
                .collect(),
        }
    }

    pub fn num_qubits(&self) -> usize {
        self.qubits.len()
    }
}

/// How many chips collide in which way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counts {
    /// By the set of types that a chip has: bit t for type t + 1.
    pub sets: [u64; 128],
    /// By coupling and by triple.
    pub pairs: Vec<u64>,
    pub triples: Vec<u64>,
}

impl Counts {
    fn new(of: &Prepared) -> Self {
        let (pairs, triples) = (vec![0; of.pairs.len()], vec![0; of.triples.len()]);
        Counts { sets: [0; 128], pairs, triples }
    }

    fn clear(&mut self) {
        self.sets.fill(0);
        self.pairs.fill(0);
        self.triples.fill(0);
    }

    pub fn add(&mut self, other: &Counts) {
        let add = |to: &mut [u64], from: &[u64]| to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        add(&mut self.sets, &other.sets);
        add(&mut self.pairs, &other.pairs);
        add(&mut self.triples, &other.triples);
    }
}

/// What one thread has: chips, and what it has counted of each case.
pub(super) struct Worker {
    normals: Vec<[f32; LANES]>,
    anharmonic_normals: Vec<[f32; LANES]>,
    frequencies: Vec<Lanes>,
    anharmonicities: Vec<Lanes>,
    /// Of the block that is worked on, and of all that are finished.
    block: Vec<Counts>,
    pub total: Vec<Counts>,
}

impl Worker {
    pub fn new(cases: &[Prepared]) -> Self {
        let n = cases.first().map_or(0, Prepared::num_qubits);
        let counts: Vec<Counts> = cases.iter().map(Counts::new).collect();
        let scatters = cases.iter().any(|case| case.anharmonicity_spread > 0.0);
        Worker {
            normals: vec![[0.0; LANES]; n],
            anharmonic_normals: vec![[0.0; LANES]; if scatters { n } else { 0 }],
            frequencies: vec![[0.0; LANES]; n],
            anharmonicities: vec![[0.0; LANES]; n],
            block: counts.clone(),
            total: counts,
        }
    }

    /// Bytes of one worker.
    pub fn bytes(cases: &[Prepared]) -> u128 {
        let n = cases.first().map_or(0, Prepared::num_qubits) as u128;
        let counted = |case: &Prepared| 128 + (case.pairs.len() + case.triples.len()) as u128;
        24 * LANES as u128 * n + 16 * cases.iter().map(counted).sum::<u128>()
    }
}

/// A block of chips, the same ones for all cases.
pub(super) struct Block<'a> {
    pub cases: &'a [Prepared],
    pub seed: u64,
    pub number: u64,
    /// At most [`BLOCK`].
    pub chips: u64,
    pub watch: &'a Watch,
    pub worker: &'a mut Worker,
}

impl Vectorized for Block<'_> {
    type Output = Result<()>;

    #[inline(always)]
    fn run(self) -> Result<()> {
        let Block { cases, seed, number, chips, watch, worker } = self;
        let streams = Streams::new(seed, Domain::Fabrication);
        let first = number * LANES as u64;
        let mut rng = LaneRng::<LANES>::new(&streams, first);
        let mut anharmonic = LaneRng::<LANES>::new(&streams, ANHARMONICITIES + first);
        worker.block.iter_mut().for_each(Counts::clear);
        for round in 0..chips.div_ceil(LANES as u64) {
            watch.check()?;
            let used = (chips - round * LANES as u64).min(LANES as u64) as usize;
            draw(&mut rng, &mut worker.normals);
            draw(&mut anharmonic, &mut worker.anharmonic_normals);
            for (case, counts) in cases.iter().zip(&mut worker.block) {
                let (f, a) = (&mut worker.frequencies[..], &mut worker.anharmonicities[..]);
                fabricate(case, &worker.normals, &worker.anharmonic_normals, used, f, a);
                count(case, f, a, used, counts);
            }
        }
        worker.total.iter_mut().zip(&worker.block).for_each(|(total, block)| total.add(block));
        Ok(())
    }
}

/// Frequencies and anharmonicities in MHz of one chip of a study.
pub(super) fn one_chip(case: &Prepared, seed: u64, chip: u64) -> Vec<[f64; 2]> {
    let streams = Streams::new(seed, Domain::Fabrication);
    let first = chip / BLOCK * LANES as u64;
    let (round, lane) = (chip % BLOCK / LANES as u64, (chip % LANES as u64) as usize);
    let n = case.num_qubits();
    let normals = |first: u64| {
        let mut rng = LaneRng::<LANES>::new(&streams, first);
        let mut normals = vec![[0.0; LANES]; n];
        (0..=round).for_each(|_| draw(&mut rng, &mut normals));
        normals
    };
    let (normals, anharmonic) = (normals(first), normals(ANHARMONICITIES + first));
    let (mut f, mut a) = (vec![[0.0; LANES]; n], vec![[0.0; LANES]; n]);
    fabricate(case, &normals, &anharmonic, LANES, &mut f, &mut a);
    (0..n).map(|q| [f[q][lane], a[q][lane]]).collect()
}

/// A standard normal number for each qubit and lane.
#[inline(always)]
fn draw(rng: &mut LaneRng<LANES>, normals: &mut [[f32; LANES]]) {
    for pair in normals.chunks_mut(2) {
        let [x, y] = rng.normal_pair();
        pair[0] = x;
        if let Some(second) = pair.get_mut(1) {
            *second = y;
        }
    }
}

/// Frequencies and anharmonicities of the chips; those of lanes that are not used are no numbers,
/// which collide with nothing.
#[inline(always)]
fn fabricate(
    case: &Prepared,
    normals: &[[f32; LANES]],
    anharmonic: &[[f32; LANES]],
    used: usize,
    frequencies: &mut [Lanes],
    anharmonicities: &mut [Lanes],
) {
    let scatters = case.anharmonicity_spread > 0.0;
    for (q, &[frequency, spread, anharmonicity]) in case.qubits.iter().enumerate() {
        for k in 0..LANES {
            frequencies[q][k] = frequency + spread * f64::from(normals[q][k]);
            anharmonicities[q][k] = anharmonicity;
        }
        if scatters {
            for k in 0..LANES {
                anharmonicities[q][k] += case.anharmonicity_spread * f64::from(anharmonic[q][k]);
            }
        }
        frequencies[q][used..].fill(f64::NAN);
    }
}

/// Merges the depths of one check into the deepest of each type, and returns how many lanes collide.
#[inline(always)]
fn merge_deepest<const D: usize>(depths: [Lanes; D], deepest: &mut [Lanes; D]) -> u64 {
    let mut any = [f64::NEG_INFINITY; LANES];
    for t in 0..D {
        for k in 0..LANES {
            let depth = depths[t][k];
            deepest[t][k] = if depth > deepest[t][k] { depth } else { deepest[t][k] };
            any[k] = if depth > any[k] { depth } else { any[k] };
        }
    }
    let mut colliding = 0;
    for k in 0..LANES {
        colliding += u64::from(any[k] > 0.0);
    }
    colliding
}

#[inline(always)]
fn count(case: &Prepared, f: &[Lanes], a: &[Lanes], used: usize, counts: &mut Counts) {
    let mut of_pair = [[f64::NEG_INFINITY; LANES]; DEPTHS_OF_PAIR];
    for (pair, colliding) in case.pairs.iter().zip(&mut counts.pairs) {
        let [j, k] = pair.map(|q| q as usize);
        let (fj, fk, aj, ak) = (&f[j], &f[k], &a[j], &a[k]);
        let mut depths = [[0.0; LANES]; DEPTHS_OF_PAIR];
        for lane in 0..LANES {
            let each = case.limits.pair([fj[lane], fk[lane]], [aj[lane], ak[lane]]);
            for t in 0..DEPTHS_OF_PAIR {
                depths[t][lane] = each[t];
            }
        }
        *colliding += merge_deepest(depths, &mut of_pair);
    }
    let mut of_triple = [[f64::NEG_INFINITY; LANES]; DEPTHS_OF_TRIPLE];
    for (triple, colliding) in case.triples.iter().zip(&mut counts.triples) {
        let [j, k, i] = triple.map(|q| q as usize);
        let (fj, fk, fi, aj, ak, ai) = (&f[j], &f[k], &f[i], &a[j], &a[k], &a[i]);
        let mut depths = [[0.0; LANES]; DEPTHS_OF_TRIPLE];
        for lane in 0..LANES {
            let frequencies = [fj[lane], fk[lane], fi[lane]];
            let each = case.limits.triple(frequencies, [aj[lane], ak[lane], ai[lane]]);
            for t in 0..DEPTHS_OF_TRIPLE {
                depths[t][lane] = each[t];
            }
        }
        *colliding += merge_deepest(depths, &mut of_triple);
    }
    for lane in 0..used {
        let mut set = 0;
        for (t, deepest) in of_pair.iter().chain(&of_triple).enumerate() {
            set |= usize::from(deepest[lane] > 0.0) << t;
        }
        counts.sets[set] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Design, Lattice, Pattern, Rules};
    use crate::math::{Isa, vectorized};

    fn case(rules: Rules, spread: f64) -> YieldCase {
        let plan = Design::default().plan(&Lattice::falcon27(), Pattern::Auto).unwrap();
        YieldCase::new(plan, rules, spread).unwrap().anharmonicity_spread(0.004).unwrap()
    }

    /// Chip by chip what [`find_collisions`](crate::chip::find_collisions) finds, from the same numbers.
    #[test]
    fn counts_are_those_of_single_chips() {
        for rules in [Rules::hertzberg_2021(), Rules::brink_2018()] {
            let case = case(rules.clone(), 0.02);
            let prepared = [Prepared::new(&case)];
            let mut worker = Worker::new(&prepared);
            let (number, chips) = (3, 83);
            let watch = Watch::default();
            let block = Block {
                cases: &prepared,
                seed: 9,
                number,
                chips,
                watch: &watch,
                worker: &mut worker,
            };
            block.run().unwrap();

            let streams = Streams::new(9, Domain::Fabrication);
            let first = number * LANES as u64;
            let mut rng = LaneRng::<LANES>::new(&streams, first);
            let mut other = LaneRng::<LANES>::new(&streams, ANHARMONICITIES + first);
            let mut expected = Counts::new(&prepared[0]);
            let plan = case.plan();
            for chip in 0..chips as usize {
                let lane = chip % LANES;
                if lane == 0 {
                    worker.normals.fill([0.0; LANES]);
                    draw(&mut rng, &mut worker.normals);
                    draw(&mut other, &mut worker.anharmonic_normals);
                }
                let scattered = |design: &[f64], spread: f64, normals: &[[f32; LANES]]| {
                    let one = |(f, z): (&f64, &[f32; LANES])| f + spread * f64::from(z[lane]);
                    design.iter().zip(normals).map(one).collect::<Vec<f64>>()
                };
                let f = scattered(plan.frequencies_ghz(), 0.02, &worker.normals);
                let a = scattered(plan.anharmonicities_ghz(), 0.004, &worker.anharmonic_normals);
                let found = plan.collisions_at(&f, &a, &rules).unwrap();
                let set = found.iter().fold(0, |set, c| set | 1 << (c.of.number() - 1));
                expected.sets[set as usize] += 1;
                let meets = |qubits: &[usize]| found.iter().any(|c| c.qubits == qubits);
                for (k, &(j, t)) in plan.checks().pairs().iter().enumerate() {
                    expected.pairs[k] += u64::from(meets(&[j, t]));
                }
                for (k, t) in plan.checks().triples().iter().enumerate() {
                    let [first, second] = t.neighbors;
                    expected.triples[k] += u64::from(meets(&[t.control, first, second]));
                }
            }
            assert_eq!(worker.total[0], expected, "{rules}");
            assert!(expected.sets[0] < chips && expected.sets[0] > 0);
        }
    }

    #[test]
    fn every_instruction_set_counts_the_same() {
        let prepared = [
            Prepared::new(&case(Rules::hertzberg_2021(), 0.014)),
            Prepared::new(&case(Rules::brink_2018(), 0.03)),
        ];
        let watch = Watch::default();
        let counted = |isa: Isa| {
            let mut worker = Worker::new(&prepared);
            let (cases, worker_) = (&prepared[..], &mut worker);
            let block =
                Block { cases, seed: 1, number: 0, chips: 1000, watch: &watch, worker: worker_ };
            vectorized(isa, block).unwrap();
            worker.total
        };
        let all: Vec<_> = Isa::available().iter().map(|&isa| counted(isa)).collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(all[0][0].sets.iter().sum::<u64>(), 1000);
    }
}
