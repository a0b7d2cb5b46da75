//! Noise models on circuits, and as files and flags.

use super::*;
use crate::circuit::{Circuit, Duration, Expr, TimeUnit};
use crate::error::Result;
use crate::noise::{Channel, ReadoutError};
use proptest::prelude::*;

fn depolarizing(p: f64, k: usize) -> Channel {
    Channel::depolarizing(p, k).unwrap()
}

fn no_files(path: &str) -> Result<String> {
    panic!("{path} is read");
}

fn flags(list: &[&str]) -> Result<NoiseModel> {
    noise_from_flags(list, &mut no_files)
}

fn model(rules: Vec<Rule>) -> NoiseModel {
    let mut model = NoiseModel::new();
    for rule in rules {
        model.push(rule);
    }
    model
}

/// A rule of each kind.
fn everything() -> NoiseModel {
    let gates = |names: &[&str]| Pattern::gates(names).unwrap();
    let mut all = model(vec![
        Rule::after(gates(&["cx", "cz"]), depolarizing(0.01, 2), ActsOn::All).unwrap(),
        Rule::after(
            gates(&["cx"]).on_tuples([[0, 1], [2, 1]]),
            depolarizing(0.1, 1),
            ActsOn::At(vec![1]),
        )
        .unwrap(),
        Rule::after(Pattern::all_gates().and_virtual(), depolarizing(0.001, 1), ActsOn::Each)
            .unwrap(),
        Rule::before(
            Pattern::measure().on_qubits([0, 2]),
            Channel::bit_flip(0.25).unwrap(),
            ActsOn::Each,
        )
        .unwrap(),
        Rule::after(Pattern::reset(), Channel::bit_flip(0.02).unwrap(), ActsOn::Each).unwrap(),
        Rule::after(
            Pattern::custom(["my \"gate\""]).touching(3),
            depolarizing(0.3, 3),
            ActsOn::All,
        )
        .unwrap(),
        Rule::relaxation(
            Pattern::delay().on_qubits([1]),
            Relaxation { t1: 123.4e-6, t2: 100e-6 / 3.0, excited_population: 0.01 },
        )
        .unwrap(),
        Rule::after(gates(&["c(5)-x"]), depolarizing(0.5, 1), ActsOn::At(vec![5])).unwrap(),
    ]);
    all.set_readout_error(ReadoutError { p1_given_0: 0.01, p0_given_1: 1.0 / 3.0 }).unwrap();
    all.set_readout_error_of(2, ReadoutError { p1_given_0: 0.0, p0_given_1: 0.0 }).unwrap();
    all.set_readout_error_of(0, ReadoutError { p1_given_0: 0.2, p0_given_1: 0.4 }).unwrap();
    all.set_dt(2e-9 / 9.0).unwrap();
    all.set_num_qubits(7).unwrap();
    all
}

#[test]
fn rules_apply_in_their_order_before_and_after() {
    let rules = vec![
        Rule::after(Pattern::gates(["cx"]).unwrap(), depolarizing(0.2, 2), ActsOn::All).unwrap(),
        Rule::after(Pattern::all_gates(), depolarizing(0.1, 1), ActsOn::Each).unwrap(),
        Rule::before(Pattern::measure(), Channel::bit_flip(0.3).unwrap(), ActsOn::Each).unwrap(),
        Rule::after(Pattern::reset(), Channel::bit_flip(0.4).unwrap(), ActsOn::Each).unwrap(),
    ];
    let mut c = Circuit::with_clbits(3, 1);
    c.gphase(0.3).reset(0).h(0).rz(0.2, 0).barrier_all().cx(2, 0).measure(0, 0);
    let mut expected = Circuit::with_clbits(3, 1);
    expected.gphase(0.3).reset(0).bit_flip(0.4, 0).h(0).depolarizing(0.1, 0).rz(0.2, 0);
    expected.barrier_all().cx(2, 0).depolarizing2(0.2, 2, 0).depolarizing(0.1, [2, 0]);
    expected.bit_flip(0.3, 0).measure(0, 0);
    let noisy = model(rules.clone()).apply(&c).unwrap();
    assert_eq!(noisy.circuit, expected);
    // The other order of rules is another order of channels.
    let mut expected = Circuit::with_clbits(3, 0);
    expected.cx(2, 0).depolarizing(0.1, [2, 0]).depolarizing2(0.2, 2, 0);
    let mut cx = Circuit::with_clbits(3, 0);
    cx.cx(2, 0);
    let turned = model(rules.into_iter().rev().collect());
    assert_eq!(turned.apply(&cx).unwrap().circuit, expected);
}

#[test]
fn noise_of_conditional_gates_is_conditional() {
    let rule = Rule::after(Pattern::all_gates(), depolarizing(0.1, 1), ActsOn::Each).unwrap();
    let mut c = Circuit::with_clbits(1, 2);
    c.if_else(Expr::bit(0), |b| b.x(0), |b| b.while_loop(Expr::bit(1), |w| w.h(0).measure(0, 1)));
    let mut expected = Circuit::with_clbits(1, 2);
    expected.if_else(
        Expr::bit(0),
        |b| b.x(0).depolarizing(0.1, 0),
        |b| b.while_loop(Expr::bit(1), |w| w.h(0).depolarizing(0.1, 0).measure(0, 1)),
    );
    let noisy = model(vec![rule]).apply(&c).unwrap();
    assert_eq!(noisy.circuit, expected);
    assert_eq!(noisy.coverage.num_noisy_gates, 2);
    // The bit is 0: the gate is not done, and the state stays pure.
    let mut never = Circuit::with_clbits(1, 2);
    never.if_then(Expr::bit(0), |b| b.x(0));
    let noisy = flags(&["depolarizing=0.75"]).unwrap().apply(&never).unwrap().circuit;
    assert!(noisy.ops().iter().all(|op| matches!(op, crate::Op::If(_))));
}

#[test]
fn what_has_no_noise_is_told() {
    let rules = vec![
        Rule::after(Pattern::gates(["cx"]).unwrap(), depolarizing(0.2, 2), ActsOn::All).unwrap(),
        Rule::after(Pattern::gates(["cy"]).unwrap(), depolarizing(0.2, 2), ActsOn::All).unwrap(),
        Rule::after(Pattern::custom(["oracle"]), depolarizing(0.2, 1), ActsOn::Each).unwrap(),
    ];
    let mut c = Circuit::with_clbits(3, 1);
    c.h(0).h(1).cx(0, 1).cx(1, 0).cz(1, 2).rz(0.1, 0).s(1).gphase(0.1).ccx(0, 1, 2).measure(0, 0);
    let coverage = model(rules).apply(&c).unwrap().coverage;
    assert_eq!((coverage.num_gates, coverage.num_noisy_gates, coverage.num_channels), (8, 2, 2));
    let without: Vec<_> =
        coverage.without.iter().map(|u| (u.name.as_str(), u.num_qubits, u.count)).collect();
    assert_eq!(without, [("ccx", 3, 1), ("cz", 2, 1), ("h", 1, 2), ("rz", 1, 1), ("s", 1, 1)]);
    assert_eq!(coverage.unmatched, [1, 2]);
    assert_eq!((coverage.num_measurements, coverage.num_noisy_measurements), (1, 0));
    assert_eq!(
        coverage.to_string(),
        "2 of 8 gates have noise; none: 1 ccx (3 qubits), 1 cz (2 qubits), 2 h (1 qubit), 1 rz (virtual), \
         1 s (virtual); rules 1, 2 matched nothing"
    );
}

#[test]
fn a_model_that_touches_nothing_says_so() {
    let rule =
        Rule::after(Pattern::gates(["u3"]).unwrap(), depolarizing(0.2, 1), ActsOn::Each).unwrap();
    let mut c = Circuit::new(1);
    c.x(0).x(0);
    let noisy = model(vec![rule]).apply(&c).unwrap();
    assert!(noisy.coverage.is_none());
    assert_eq!(noisy.circuit, c);
    let text = noisy.coverage.to_string();
    assert_eq!(
        text,
        "none of 2 gates has noise; none: 2 x (1 qubit); rule 0 matched nothing; the circuit has no noise \
         from this model"
    );
}

#[test]
fn virtual_gates_are_meant_by_name_or_when_it_is_said() {
    let mut c = Circuit::new(1);
    c.rz(0.1, 0).id(0);
    let channels = |pattern: Pattern| {
        let rule = Rule::after(pattern, depolarizing(0.2, 1), ActsOn::Each).unwrap();
        model(vec![rule]).apply(&c).unwrap().coverage.num_channels
    };
    assert_eq!(channels(Pattern::all_gates()), 1);
    assert_eq!(channels(Pattern::all_gates().and_virtual()), 2);
    assert_eq!(channels(Pattern::gates(["rz"]).unwrap()), 1);
    assert_eq!(channels(Pattern::gates(["id", "rz"]).unwrap()), 2);
}

#[test]
fn delays_relax_for_their_time() {
    let mut all =
        model(vec![Rule::relaxation(Pattern::delay(), Relaxation::new(100e-6, 80e-6)).unwrap()]);
    let time = |value, unit| Duration { value, unit };
    let mut c = Circuit::new(2);
    c.delay(time(300.0, TimeUnit::Ns), &[1, 0]).delay(time(0.0, TimeUnit::S), &[0]);
    c.delay(time(0.3, TimeUnit::Us), &[0]);
    let mut expected = Circuit::new(2);
    let relaxed = |c: &mut Circuit, qubits: &[usize]| {
        c.thermal_relaxation(100e-6, 80e-6, 300e-9, qubits);
    };
    expected.delay(time(300.0, TimeUnit::Ns), &[1, 0]);
    relaxed(&mut expected, &[1, 0]);
    expected.delay(time(0.0, TimeUnit::S), &[0]).delay(time(0.3, TimeUnit::Us), &[0]);
    relaxed(&mut expected, &[0]);
    assert_eq!(all.apply(&c).unwrap().circuit, expected);
    let mut samples = Circuit::new(1);
    samples.delay(time(2.0, TimeUnit::Dt), &[0]);
    let error = all.apply(&samples).unwrap_err().to_string();
    assert!(error.contains("2 dt") && error.contains("set_dt"), "{error}");
    all.set_dt(0.25e-9).unwrap();
    let noisy = all.apply(&samples).unwrap().circuit;
    assert!(format!("{:?}", noisy.ops()).contains("t=0.5ns"), "{:?}", noisy.ops());
}

#[test]
fn readout_errors_are_set_and_conflicts_refused() {
    let mut all = NoiseModel::new();
    all.set_readout_error(ReadoutError { p1_given_0: 0.1, p0_given_1: 0.2 }).unwrap();
    all.set_readout_error_of(1, ReadoutError { p1_given_0: 0.0, p0_given_1: 0.0 }).unwrap();
    let mut c = Circuit::with_clbits(3, 2);
    c.h(0).measure(0, 0).measure(1, 1);
    let noisy = all.apply(&c).unwrap();
    let errors: Vec<_> = noisy.circuit.readout_errors().collect();
    let error = ReadoutError { p1_given_0: 0.1, p0_given_1: 0.2 };
    assert_eq!(errors, [(0, error), (2, error)]);
    let coverage = noisy.coverage;
    assert_eq!((coverage.num_measurements, coverage.num_noisy_measurements), (2, 1));
    c.set_readout_error(0, ReadoutError { p1_given_0: 0.3, p0_given_1: 0.0 }).unwrap();
    let refused = all.apply(&c).unwrap_err().to_string();
    assert!(
        refused.contains("qubit 0") && refused.contains("0.3, 0") && refused.contains("0.1, 0.2")
    );
    assert!(all.set_readout_error(ReadoutError { p1_given_0: 1.1, p0_given_1: 0.2 }).is_err());
}

#[test]
fn qubits_that_are_not_there_are_errors_unless_the_device_has_them() {
    let pattern = Pattern::gates(["cx"]).unwrap().on_tuples([[0, 5]]);
    let rule = Rule::after(pattern, depolarizing(0.2, 2), ActsOn::All).unwrap();
    let mut all = model(vec![rule]);
    let mut c = Circuit::new(2);
    c.cx(0, 1);
    let error = all.apply(&c).unwrap_err().to_string();
    assert!(
        error.contains("rule 0") && error.contains("qubit 5") && error.contains("has 2 qubits"),
        "{error}"
    );
    assert!(all.set_num_qubits(5).is_err());
    all.set_num_qubits(6).unwrap();
    assert_eq!(all.apply(&c).unwrap().coverage.unmatched, [0]);
    let error = all.apply(&Circuit::new(7)).unwrap_err().to_string();
    assert!(error.contains("is 7") && error.contains("device with 6"), "{error}");
    let mut readout = NoiseModel::new();
    readout.set_readout_error_of(3, ReadoutError { p1_given_0: 0.1, p0_given_1: 0.2 }).unwrap();
    assert!(readout.apply(&c).unwrap_err().to_string().contains("qubit 3"));
}

#[test]
fn a_model_is_read_back_from_its_text() {
    let text = everything().to_json().unwrap();
    assert_eq!(NoiseModel::from_json(&text).unwrap(), everything(), "{text}");
    let rule =
        r#"{"gates": ["cx", "cz"], "after": "depolarizing(p=0.01, qubits=2)", "acts_on": "all"}"#;
    assert!(text.contains(rule), "{text}");
    assert!(text.contains(r#""relaxation": {"t1": "123.4us""#), "{text}");
    assert_eq!(
        NoiseModel::from_json(&NoiseModel::new().to_json().unwrap()).unwrap(),
        NoiseModel::new()
    );
    // A unitary that is no Pauli string, which would have a text.
    let kraus = Channel::unitary(nalgebra::dmatrix![
        num_complex::Complex64::new(0.6, 0.0), num_complex::Complex64::new(0.0, 0.8);
        num_complex::Complex64::new(0.0, 0.8), num_complex::Complex64::new(0.6, 0.0)
    ]);
    let rule = Rule::after(Pattern::all_gates(), kraus.unwrap(), ActsOn::Each).unwrap();
    let text = model(vec![rule]).to_json().unwrap();
    let again = NoiseModel::from_json(&text).unwrap();
    assert_eq!(again.to_json().unwrap(), text);
}

/// The text in the documentation.
#[test]
fn a_model_as_a_person_writes_it() {
    let documented = include_str!("json.rs").split("```").nth(1).unwrap();
    let text: String = documented.lines().skip(1).map(|l| l.trim_start_matches("//!")).collect();
    let all = NoiseModel::from_json(&text).unwrap();
    assert_eq!((all.rules().len(), all.num_qubits(), all.dt()), (5, Some(5), Some(0.25e-9)));
    assert_eq!(all.readout_error(3).p0_given_1, 0.08);
    assert_eq!(*all.rules()[1].acts_on(), ActsOn::At(vec![1]));
    assert_eq!(*all.rules()[3].acts_on(), ActsOn::Each);
}

#[test]
fn faults_of_files_are_named() {
    let with = |rule: &str| {
        let text =
            format!(r#"{{"format": "ketlab.noise_model", "version": 1, "rules": [{rule}]}}"#);
        NoiseModel::from_json(&text).unwrap_err().to_string()
    };
    let p1 = r#""after": "depolarizing(p=0.1)""#;
    let cases = [
        (format!("{{{p1}}}"), "which operations a rule is for is missing; it is one of `gates`"),
        (format!(r#"{{"gates": ["h"], "operation": "reset", {p1}}}"#), "gates and operation"),
        (format!(r#"{{"gates": ["hh"], {p1}}}"#), "there is no gate `hh`; did you mean `h`?"),
        (format!(r#"{{"gates": "h", {p1}}}"#), "`gates` is \"h\"; it is \"all\" or a list of names"),
        (format!(r#"{{"gates": [], {p1}}}"#), "empty"),
        (format!(r#"{{"operation": "barrier", {p1}}}"#), "use measure, reset or delay"),
        (format!(r#"{{"gates": ["h"], "qubits": [0], "tuples": [[0]], {p1}}}"#), "only one of both"),
        (format!(r#"{{"gates": ["h"], "virtual": true, {p1}}}"#), "it belongs to \"gates\": \"all\""),
        (r#"{"gates": ["h"]}"#.into(), "`after` is missing"),
        (format!(r#"{{"gates": ["h"], "before": "identity", {p1}}}"#), "make two of it"),
        (format!(r#"{{"gates": ["cx"], {p1}}}"#), "`acts_on` is missing"),
        (format!(r#"{{"gates": ["cx"], "acts_on": "both", {p1}}}"#), "`acts_on` is \"both\""),
        (format!(r#"{{"gates": ["cx"], "acts_on": "all", {p1}}}"#), "on 1 qubits, and what the rule matches touches 2"),
        (format!(r#"{{"gates": "all", "acts_on": "all", {p1}}}"#), "say how many qubits"),
        (format!(r#"{{"gates": ["cx"], "touching": 3, "acts_on": "each", {p1}}}"#), "make two rules of it"),
        (format!(r#"{{"gates": ["cx"], "on": "each", {p1}}}"#), "unknown field `on`"),
        (r#"{"gates": ["h"], "after": "depolarising(p=0.1)"}"#.into(), "did you mean `depolarizing`"),
        (r#"{"gates": ["h"], "after": 3}"#.into(), "`the channel` is 3; it is the text of one"),
        (r#"{"gates": ["h"], "after": {"kraus": [[[[1, 0]], [[0, 0]]]]}}"#.into(), "ragged"),
        (r#"{"gates": ["h"], "after": {"kraus": [[[[1, 0], [0, 0]], [[0, 0], [0.5, 0]]]]}}"#.into(), "rule 0"),
        (r#"{"operation": "reset", "relaxation": {"t1": "1us", "t2": "1us"}}"#.into(), "it is for `delay`"),
        (r#"{"operation": "delay", "relaxation": {"t1": "1us", "t2": "2.5us"}}"#.into(), "T2 is 2.5us"),
        (r#"{"operation": "delay", "relaxation": {"t1": "1", "t2": "1us"}}"#.into(), "`t1` is `1`"),
        (r#"{"operation": "delay", "acts_on": "each", "relaxation": {"t1": "1us", "t2": "1us"}}"#.into(), "leave it out"),
    ];
    for (rule, part) in cases {
        let error = with(&rule);
        assert!(
            error.contains(part) && error.contains("the JSON of a noise model"),
            "{rule}: {error}"
        );
    }
    let refused = |text: &str| NoiseModel::from_json(text).unwrap_err().to_string();
    let error = refused(r#"{"format": "ketlab.noise_model", "version": 2, "rules": []}"#);
    assert!(error.contains("version 2"), "{error}");
    assert!(
        refused(r#"{"format": "ketlab.circuit", "version": 1, "rules": []}"#)
            .contains("ketlab.circuit")
    );
    assert!(
        refused(r#"{"format": "ketlab.noise_model", "version": 1}"#)
            .contains("missing field `rules`")
    );
    assert!(refused("").contains("the JSON of a noise model"));
    let readout = |errors: &str| {
        let head =
            r#"{"format": "ketlab.noise_model", "version": 1, "rules": [], "readout_errors": "#;
        refused(&format!("{head}{errors}}}"))
    };
    let both = r#""p1_given_0": 0.1, "p0_given_1": 0.2"#;
    assert!(readout(&format!(r#"[{{"qubits": 3, {both}}}]"#)).contains("it is \"all\" or a list"));
    let error = readout(&format!(r#"[{{"qubits": [3], {both}}}, {{"qubits": [1, 3], {both}}}]"#));
    assert!(error.contains("readout error 1") && error.contains("already"), "{error}");
    assert!(readout(r#"[{"qubits": [3], "p1_given_0": 0.1, "p0_given_1": 1.2}]"#).contains("1.2"));
}

#[test]
fn flags_make_models() {
    let mut c = Circuit::with_clbits(3, 1);
    c.h(0).rz(0.1, 0).cx(0, 1).ccx(0, 1, 2).measure(0, 0);
    let applied = |list: &[&str]| flags(list).unwrap().apply(&c).unwrap();
    // What peers are measured with: after every gate, on each qubit that it touches.
    let mut expected = Circuit::with_clbits(3, 1);
    expected.h(0).depolarizing(0.001, 0).rz(0.1, 0).depolarizing(0.001, 0);
    expected.cx(0, 1).depolarizing(0.001, [0, 1]);
    expected.ccx(0, 1, 2).depolarizing(0.001, [0, 1, 2]).measure(0, 0);
    assert_eq!(applied(&["depolarizing=0.001"]).circuit, expected);
    let mut expected = Circuit::with_clbits(3, 1);
    expected.h(0).rz(0.1, 0).cx(0, 1).depolarizing2(0.01, 0, 1).ccx(0, 1, 2).measure(0, 0);
    assert_eq!(applied(&["depolarizing-pair=0.01"]).circuit, expected);
    let mut expected = Circuit::with_clbits(3, 1);
    let relax = |c: &mut Circuit, time: f64, qubits: &[usize]| {
        c.thermal_relaxation(100e-6, 80e-6, time, qubits);
    };
    expected.h(0);
    relax(&mut expected, 35e-9, &[0]);
    expected.rz(0.1, 0).cx(0, 1);
    relax(&mut expected, 300e-9, &[0, 1]);
    expected.ccx(0, 1, 2);
    relax(&mut expected, 1e-6, &[0]);
    expected.measure(0, 0);
    let apart = applied(&["thermal=100us,80us", "1q=35ns,2q=300ns,measure=1us"]);
    assert_eq!(apart.circuit, expected);
    assert_eq!(applied(&["1q=35ns,2q=300ns", "thermal=100us, 80us,measure=1us"]).circuit, expected);
    // Gates on three qubits have no time, and that is said.
    assert!(apart.coverage.without.iter().any(|u| u.name == "ccx"));
    let read = applied(&["readout=0.01,0.02"]).circuit.readout_error(2);
    assert_eq!((read.p1_given_0, read.p0_given_1), (0.01, 0.02));
    let read = flags(&["readout=0.01"]).unwrap().readout_error(0);
    assert_eq!((read.p1_given_0, read.p0_given_1), (0.01, 0.01));
    assert!(flags(&[]).unwrap().is_empty());
}

#[test]
fn files_are_read_and_joined() {
    let file = everything().to_json().unwrap();
    let mut paths = vec![];
    let mut read = |path: &str| {
        paths.push(path.to_string());
        Ok(file.clone())
    };
    let joined = noise_from_flags(&["depolarizing=0.1", "models/my.json"], &mut read).unwrap();
    assert_eq!(joined.rules().len(), everything().rules().len() + 1);
    assert_eq!(joined.rules()[1..], *everything().rules());
    let error = noise_from_flags(&["readout=0.5", "my.json"], &mut read).unwrap_err().to_string();
    assert!(error.contains("the readout error of all qubits"), "{error}");
    assert_eq!(paths, ["models/my.json", "my.json"]);
    let mut missing =
        |path: &str| Err(crate::Error::Io { path: path.into(), message: "gone".into() });
    assert!(noise_from_flags(&["a.json"], &mut missing).unwrap_err().to_string().contains("gone"));
}

#[test]
fn faults_of_flags_are_named() {
    let cases: &[(&[&str], &str)] = &[
        (&["depolarising=0.1"], "did you mean `depolarizing`"),
        (&["0.1"], "there is no noise `0.1`"),
        (&[""], "there are depolarizing=P"),
        (&["depolarizing"], "there is no noise `depolarizing`"),
        (&["depolarizing=x"], "`x` is no number"),
        (&["depolarizing=0.1,0.2"], "it takes one probability"),
        (&["depolarizing=1.5"], "1.5"),
        (&["depolarizing=0.1,readout=0.1"], "repeat the flag"),
        (&["readout=0.1,0.2,0.3"], "P(1|0) and P(0|1)"),
        (&["readout=0.1,1.2"], "1.2"),
        (&["readout=0.1", "readout=0.2"], "said twice"),
        (&["thermal=100us,80us"], "without the time of 1q, 2q, measure; say how long"),
        (&["thermal=100us,80us,1q=35ns,2q=300ns"], "without the time of measure"),
        (&["thermal=100us", "1q=35ns,2q=300ns,measure=1us"], "it takes T1 and T2"),
        (&["thermal=100us,250us,1q=35ns,2q=300ns,measure=1us"], "T2 is 250us"),
        (&["thermal=100,80us,1q=35ns,2q=300ns,measure=1us"], "T1 is `100`"),
        (&["thermal=100us,80us,1q=35,2q=300ns,measure=1us"], "the time `1q` is `35`"),
        (&["thermal=100us,80us,1q=35ns,1q=35ns,2q=300ns,measure=1us"], "`1q` is there twice"),
        (&["1q=35ns"], "belong to `thermal=T1,T2`"),
    ];
    for (list, part) in cases {
        let error = flags(list).unwrap_err().to_string();
        assert!(error.contains(part), "{list:?}: {error}");
    }
    let mut twice = vec!["thermal=100us,80us"; 2];
    twice.push("1q=35ns,2q=300ns,measure=1us");
    assert!(flags(&twice).unwrap_err().to_string().contains("one `thermal`"));
}

proptest! {
    /// Without its noise a noisy circuit is the circuit, and the counts are those of its operations.
    #[test]
    fn noise_is_only_added(gates in proptest::collection::vec((0..6u8, 0..3usize, 0..2usize), 0..30)) {
        let mut c = Circuit::with_clbits(3, 1);
        for (kind, a, b) in gates {
            let b = (a + 1 + b) % 3;
            match kind {
                0 => c.h(a),
                1 => c.cx(a, b),
                2 => c.rz(0.3, a),
                3 => c.measure(a, 0),
                4 => c.reset(a),
                _ => c.if_then(Expr::bit(0), |t| t.cz(a, b).x(a)),
            };
        }
        let noisy = everything().apply(&c).unwrap();
        prop_assert_eq!(noisy.circuit.without_noise(), c.clone());
        let profile = noisy.circuit.profile();
        let coverage = noisy.coverage;
        prop_assert_eq!(coverage.num_channels, profile.num_channels);
        prop_assert_eq!(coverage.num_gates, profile.num_gates);
        prop_assert_eq!(coverage.num_noisy_gates, profile.num_gates);
        prop_assert_eq!(profile.depth, c.profile().depth);
        prop_assert_eq!(coverage.num_measurements, profile.num_measurements);
    }

    /// Texts from a person never panic.
    #[test]
    fn any_flag_is_a_model_or_an_error(flag in "[a-z0-9=,.-]{0,30}|(thermal|depolarizing|readout|1q)=[0-9a-z.,=-]{0,20}") {
        let _ = noise_from_flags(&[flag], &mut |_| Ok(String::new()));
    }
}

/// A definition is the gates that it is of, unless a rule names it.
#[test]
fn gates_inside_of_definitions_have_their_noise() {
    let mut body = Circuit::new(2);
    body.h(0).cx(0, 1).cx(1, 0);
    let gate = body.to_gate("twin").unwrap();
    let mut c = Circuit::new(3);
    c.x(2).gate(crate::gate::GateOp::new(gate, [1, 2]));
    let channel = Channel::depolarizing(0.1, 1).unwrap();
    let each = Rule::after(Pattern::all_gates(), channel.clone(), ActsOn::Each).unwrap();
    let noisy = model(vec![each.clone()]).apply(&c).unwrap();
    let mut expected = Circuit::new(3);
    expected.x(2).channel(channel.clone(), 2);
    expected.h(1).channel(channel.clone(), 1);
    expected.cx(1, 2).channel(channel.clone(), 1).channel(channel.clone(), 2);
    expected.cx(2, 1).channel(channel.clone(), 2).channel(channel.clone(), 1);
    assert_eq!(noisy.circuit.ops(), expected.ops());
    assert_eq!((noisy.coverage.num_gates, noisy.coverage.num_noisy_gates), (4, 4));
    let named = Rule::after(Pattern::custom(["twin"]), channel, ActsOn::Each).unwrap();
    let noisy = model(vec![named]).apply(&c).unwrap();
    assert_eq!(noisy.circuit.ops().len(), 4);
    assert_eq!((noisy.coverage.num_gates, noisy.coverage.num_noisy_gates), (2, 1));
}

#[test]
fn readout_errors_of_all_and_of_one_do_not_replace_each_other() {
    let error = |a, b| ReadoutError { p1_given_0: a, p0_given_1: b };
    let all = |a, b| {
        let mut model = NoiseModel::new();
        model.set_readout_error(error(a, b)).unwrap();
        model
    };
    let one = |q, a, b| {
        let mut model = NoiseModel::new();
        model.set_readout_error_of(q, error(a, b)).unwrap();
        model
    };
    let join = |mut a: NoiseModel, b: NoiseModel| a.extend(b).map(|joined| joined.clone());
    for (a, b) in [
        (all(0.3, 0.3), one(2, 0.01, 0.02)),
        (one(2, 0.01, 0.02), all(0.3, 0.3)),
        // A qubit that is read perfectly is said something of, too.
        (all(0.3, 0.3), one(2, 0.0, 0.0)),
        (join(all(0.3, 0.3), one(1, 0.3, 0.3)).unwrap(), one(2, 0.01, 0.02)),
    ] {
        let text = join(a, b).unwrap_err().to_string();
        assert!(text.contains("qubit 2") && text.contains("0.3 of all qubits"), "{text}");
        assert!(text.contains("of this qubit") && text.contains("leave"), "{text}");
    }
    let mut device = all(0.3, 0.3);
    device.set_readout_error_of(2, error(0.01, 0.02)).unwrap();
    assert!(join(device.clone(), all(0.3, 0.3)).is_err());
    // The same is no contradiction.
    assert_eq!(join(device.clone(), one(2, 0.01, 0.02)).unwrap(), device);
    let same = join(all(0.3, 0.3), one(2, 0.3, 0.3)).unwrap();
    assert_eq!(same.readout_error(2), error(0.3, 0.3));
    let text = flags(&["readout=0.3", "readout=0.2"]).unwrap_err().to_string();
    assert!(text.contains("readout error of all"), "{text}");
}

#[test]
fn rules_are_found_by_their_places_in_their_order() {
    let after = |pattern, p, k, acts_on| Rule::after(pattern, depolarizing(p, k), acts_on).unwrap();
    let cx = || Pattern::gates(["cx"]).unwrap();
    let rules = vec![
        after(cx().on_qubits([0, 1, 2]), 0.01, 1, ActsOn::Each),
        after(cx().on_tuples([[0, 1], [1, 2], [0, 1]]), 0.02, 2, ActsOn::All),
        after(Pattern::all_gates(), 0.03, 1, ActsOn::Each),
        after(cx().except_tuples([[0, 1]]), 0.04, 2, ActsOn::All),
        after(cx().on_qubits([1, 2]), 0.05, 2, ActsOn::All),
        after(cx().on_tuples([[1, 2]]), 0.06, 1, ActsOn::At(vec![1])),
        after(Pattern::gates(["h"]).unwrap().on_qubits([3]), 0.07, 1, ActsOn::Each),
        after(cx().on_tuples([[0, 1]]), 0.08, 1, ActsOn::At(vec![0])),
    ];
    let mut c = Circuit::new(4);
    c.cx(0, 1).cx(1, 2).cx(2, 3).h(3).h(0).cx(1, 2).cx(3, 0);
    let mut expected = Circuit::new(4);
    for op in c.ops() {
        let crate::Op::Gate(g) = op else { panic!() };
        let on: Vec<usize> = g.qubits().map(|q| q as usize).collect();
        expected = expected.with_ops([expected.ops(), std::slice::from_ref(op)].concat());
        for rule in rules.iter().filter(|rule| rule.pattern.is_for(op)) {
            let Noise::Channel(channel) = rule.noise() else { panic!() };
            for site in rule.sites(&on) {
                expected.channel((**channel).clone(), &site);
            }
        }
    }
    let noisy = model(rules).apply(&c).unwrap();
    assert_eq!(noisy.circuit.ops(), expected.ops());
    assert!(noisy.coverage.unmatched.is_empty());
}

#[test]
fn schedules_in_files_say_nothing_twice_and_name_qubits_that_there_are() {
    let text = |durations: &str, zz: &str| {
        format!(
            r#"{{"format": "ketlab.noise_model", "version": 1, "num_qubits": 2, "rules": [],
                "schedule": {{"kind": "alap", "durations": [{durations}], "zz": [{zz}]}}}}"#
        )
    };
    let read = |durations: &str, zz: &str| NoiseModel::from_json(&text(durations, zz));
    let refused = |durations: &str, zz: &str| read(durations, zz).unwrap_err().to_string();
    let pair = r#"{"qubits": [0, 1], "khz": 50}"#;
    let error = refused("", &format!(r#"{pair}, {{"qubits": [1, 0], "khz": 50}}"#));
    assert!(error.contains("qubits 0 and 1") && error.contains("twice"), "{error}");
    let error = refused("", r#"{"qubits": [0, 7], "khz": 50}"#);
    assert!(error.contains("the schedule") && error.contains("qubit 7"), "{error}");
    let error = refused("", r#"{"qubits": [0, 1], "khz": 1e300}"#);
    assert!(error.contains("kHz"), "{error}");
    for (record, part) in [
        (r#""gate": "cx", "qubits": [[0, 1], [0, 1]]"#, "cx on [0, 1] twice"),
        (r#""operation": "measure", "qubits": [[0], [0]]"#, "measure on [0] twice"),
        (r#""gate": "cx", "qubits": [[0, 2]]"#, "qubit 2"),
        (r#""operation": "reset", "qubits": [[5]]"#, "qubit 5"),
        (r#""gate": "cx", "qubits": [[0, 0]]"#, "cx"),
        (r#""gate": "pauli_rotation", "qubits": [[]]"#, "none"),
        (r#""gate": "x", "custom_gate": "x", "qubits": [[0]]"#, "only one of"),
        (r#""qubits": [[0]]"#, "one of `gate`"),
    ] {
        let error = refused(&format!(r#"{{{record}, "duration_ns": 30}}"#), "");
        assert!(error.contains(part), "{part}: {error}");
    }
    // The last of two records does not win.
    let one = |ns| format!(r#"{{"gate": "x", "duration_ns": {ns}, "qubits": [[0]]}}"#);
    assert!(refused(&format!("{}, {}", one(30), one(40)), "").contains("x on [0] twice"));
    // Gates that a circuit names are read back, apart from those of the table.
    let custom = r#"{"custom_gate": "x", "duration_ns": 70, "qubits": [[0, 1]]}"#;
    let mut model = read(&format!("{}, {custom}", one(30)), pair).unwrap();
    let mut target = crate::device::Target::new(2);
    target.push(crate::device::GateName::Custom("my gate".into()), &[1, 0]).unwrap();
    model.set_target(target).unwrap();
    let written = model.to_json().unwrap();
    assert_eq!(NoiseModel::from_json(&written).unwrap(), model, "{written}");
    assert_eq!(model.timing().unwrap().durations.gates().count(), 2);
    // Without `num_qubits` it is the circuit that must have them.
    let open = text("", pair).replace("\"num_qubits\": 2,", "");
    let open = NoiseModel::from_json(&open).unwrap();
    assert!(open.apply(&Circuit::new(2)).is_ok());
    let error = open.apply(&Circuit::new(1)).unwrap_err().to_string();
    assert!(error.contains("the schedule of the noise model"), "{error}");
}
