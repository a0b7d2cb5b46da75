//! Files of a room that need each other, directly or through others.

use crate::paths::Modules;
use crate::source;
use std::collections::{BTreeMap, BTreeSet};

/// Files that hold what the files in their folder are parts of: these need it back.
const WHOLES: &[&str] = &[
    "annealing/path_integral/mod.rs",
    "bin/ketlab/grad/mod.rs",
    "bin/ketlab/main.rs",
    "bin/ketlab/plan/mod.rs",
    "bin/ketlab/run/mod.rs",
    "bin/ketlab/vqe/mod.rs",
    "circuit/json/mod.rs",
    "engine/plan/mod.rs",
    "ising/files/mod.rs",
    "pauli/text/mod.rs",
    "qasm/eval/mod.rs",
    "qasm/export/mod.rs",
    "qasm/import/mod.rs",
    "qasm/mod.rs",
    "qasm/parser/mod.rs",
    "report/kuva/mod.rs",
];

/// The first of a pair needs the second, which needs it, directly or through others: they are two
/// halves of one subject.
const BACK: &[(&str, &str)] = &[
    ("annealing/candidates.rs", "annealing/compare.rs"),
    ("annealing/compare.rs", "annealing/compare_log.rs"),
    ("annealing/gap_log.rs", "annealing/spectrum.rs"),
    ("annealing/gap_scan.rs", "annealing/gap_search.rs"),
    ("bin/ketlab/anneal/compare.rs", "bin/ketlab/anneal/plots.rs"),
    ("bin/ketlab/anneal/document.rs", "bin/ketlab/anneal/run.rs"),
    ("bin/ketlab/anneal/document.rs", "bin/ketlab/anneal/schroedinger.rs"),
    ("bin/ketlab/anneal/run.rs", "bin/ketlab/anneal/exact.rs"),
    ("bin/ketlab/anneal/run.rs", "bin/ketlab/anneal/plots.rs"),
    ("bin/ketlab/anneal/run.rs", "bin/ketlab/anneal/sampling.rs"),
    ("bin/ketlab/anneal/run.rs", "bin/ketlab/anneal/schroedinger.rs"),
    ("bin/ketlab/boltzmann/document.rs", "bin/ketlab/boltzmann/saved.rs"),
    ("bin/ketlab/qae/args.rs", "bin/ketlab/qae/quantity.rs"),
    ("boltzmann/learner.rs", "boltzmann/loss/likelihood.rs"),
    ("draw/layout.rs", "draw/place.rs"),
    ("engine/kernel/buffer.rs", "engine/kernel/parallel.rs"),
    ("engine/kernel/butterfly.rs", "engine/kernel/radix2.rs"),
    ("engine/kernel/butterfly.rs", "engine/kernel/radix4.rs"),
    ("engine/kernel/portable.rs", "engine/kernel/real.rs"),
    ("engine/kernel/real.rs", "engine/kernel/registers.rs"),
    ("engine/kernel/vector.rs", "engine/kernel/real.rs"),
    ("engine/plan/budgets.rs", "engine/plan/layers.rs"),
    ("engine/plan/butterflies.rs", "engine/plan/layers.rs"),
    ("engine/plan/factor.rs", "engine/plan/split.rs"),
    ("engine/plan/pass.rs", "engine/plan/values.rs"),
    ("gate/kinds.rs", "gate/op.rs"),
    ("gate/spec.rs", "gate/table.rs"),
    ("gradient/adjoint.rs", "gradient/metric.rs"),
    ("gradient/shift/rules.rs", "gradient/shift/source_shift.rs"),
    ("ising/files/json.rs", "ising/files/problem.rs"),
    ("math/beta.rs", "math/statistics.rs"),
    ("pauli/complex_sum.rs", "pauli/sum.rs"),
    ("qasm/eval/arithmetic.rs", "qasm/eval/index.rs"),
    ("qasm/eval/arithmetic.rs", "qasm/eval/measured.rs"),
    ("qasm/eval/arithmetic.rs", "qasm/eval/operators.rs"),
    ("qasm/import/call.rs", "qasm/import/gate_definitions.rs"),
    ("qasm/import/gate_body.rs", "qasm/import/gate_definitions.rs"),
    ("qasm/import/undefined.rs", "qasm/import/gate_definitions.rs"),
    ("qasm/parser/expr.rs", "qasm/parser/group.rs"),
];

type Needs<'s> = BTreeMap<&'s str, BTreeSet<&'s str>>;

/// The files on a way from one to another, both included.
fn way<'s>(needs: &Needs<'s>, from: &'s str, to: &str) -> Option<Vec<&'s str>> {
    let (mut seen, mut ways) = (BTreeSet::from([from]), vec![vec![from]]);
    while let Some(way) = ways.pop() {
        let last = *way.last().unwrap();
        for &next in needs.get(last).into_iter().flatten() {
            let longer: Vec<&str> = way.iter().copied().chain([next]).collect();
            if next == to {
                return Some(longer);
            }
            if seen.insert(next) {
                ways.insert(0, longer);
            }
        }
    }
    None
}

/// Whether the second file holds what the first one is a part of.
fn is_part(file: &str, whole: &str) -> bool {
    let folder = whole.trim_end_matches("mod.rs").trim_end_matches("main.rs");
    folder.len() < whole.len() && file.starts_with(folder)
}

fn is_meant(from: &str, to: &str) -> bool {
    BACK.contains(&(from, to)) || WHOLES.contains(&to) && is_part(from, to)
}

#[test]
fn no_file_needs_one_that_needs_it_but_those_that_are_meant() {
    let sources = source::read_all();
    let modules = Modules::new(&sources);
    let all: Needs = sources.iter().map(|file| (&file.name[..], modules.needs(file))).collect();
    let mut needs = all.clone();
    for (from, to) in &mut needs {
        to.retain(|to| !is_meant(from, to));
    }
    for file in needs.keys() {
        if let Some(circle) = way(&needs, file, file) {
            panic!(
                "a circle of imports: {}. Move what both need to a file of its own, or list one of \
                 the imports in tests/layering/circles.rs",
                circle.join(" → ")
            );
        }
    }
    // What is listed is in the code, and would close a circle.
    let closes = |from: &str, to: &str| {
        all[from].contains(to)
            && (from == to || way(&needs, all.get_key_value(to).unwrap().0, from).is_some())
    };
    let mut stale = Vec::new();
    for (from, to) in BACK {
        if !all.contains_key(from) || !closes(from, to) {
            stale.push(format!("{from} → {to}"));
        }
    }
    for whole in WHOLES {
        let mut parts = all.keys().filter(|file| is_part(file, whole));
        if !all.contains_key(whole) || !parts.any(|file| closes(file, whole)) {
            stale.push(format!("{whole} and its parts"));
        }
    }
    assert!(
        stale.is_empty(),
        "tests/layering/circles.rs lists what closes no circle any more:\n{}",
        stale.join("\n")
    );
}

#[test]
fn circles_are_found_at_any_length() {
    let needs = [("a", vec!["b"]), ("b", vec!["c", "d"]), ("c", vec!["a"]), ("d", vec![])];
    let needs = needs.into_iter().map(|(file, to)| (file, to.into_iter().collect())).collect();
    assert_eq!(way(&needs, "a", "a"), Some(vec!["a", "b", "c", "a"]));
    assert_eq!(way(&needs, "d", "d"), None);
}
