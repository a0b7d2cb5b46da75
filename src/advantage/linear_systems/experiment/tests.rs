use super::*;
use crate::advantage::{Run, Verdict};

fn quick() -> LinearSystems {
    LinearSystems { sizes: vec![4, 8], error: 0.1, circuit_qubits: 13, ..LinearSystems::default() }
}

#[test]
fn classical_solvers_win_in_cost() {
    let report = Run::new().run(&quick()).unwrap();
    for judged in &report.claims {
        let Verdict::Refuted { at, .. } = &judged.verdict else { panic!("{judged:?}") };
        assert_eq!(*at, 8);
        assert_eq!(judged.claim.sizes, [8]);
    }
    let score = |name: &str, size: u64| {
        let of = |c: &&Contender| c.name == name && c.size == size && c.quantity == OPERATIONS;
        report.contenders.iter().find(of).unwrap().score.unwrap().value
    };
    for size in [4, 8] {
        assert!(score("conjugate gradients", size) * 1e3 < score(HHL, size));
    }
    let [four, eight] = &report.details.systems[..] else { panic!() };
    for study in [four, eight] {
        assert!((study.condition - 10.0).abs() < 1e-9);
        assert!(study.bias.abs() <= 0.05 && study.shots_deviation <= 0.05 + 1e-9);
        let run = study.circuit.as_ref().unwrap();
        assert!(run.amplitude_difference < 1e-9 && run.success_difference < 1e-9, "{run:?}");
        assert_eq!(study.cost.uses_per_run, 2 * ((1 << study.clock) - 1));
        assert_eq!(study.cost.uses, (study.cost.runs * study.cost.uses_per_run) as f64);
        assert_eq!(study.best_rival.as_deref(), Some("LU"));
    }
    for budget in report.details.budgets.iter().filter(|b| b.circuit.is_some()) {
        let error = budget.circuit.unwrap();
        assert!((budget.bias - error).abs() < 1e-9, "{budget:?}");
    }
    assert!(report.details.budgets.len() >= 5);
    // Counted as they are, never; with loading and evolution for nothing, at some size.
    let scenarios = &report.details.scenarios;
    assert_eq!(scenarios[0].crossover, None);
    assert!(
        scenarios[3].crossover.unwrap() > 1e3 && scenarios[4].crossover < scenarios[3].crossover
    );
    assert_eq!(scenarios[5].crossover, None);
    assert!(scenarios.iter().all(|s| s.rival == "LU" && s.classical < 7.0 * 8.0));
    assert!(report.evidence_ends_at.starts_with("8 unknowns"));
    // One unit for all: each row once is one product, and Kaczmarz's rows are N of one.
    let of = |name: &str| {
        let at = |c: &&Contender| c.name == name && c.size == 8 && c.quantity == USES;
        report.contenders.iter().find(at).unwrap()
    };
    assert_eq!(of("LU").score.unwrap().value, 1.0);
    assert_eq!((of("Kaczmarz").score.unwrap().value * 8.0).fract(), 0.0);
    assert_eq!(of("Kaczmarz").cost.threads, Some(1));
    assert!(of(HHL).assumptions.iter().any(|a| a.contains("reads of entries")));
}

#[test]
fn a_given_matrix_has_no_scenarios() {
    let rows = vec![vec![2.0, -0.5, 0.3], vec![-0.5, 2.0, 0.2], vec![0.3, 0.2, 2.5]];
    let experiment =
        LinearSystems { sizes: vec![3], matrix: MatrixKind::Rows(rows), error: 0.1, ..quick() };
    let report = Run::new().run(&experiment).unwrap();
    assert!(report.details.systems[0].classical_operations.is_some());
    assert!(report.details.scenarios.is_empty());
}

#[test]
fn scores_go_beyond_64_bits() {
    let experiment =
        LinearSystems { sizes: vec![4], shots: Some(u64::MAX), clock: Some(9), ..quick() };
    let report = Run::new().run(&experiment).unwrap();
    let of = |c: &&Contender| c.name == HHL && c.quantity == USES;
    let hhl = report.contenders.iter().find(of).unwrap();
    assert_eq!(hhl.score.unwrap().value, u64::MAX as f64 * 1022.0);
    assert_eq!(hhl.cost.queries, None);
}

#[test]
fn the_manifest_runs_again_to_the_same() {
    let mut experiment = quick();
    experiment.sizes = vec![4];
    let mut first = Run::new().run(&experiment).unwrap();
    let again: LinearSystems = serde_json::from_value(first.manifest.settings.clone()).unwrap();
    assert_eq!(again, experiment);
    let mut second = Run::new().run(&again).unwrap();
    for report in [&mut first, &mut second] {
        report.contenders.iter_mut().for_each(|c| c.cost.seconds = None);
        let runs = report.details.systems.iter_mut().filter_map(|s| s.circuit.as_mut());
        runs.for_each(|run| run.seconds = 0.0);
    }
    assert_eq!(first.contenders, second.contenders);
    assert_eq!(first.details, second.details);
}

#[test]
fn too_few_clock_qubits_or_shots_are_beyond_reach() {
    let reach = |clock, shots| {
        let experiment = LinearSystems { sizes: vec![4], clock, shots, ..LinearSystems::default() };
        let report = Run::new().run(&experiment).unwrap();
        match &report.claims[0].verdict {
            Verdict::BeyondReach { limit } => limit.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(reach(Some(3), None).contains("3 clock qubits"));
    assert!(reach(None, Some(10)).contains("10 shots"));
}

#[test]
fn bad_settings_are_refused_before_the_work() {
    let says = |change: &dyn Fn(&mut LinearSystems)| {
        let mut experiment = quick();
        change(&mut experiment);
        Run::new().run(&experiment).unwrap_err().to_string()
    };
    assert!(says(&|e| e.sizes = vec![]).contains("at least one"));
    assert!(says(&|e| e.sizes = vec![0]).contains("from 1"));
    assert!(says(&|e| e.sizes = vec![1 << 40]).contains("from 1 to 2048"));
    assert!(says(&|e| e.error = f64::NAN).contains("above 0"));
    assert!(says(&|e| e.clock = Some(0)).contains("from 1 to 20"));
    assert!(says(&|e| e.clock = Some(21)).contains("from 1 to 20"));
    assert!(says(&|e| e.grid = Some(1e-3)).contains("wider grid"));
    assert!(says(&|e| e.grid = Some(f64::NAN)).contains("positive"));
    assert!(says(&|e| e.constant = Some(-1.0)).contains("positive"));
    assert!(says(&|e| e.constant = Some(1e9)).contains("clipped"));
    assert!(says(&|e| e.trotter = Some((3, 1))).contains("1 or 2"));
    assert!(says(&|e| e.trotter = Some((2, 0))).contains("at least 1"));
    assert!(says(&|e| e.rivals = vec!["lu".into()]).contains("LU"));
    assert!(says(&|e| e.rivals = vec![]).contains("take some"));
    assert!(says(&|e| e.shots = Some(0)).contains("at least 1"));
    assert!(says(&|e| e.rhs = Some(vec![1.0; 4])).contains("one size alone"));
    assert!(says(&|e| e.matrix = MatrixKind::Toeplitz(0.0, 0.0)).contains("singular"));
    assert!(says(&|e| e.matrix = MatrixKind::Rows(vec![vec![1.0]])).contains("one size"));
    assert!(says(&|e| e.matrix = MatrixKind::Condition(0.5)).contains("above 1"));
}
