//! `ketlab anneal`, as a user runs it.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};

const PETERSEN: &str = "circuits/graphs/petersen.txt";
const GLASS: &str = "circuits/graphs/sherrington_kirkpatrick_10.coo";

fn ketlab(args: &[&str]) -> Output {
    let root = env!("CARGO_MANIFEST_DIR");
    Command::new(env!("CARGO_BIN_EXE_ketlab")).args(args).current_dir(root).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(args: &[&str]) -> Value {
    let output = ketlab(&[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn failure(args: &[&str]) -> String {
    let output = ketlab(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ketlab-anneal-{}-{name}", std::process::id()))
}

fn written(name: &str, content: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Every method has one kind of answer, and energies that the spins have.
#[test]
fn methods_agree_on_what_a_sample_is() {
    let edges: Vec<(usize, usize)> = {
        let content =
            std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(PETERSEN));
        let graph = ketlab::ising::Graph::parse(&content.unwrap()).unwrap();
        graph.edges().iter().map(|&(u, v, _)| (u, v)).collect()
    };
    let methods =
        ["schroedinger", "path-integral", "anneal", "tempering", "tabu", "descent", "exact"];
    for method in methods {
        let document = json(&["anneal", PETERSEN, "--method", method, "--reads", "20"]);
        assert_eq!(document["format"], "ketlab.anneal");
        assert_eq!((&document["version"], &document["seed"]), (&1.into(), &0.into()));
        assert_eq!(document["method"], method);
        assert_eq!(number(&document["lowest_energy"]), -12.0, "{method}");
        assert!(document["units"]["time"].is_string() && document["units"]["energy"].is_string());
        let samples = document["samples"].as_array().unwrap();
        let energies: Vec<f64> = samples.iter().map(|sample| number(&sample["energy"])).collect();
        assert!(energies.is_sorted() && energies[0] == -12.0, "{method}: {energies:?}");
        let occurrences = samples.iter().map(|sample| sample["occurrences"].as_u64().unwrap());
        // There are ten largest cuts.
        let read = if method == "exact" { 10 } else { 20 };
        assert_eq!(occurrences.sum::<u64>(), read, "{method}");
        for sample in samples {
            let spins: Vec<i64> =
                sample["spins"].as_array().unwrap().iter().map(|s| s.as_i64().unwrap()).collect();
            assert!(spins.len() == 10 && spins.iter().all(|s| s.abs() == 1));
            let cut = edges.iter().filter(|(u, v)| spins[*u] != spins[*v]).count();
            assert_eq!(number(&sample["energy"]), -(cut as f64), "{method}");
        }
        // The same command, on another number of threads.
        let again =
            json(&["anneal", PETERSEN, "--method", method, "--reads", "20", "--threads", "1"]);
        assert_eq!(document["samples"], again["samples"], "{method}");
    }
}

#[test]
fn schroedinger_says_how_far_to_trust_it() {
    let glass = json(&["anneal", GLASS, "--time", "30"]);
    let (p, error) = (number(&glass["success_probability"]), number(&glass["error_estimate"]));
    assert!((0.0..=1.0).contains(&p) && error > 0.0 && error <= 1e-6);
    assert!(number(&glass["norm_drift"]) < 1e-10 && glass["steps"].as_u64().unwrap() > 10);
    let finer = json(&["anneal", GLASS, "--time", "30", "--tolerance", "1e-10"]);
    assert!((number(&finer["success_probability"]) - p).abs() <= error);
    assert_eq!(finer["splitting"], "blanes-moan6");
    let exact = json(&["anneal", GLASS, "--method", "exact"]);
    assert_eq!(glass["ground_energy"], exact["lowest_energy"]);
    assert_eq!(glass["degeneracy"], exact["degeneracy"]);
    let moments = glass["moments"].as_array().unwrap();
    assert_eq!(moments.len(), 51);
    let end = &moments[50]["success_probability"];
    assert!((number(end) - p).abs() < 1e-9);
    // Reads follow the probability.
    let reads = json(&["anneal", GLASS, "--time", "30", "--reads", "100000"]);
    let best = number(&reads["lowest_energy"]);
    let hit: u64 = reads["samples"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|sample| number(&sample["energy"]) < best + 1e-9)
        .map(|sample| sample["occurrences"].as_u64().unwrap())
        .sum();
    let deviation = (p * (1.0 - p) / 1e5).sqrt();
    assert!((hit as f64 / 1e5 - p).abs() < 5.0 * deviation, "{hit} of 100,000 at {p}");
}

/// A schedule in GHz and ns is its dimensionless twin with the 2π once.
#[test]
fn schedules_have_units() {
    let csv = written("schedule.csv", "s,A,B\n0,0.3183098861837907,0\n1,0,0.3183098861837907\n");
    let device = json(&["anneal", GLASS, "--schedule", &csv, "--time", "10", "--moments", "0"]);
    let twin = json(&["anneal", GLASS, "--time", "10", "--moments", "0"]);
    let p = |document: &Value| number(&document["success_probability"]);
    assert!((p(&device) - p(&twin)).abs() < 1e-9, "{} {}", p(&device), p(&twin));
    assert_eq!(
        (&device["units"]["time"], &device["units"]["hamiltonian"]),
        (&"ns".into(), &"GHz".into())
    );
    assert_eq!(twin["units"]["time"], "dimensionless, ħ = 1");
    let sampled = ["anneal", GLASS, "--schedule", &csv, "--method", "path-integral"];
    assert!(failure(&sampled).contains("--beta is missing"));
    let sampled = json(&[&sampled[..], &["--beta", "30", "--reads", "5"]].concat());
    assert_eq!(sampled["units"]["hamiltonian"], "GHz");
    assert!(sampled["units"]["time"].as_str().unwrap().starts_with("sweeps"));
}

#[test]
fn paths_pause_and_go_back() {
    let paused = json(&["anneal", GLASS, "--points", "0:0, 10:0.4, 30:0.4, 40:1"]);
    assert_eq!((&paused["time"], paused["path"].as_array().unwrap().len()), (&40.0.into(), 4));
    let ground = json(&["anneal", GLASS, "--method", "exact"]);
    let spins = ground["samples"][0]["spins"].as_array().unwrap();
    let bits: String = spins.iter().rev().map(|s| if *s == 1 { '0' } else { '1' }).collect();
    // Back a little and forth: what was a ground state is still most of it.
    let reverse =
        ["anneal", GLASS, "--initial", &bits, "--points", "0:1, 20:0.9, 40:1", "--moments", "3"];
    let reverse = json(&reverse);
    let moments = reverse["moments"].as_array().unwrap();
    assert_eq!((number(&moments[1]["s"]), number(&moments[0]["success_probability"])), (0.9, 1.0));
    assert!(number(&reverse["success_probability"]) > 0.5);
    // --time stretches.
    let stretched =
        json(&["anneal", GLASS, "--points", "0:0, 1:1", "--time", "8", "--moments", "0"]);
    assert_eq!(stretched["time"], 8.0);
}

#[test]
fn gaps_are_found() {
    let one = written("one.coo", "0 0 1\n");
    let curve = json(&["anneal", "gap", &one, "--grid", "11", "--levels", "2"]);
    // 2 √((1 - s)² + s²) of one spin in a field: √2 at s = 1/2.
    assert!((number(&curve["minimum_gap"]) - 2f64.sqrt()).abs() < 1e-9);
    assert!((number(&curve["at"]) - 0.5).abs() < 1e-3);
    assert_eq!(curve["degeneracy"], 1);
    for point in curve["points"].as_array().unwrap() {
        let s = number(&point["s"]);
        let gap = 2.0 * ((1.0 - s).powi(2) + s * s).sqrt();
        assert!((number(&point["gap"]) - gap).abs() < 1e-8, "{s}");
        let levels = point["levels"].as_array().unwrap();
        assert!((number(&levels[1]) - number(&levels[0]) - gap).abs() < 1e-8);
    }
    let picture = scratch("gap.svg");
    let args = ["anneal", "gap", GLASS, "--grid", "11", "--plot", picture.to_str().unwrap()];
    let shown = text(&ketlab(&args).stdout);
    assert!(shown.contains("smallest gap") && shown.contains("as an estimate"), "{shown}");
    let svg = std::fs::read_to_string(&picture).unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.contains("dimensionless") && svg.contains("smallest gap"));
}

#[test]
fn time_to_solution_has_intervals() {
    let exact = json(&["anneal", "tts", GLASS, "--times", "1,4,16,64"]);
    let points = exact["points"].as_array().unwrap();
    assert_eq!(points.len(), 4);
    for point in points {
        let (time, p) = (number(&point["time"]), number(&point["success"]));
        let tts = &point["time_to_solution"];
        let expected = time * (0.01f64.ln() / (1.0 - p).ln()).max(1.0);
        assert!((number(&tts["value"]) - expected).abs() < 1e-9 * expected);
        assert!(number(&tts["low"]) <= expected && expected <= number(&tts["high"]));
    }
    assert!(exact["at_edge"].is_boolean());
    let edge = json(&["anneal", "tts", GLASS, "--times", "1,2"]);
    assert_eq!(edge["at_edge"], true);
    let picture = scratch("tts.svg");
    let sampled = ["anneal", "tts", GLASS, "--method", "anneal", "--times", "1,10,100", "--reads"];
    let plot = ["200", "--plot", picture.to_str().unwrap()];
    let sampled = json(&[&sampled[..], &plot].concat());
    assert!(sampled["units"]["time"].as_str().unwrap().contains("no physical time"));
    let tts = &sampled["points"][1]["time_to_solution"];
    assert!(number(&tts["low"]) <= number(&tts["value"]));
    assert!(std::fs::read_to_string(picture).unwrap().contains("sweeps"));
}

#[test]
fn a_comparison_says_who_is_better() {
    // Two spins that hold each other, in a weak field: the barrier is 2J - 2h high.
    let pair = written("pair.coo", "0 1 -4\n0 0 -0.25\n1 1 -0.25\n");
    let picture = scratch("compare.svg");
    let small = ["--tuning", "20000", "--budget", "100000", "--plot", picture.to_str().unwrap()];
    let args = [&["anneal", "compare", GLASS, &pair][..], &small].concat();
    let document = json(&args);
    assert_eq!(
        (&document["method"], &document["format"]),
        (&"compare".into(), &"ketlab.comparison".into())
    );
    let instances = document["instances"].as_array().unwrap();
    assert_eq!((instances.len(), &instances[0]["spins"]), (2, &10.into()));
    let barrier = &instances[1]["barrier"];
    assert_eq!((&barrier["height"], &barrier["width"]), (&7.5.into(), &2.into()));
    for instance in instances {
        let methods = instance["methods"].as_array().unwrap();
        let names: Vec<&Value> = methods.iter().map(|method| &method["method"]).collect();
        assert_eq!(names, ["anneal", "path-integral", "schroedinger"]);
        for method in methods {
            let success = &method["success"];
            let p = number(&success["value"]);
            assert!(number(&success["low"]) <= p && p <= number(&success["high"]));
            let solution = number(&method["effort_to_solution"]["value"]);
            let read = number(&method["effort"]["of_one_read"]);
            let expected = read * (0.01f64.ln() / (1.0 - p).ln()).max(1.0);
            assert!(p < 1.0 && (solution - expected).abs() < 1e-9 * expected || solution == read);
        }
        let spent = |k: usize| methods[k]["effort"]["spin_updates"].as_u64();
        assert!(spent(0).unwrap() <= 100_000 && spent(1).unwrap() <= 100_000);
        assert!(spent(2).is_none() && methods[2]["effort"]["unit"] != methods[0]["effort"]["unit"]);
        let better = &instance["better"];
        let ends = |k: usize| &methods[k]["effort_to_solution"];
        if better == "anneal" {
            assert!(number(&ends(0)["high"]) < number(&ends(1)["low"]));
            assert!(instance["verdict"].as_str().unwrap().starts_with("thermal hopping wins"));
        }
    }
    let file = free("compare.jsonl");
    let kept = ["--threads", "1", "--checkpoint", &file];
    let again = json(&[&args[..], &kept].concat());
    assert_eq!(document["instances"], again["instances"]);
    let lines = cut(&file, 40);
    let rest = json(&[&args[..], &kept, &["--resume"]].concat());
    assert_eq!((&rest["resumed"], &rest["instances"]), (&39.into(), &document["instances"]));
    assert!(lines > 80 && again["resumed"] == 0, "{lines}");
    let other = failure(&[&args[..], &kept, &["--resume", "--seed", "1"]].concat());
    assert!(other.contains("the checkpoint's seed is `0`; this run has `1`"), "{other}");
    std::fs::remove_file(&file).unwrap();
    let svg = std::fs::read_to_string(&picture).unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.contains("spin updates") && svg.contains("dimensionless"));
    let shown = text(&ketlab(&args).stdout);
    assert!(shown.contains("height 7.50, 2 flips wide") && shown.contains("verdict: "), "{shown}");
}

#[test]
fn pictures_name_their_units() {
    let picture = scratch("anneal.svg");
    let path = picture.to_str().unwrap();
    for (more, says) in [
        (&["--time", "5"][..], "dimensionless"),
        (&["--method", "anneal", "--reads", "20"], "sweeps"),
        (&["--method", "descent", "--reads", "20"], "descent"),
    ] {
        let args = [&["anneal", GLASS, "--plot", path], more].concat();
        let output = ketlab(&args);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let svg = std::fs::read_to_string(&picture).unwrap();
        roxmltree::Document::parse(&svg).unwrap();
        assert!(svg.contains(says) && svg.contains("share of reads"), "{says}");
    }
}

/// Populations tell what they know of Z and of their families.
#[test]
fn populations_are_annealed() {
    let base = ["anneal", GLASS, "--method", "population", "--population", "300", "--sweeps", "60"];
    let one = json(&[&base[..], &["--steps", "20", "--beta", "1"]].concat());
    let parameters = &one["solver"]["parameters"];
    assert_eq!((&one["reads"], &parameters["population"]), (&300.into(), &300.into()));
    assert_eq!(parameters["betas"].as_array().unwrap().len(), 20);
    assert_eq!(number(&parameters["betas"][19]), 1.0);
    assert!(parameters["log_partition_errors"].is_null());
    let exact = json(&["anneal", GLASS, "--method", "exact"]);
    assert_eq!(one["lowest_energy"], exact["lowest_energy"]);
    let model = ketlab::ising::Ising::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(GLASS));
    let energies = model.unwrap().energies().unwrap();
    let exact_free = -energies.iter().map(|e| (-e).exp()).sum::<f64>().ln();
    assert!(
        (number(&parameters["free_energy"]) - exact_free).abs() < 0.3,
        "{parameters} {exact_free}"
    );
    let threads = json(&[&base[..], &["--steps", "20", "--beta", "1", "--threads", "1"]].concat());
    assert_eq!(threads["samples"], one["samples"]);
    let few = [&base[..5], &["3", "--steps", "1", "--sweeps", "1"]].concat();
    let output = ketlab(&few);
    let (shown, says) = (text(&output.stdout), text(&output.stderr));
    assert!(says.contains("hardly independent"), "{says}");
    assert!(
        shown.contains("families left: 1 of 3 replicas") && shown.contains("free energy"),
        "{shown}"
    );

    let file = free("population.jsonl");
    let kept = |reads: &str, more: &[&str]| {
        let kept = ["--reads", reads, "--steps", "9", "--checkpoint", &file];
        json(&[&base[..], &kept, more].concat())
    };
    assert_eq!(kept("2", &[])["resumed"], 0);
    let rest = kept("3", &["--resume"]);
    assert_eq!((&rest["resumed"], &rest["reads"]), (&2.into(), &900.into()));
    let whole = json(&[&base[..], &["--reads", "3", "--steps", "9"]].concat());
    assert_eq!(without_times(rest), without_times(whole));
    std::fs::remove_file(&file).unwrap();
}

/// What one command writes the next one begins with.
#[test]
fn samples_are_begun_at() {
    let rough = ketlab(&["anneal", GLASS, "--method", "descent", "--reads", "5", "--json"]);
    let rough = written("rough.json", &text(&rough.stdout));
    let samples = ketlab::ising::SampleSet::read(&rough).unwrap();
    assert_eq!((samples.reads(), samples.info.solver.as_str()), (5, "steepest descent"));
    // Where no flip goes down, a descent stays.
    let begin = ["--initial-samples", &rough];
    let stayed =
        json(&[&["anneal", GLASS, "--method", "descent", "--reads", "5"][..], &begin].concat());
    assert_eq!(stayed["solver"]["parameters"]["flips"], 0);
    assert_eq!(stayed["solver"]["parameters"]["start"], "given");
    let exact = json(&["anneal", GLASS, "--method", "exact"]);
    let lowest = exact["lowest_energy"].to_string();
    for method in ["tabu", "tempering", "population"] {
        let more = json(&[&["anneal", GLASS, "--method", method][..], &begin].concat());
        assert_eq!(more["lowest_energy"], exact["lowest_energy"], "{method}");
        assert_eq!(more["solver"]["parameters"]["start"], "given", "{method}");
    }
    let tabu = ["anneal", GLASS, "--method", "tabu", "--target-energy", &lowest];
    let found = json(&tabu);
    assert_eq!(found["solver"]["parameters"]["reads_at_target"], 10);
    assert!(text(&ketlab(&tabu).stdout).contains("met by 10 reads"));
    let other = failure(
        &[&["anneal", PETERSEN, "--method", "tabu"][..], &["--initial-samples", GLASS]].concat(),
    );
    assert!(other.contains("--initial-samples"), "{other}");
}

#[test]
fn clusters_are_chosen() {
    // Petersen's graph has three neighbours each, the glass nine.
    for (file, more, clusters) in [
        (PETERSEN, &[][..], true),
        (GLASS, &[], false),
        (PETERSEN, &["--clusters", "off"], false),
        (GLASS, &["--clusters", "on"], true),
    ] {
        let args = ["anneal", file, "--method", "tempering", "--reads", "2", "--sweeps", "50"];
        let document = json(&[&args[..], more].concat());
        let parameters = &document["solver"]["parameters"];
        assert_eq!(parameters["clusters"], clusters);
        assert_eq!(parameters["mean_cluster_sizes"].is_array(), clusters);
    }
}

/// A path of this name without a file.
fn free(name: &str) -> String {
    let path = scratch(name);
    let _ = std::fs::remove_file(&path);
    path.display().to_string()
}

/// Cuts a checkpoint after so many of its lines, in the middle of the next; how many there were.
fn cut(path: &str, lines: usize) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let half = all.get(lines).map_or("", |line| &line[..line.len() / 2]);
    std::fs::write(path, all[..lines].concat() + half).unwrap();
    all.len()
}

/// All that a document says but for how it came about.
fn without_times(mut document: Value) -> Value {
    let object = document.as_object_mut().unwrap();
    object.remove("meta");
    object.remove("resumed");
    if let Some(solver) = object.get_mut("solver") {
        solver.as_object_mut().unwrap().remove("seconds");
    }
    document
}

#[test]
fn reads_go_on_from_a_checkpoint() {
    for method in ["path-integral", "anneal", "tempering", "tabu", "descent"] {
        let file = free(&format!("reads-{method}.jsonl"));
        let base = ["anneal", GLASS, "--method", method, "--seed", "3", "--sweeps", "30"];
        // A descent ends by itself.
        let base = if method == "descent" { &base[..6] } else { &base[..] };
        let whole = json(&[base, &["--reads", "60"]].concat());
        let kept = |reads: &str, more: &[&str]| {
            json(&[base, &["--reads", reads, "--checkpoint", &file], more].concat())
        };
        assert_eq!(kept("10", &[])["resumed"], 0, "{method}");
        // More reads than it has extend it, a line each.
        assert_eq!(kept("25", &["--resume"])["resumed"], 10, "{method}");
        assert_eq!(kept("60", &["--resume"])["resumed"], 25, "{method}");
        assert_eq!(cut(&file, 2), 4);
        let rest = kept("60", &["--resume", "--threads", "1"]);
        assert_eq!(rest["resumed"], 10, "{method}");
        assert_eq!(without_times(rest), without_times(whole), "{method}");
        // Fewer are the first ones.
        let first = kept("10", &["--resume"]);
        assert_eq!((&first["resumed"], &first["reads"]), (&10.into(), &10.into()));
        let plain = json(&[base, &["--reads", "10"]].concat());
        assert_eq!(without_times(first), without_times(plain), "{method}");
        let args = [base, &["--reads", "60", "--checkpoint", &file, "--resume"]].concat();
        let says = text(&ketlab(&args).stderr);
        assert!(says.contains("the checkpoint was finished: nothing was left to do"), "{says}");
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn points_go_on_from_a_checkpoint() {
    let file = free("gap.jsonl");
    let kept = ["--checkpoint", &file];
    let base = ["anneal", "gap", GLASS, "--grid", "11"];
    let whole = json(&[&base[..], &kept].concat());
    assert_eq!(without_times(whole.clone()), without_times(json(&base)));
    let lines = cut(&file, 6);
    let rest = json(&[&base[..], &kept, &["--resume"]].concat());
    assert_eq!(rest["resumed"], 5);
    assert!(lines > 12 && rest["points"].as_array().unwrap().len() > 11);
    for k in 0..5 {
        let at = |document: &Value| {
            let mut points = document["points"].as_array().unwrap().iter();
            points.find(|point| number(&point["s"]) == f64::from(k) / 10.0).unwrap().clone()
        };
        assert_eq!(at(&rest), at(&whole));
    }
    assert!((number(&rest["minimum_gap"]) - number(&whole["minimum_gap"])).abs() < 1e-6);
    let message = failure(&["anneal", "gap", GLASS, "--checkpoint", &file, "--resume"]);
    assert!(message.contains("the checkpoint's number of points is `11`"), "{message}");
    std::fs::remove_file(&file).unwrap();

    let file = free("tts.jsonl");
    let kept = ["--checkpoint", &file, "--resume"];
    for more in [&["--method", "tempering", "--reads", "50"][..], &["--tolerance", "1e-5"]] {
        let base = [&["anneal", "tts", GLASS, "--times"][..], &["1,4,16"], more].concat();
        let part = [&["anneal", "tts", GLASS, "--times"][..], &["4"], more].concat();
        let begun = ketlab(&[&part[..], &kept].concat());
        assert!(text(&begun.stderr).contains("there is no checkpoint yet"));
        // Times may be new, and so may the target.
        let rest = json(&[&base[..], &kept, &["--target", "0.9"]].concat());
        assert_eq!(rest["resumed"], 1);
        let whole = json(&[&base[..], &["--target", "0.9"]].concat());
        assert_eq!(without_times(rest), without_times(whole));
        let other = failure(&["anneal", "tts", PETERSEN, "--checkpoint", &file, "--resume"]);
        if more[0] == "--method" {
            assert!(other.contains("the checkpoint's method is `parallel tempering`"), "{other}");
            let fewer = ["--method", "tempering", "--reads", "40"];
            let message = failure(&[&["anneal", "tts", GLASS], &kept[..], &fewer].concat());
            assert!(message.contains("the checkpoint's number of reads is `50`"), "{message}");
        } else {
            assert!(other.contains("the checkpoint's model is"), "{other}");
            let message = failure(&[&["anneal", "tts", GLASS], &kept[..]].concat());
            assert!(message.contains("the checkpoint's tolerance is `0.00001`"), "{message}");
        }
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn another_runs_checkpoint_is_refused() {
    let file = free("other.jsonl");
    let glass = written("other.coo", &std::fs::read_to_string(GLASS).unwrap());
    let base = ["anneal", &glass, "--method", "anneal", "--reads", "5", "--checkpoint", &file];
    json(&base);
    let before = std::fs::read(&file).unwrap();
    let message = failure(&base);
    assert!(message.contains("the file exists") && message.contains("--resume"), "{message}");
    let resumed = [&base[..], &["--resume"]].concat();
    for (more, part) in [
        (&["--seed", "1"][..], "seed is `0`; this run has `1`"),
        (&["--sweeps", "10"], "number of flips is `10000`; this run has `100`"),
        (&["--beta", "0.1,3"], "inverse temperatures is"),
    ] {
        let message = failure(&[&resumed[..], more].concat());
        assert!(message.contains(&format!("the checkpoint's {part}")), "{message}");
        assert!(message.contains("other.jsonl"), "{message}");
    }
    for (method, says) in [
        ("tempering", "the checkpoint's method is `simulated annealing`"),
        ("path-integral", "the checkpoint's method is `simulated annealing`"),
        ("population", "the checkpoint's method is `simulated annealing`"),
        ("tabu", "the checkpoint's method is `simulated annealing`"),
        ("descent", "the checkpoint's method is `simulated annealing`"),
        ("schroedinger", "--checkpoint is a flag of --method path-integral, anneal, tempering"),
        ("exact", "an enumeration has nothing to keep before its end"),
    ] {
        let args = ["anneal", &glass, "--method", method, "--reads", "5", "--resume"];
        let message = failure(&[&args[..], &["--checkpoint", &file]].concat());
        assert!(message.contains(says), "{method}: {message}");
    }
    let message = failure(&["anneal", "gap", &glass, "--checkpoint", &file, "--resume"]);
    assert!(message.contains("the checkpoint's kind is `reads`"), "{message}");
    // The same name, another model.
    written("other.coo", "0 1 1\n1 2 -1\n3 4 0.5\n5 6 1\n7 8 1\n8 9 1\n");
    let message = failure(&resumed);
    assert!(message.contains("the checkpoint's model is"), "{message}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // A line that was changed.
    let changed = String::from_utf8(before).unwrap().replace("[[0,\"", "[[1,\"");
    std::fs::write(&file, changed).unwrap();
    written("other.coo", &std::fs::read_to_string(GLASS).unwrap());
    let message = failure(&resumed);
    assert!(message.contains("the checksum of line 2 is wrong"), "{message}");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn what_cannot_be_annealed_is_refused_with_a_reason() {
    let nan = written("nan.coo", "0 1 NaN\n");
    let huge = written("huge.coo", "0 1 1e308\n1 2 1e308\n0 2 1e308\n");
    let empty = written("empty.txt", "");
    let none = written("none.gset", "0 0\n");
    let cubic = written("cubic.txt", "Z0 Z1 Z2 + Z0\n");
    let ring: String = (0..60).map(|v| format!("{v} {} 1\n", (v + 1) % 60)).collect();
    let large = written("large.edges", &ring);
    let steps = written("steps.csv", "0,1,0\n0.5,0.5,0.5\n0.5,0.2,0.8\n1,0,1\n");
    let g = GLASS;
    for (args, says) in [
        (&["anneal", &nan][..], "NaN"),
        (&["anneal", &huge, "--time", "1"], ""),
        (&["anneal", "gap", &huge], ""),
        (&["anneal", &empty], ""),
        (&["anneal", &none], ""),
        (&["anneal", &cubic], "Z0"),
        (&["anneal", &large], "60 spins"),
        (&["anneal", "gap", &large], "60 spins"),
        (&["anneal", &large, "--method", "exact"], "60"),
        (&["anneal", "tts", &large, "--method", "anneal"], "--target-energy"),
        (&["anneal", g, "--points", "0:0, 5:0.5, 5:1"], "times must grow"),
        (&["anneal", g, "--points", "0:0, 5:1.5"], "from 0 to 1"),
        (&["anneal", g, "--points", "0:0, -5:1"], "times must grow"),
        (&["anneal", g, "--points", "0:0, 5"], "`t:s`"),
        (&["anneal", g, "--time", "0"], "the anneal time is 0"),
        (&["anneal", g, "--time", "-3"], "positive"),
        (&["anneal", g, "--time", "nan"], "positive"),
        (&["anneal", g, "--time", "1e300"], "steps"),
        (&["anneal", g, "--initial", "01"], "--initial"),
        (&["anneal", g, "--initial", "up"], "bit string"),
        (&["anneal", g, "--tolerance", "0"], "1e-13"),
        (&["anneal", g, "--schedule", "no such.csv"], "no such.csv"),
        (&["anneal", g, "--schedule", &steps], "s must grow"),
        (&["anneal", g, "--sweeps", "10"], "--time"),
        (&["anneal", g, "--method", "anneal", "--time", "10"], "--sweeps"),
        (&["anneal", g, "--method", "anneal", "--beta", "0,1"], "positive"),
        (&["anneal", g, "--method", "tempering", "--beta", "2"], "FIRST,LAST"),
        (&["anneal", g, "--method", "tempering", "--beta=-1,2"], "positive"),
        (&["anneal", g, "--method", "path-integral", "--beta=-1"], "positive"),
        (&["anneal", g, "--method", "population", "--beta", "1,2"], "begins at 0"),
        (&["anneal", g, "--method", "population", "--beta", "nan"], "positive"),
        (&["anneal", g, "--method", "population", "--steps", "9", "--sweeps", "8"], "at least one"),
        (&["anneal", g, "--method", "tempering", "--population", "9"], "--method population"),
        (&["anneal", g, "--method", "anneal", "--clusters", "on"], "--method tempering"),
        (&["anneal", g, "--method", "tabu", "--tenure", "10"], "less than the 10 spins"),
        (&["anneal", g, "--method", "tabu", "--target-energy", "nan"], "target energy"),
        (&["anneal", g, "--method", "anneal", "--target-energy", "1"], "--method tabu"),
        (&["anneal", g, "--method", "descent", "--sweeps", "9"], "no flip goes down"),
        (&["anneal", g, "--method", "descent", "--initial-samples", "none.json"], "none.json"),
        (&["anneal", g, "--method", "tabu", "--initial-samples", g], "JSON"),
        (&["anneal", g, "--initial-samples", "none.json"], "--initial is"),
        (&["anneal", "tts", g, "--method", "population"], "descend from one another"),
        (&["anneal", "tts", g, "--method", "descent"], "no time"),
        (&["anneal", g, "--plot", "picture.pdf"], ".svg, .png"),
        (&["anneal", "gap", g, "--grid", "2"], "at least 3"),
        (&["anneal", "gap", g, "--levels", "1"], "from 2 to 40"),
        (&["anneal", "tts", g, "--times", "2,1"], "times must grow"),
        (&["anneal", "tts", g, "--times", "0,1"], "positive"),
        (&["anneal", "tts", g, "--target", "1"], "the target is 1"),
        (&["anneal", "tts", g, "--method", "anneal", "--times", "1.5"], "whole number"),
        (&["anneal", "tts", g, "--method", "exact"], "no time"),
        (&["anneal", "compare", &large], "24"),
        (&["anneal", "compare", g, "--tuning", "10"], "the budget of a candidate"),
        (&["anneal", "compare", g, "--target", "1"], "the target"),
        (&["anneal", "compare", &empty], ""),
    ] {
        let message = failure(args);
        assert!(message.contains("error: ") && message.contains(says), "{args:?}: {message}");
    }
}
