//! `ketlab encode` and `ketlab decode`: problems as QUBO, and back.

use crate::folder::{Folder, text};
use serde_json::Value;

/// A ring of five with a chord.
const GRAPH: &str = "0 1\n1 2\n2 3\n3 4\n4 0\n0 2\n";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(&format!("encode-{name}"));
    folder.write("graph.txt", GRAPH);
    folder
}

/// Encodes, anneals and decodes.
fn round_trip(folder: &Folder, kind: &str, args: &[&str]) -> Value {
    let file = format!("{kind}.json");
    folder.text(&[&["encode", kind][..], args, &["-o", &file]].concat());
    let anneal = ["anneal", &file, "--method", "anneal", "--reads", "200", "--sweeps", "300"];
    folder.write("samples.json", folder.json(&anneal).to_string());
    folder.json(&["decode", &file, "samples.json"])
}

#[test]
fn a_cut_goes_there_and_back() {
    let folder = folder("cut");
    let decoded = round_trip(&folder, "max-cut", &["graph.txt"]);
    // One edge of the triangle stays uncut.
    assert_eq!(decoded["objective"]["value"], 5.0, "{decoded}");
    assert_eq!(decoded["objective"]["sense"], "maximize");
    assert_eq!((&decoded["feasible"], &decoded["energy"]), (&Value::Bool(true), &(-5.0).into()));
    assert_eq!(decoded["reads"], 200);
    assert!(decoded["violations"].as_array().unwrap().is_empty());
    assert_eq!(decoded["solution"]["kind"], "max-cut");
    let shown = folder.text(&["decode", "max-cut.json", "samples.json"]);
    for part in ["best cut 5", "part: ", "200 reads; feasible, violating nothing: 200 (100 %)"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn bits_by_hand_are_printed_with_the_first_at_the_right() {
    let folder = folder("bits");
    folder.text(&["encode", "max-cut", "graph.txt", "-o", "cut.json"]);
    let decoded = folder.json(&["decode", "cut.json", "--bits", "00001", "--bits=00000"]);
    // Vertex 0 alone has three edges.
    assert_eq!((&decoded["objective"]["value"], &decoded["reads"]), (&3.0.into(), &2.into()));
    assert_eq!(decoded["bits"], "00001");
    let says = folder.failure(&["decode", "cut.json", "--bits", "0000"]);
    assert!(says.contains("--bits for cut.json") && says.contains('4'), "{says}");
    let wrong = folder.run(&["decode", "cut.json", "--bits", "002"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", text(&wrong.stderr));
    let neither = folder.run(&["decode", "cut.json"]);
    assert_eq!(neither.status.code(), Some(2));
}

#[test]
fn the_encoded_problem_is_a_file_or_standard_output() {
    let folder = folder("output");
    let shown = folder.text(&["encode", "max-cut", "graph.txt", "-o", "cut.json"]);
    for part in
        ["5 bits, 6 couplings", "penalty        none", "ketlab decode cut.json samples.json"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let file = std::fs::read_to_string(folder.path().join("cut.json")).unwrap();
    let mut file: Value = serde_json::from_str(&file).unwrap();
    let mut printed = folder.json(&["encode", "max-cut", "graph.txt"]);
    let meta = printed.as_object_mut().unwrap().remove("meta").unwrap();
    assert!(meta["version"].is_string());
    assert_eq!(printed, file);
    let piped = folder.run(&["encode", "max-cut", "graph.txt"]);
    assert!(text(&piped.stderr).contains("5 bits"), "{}", text(&piped.stderr));
    // What the program prints is read like the file.
    folder.write("piped.json", &piped.stdout);
    assert_eq!(folder.json(&["decode", "piped.json", "--bits", "00001"])["feasible"], true);
    for (name, begins) in [("cut.coo", "# vartype=BINARY"), ("cut.qubo", "p qubo")] {
        let shown = folder.text(&["encode", "max-cut", "graph.txt", "-o", name]);
        assert!(shown.contains("needs the problem"), "{shown}");
        let written = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(written.lines().any(|line| line.starts_with(begins)), "{written}");
    }
    // An offset is kept in both.
    for name in ["colours.json", "colours.coo", "colours.qubo"] {
        folder.text(&["encode", "colouring", "graph.txt", "--colours", "3", "-o", name]);
    }
    let read = |name: &str| ketlab::ising::Qubo::read(folder.path().join(name)).unwrap();
    let qubo = ketlab::ising::Problem::read(folder.path().join("colours.json")).unwrap();
    assert_ne!(read("colours.qubo").offset(), 0.0);
    for name in ["colours.coo", "colours.qubo"] {
        assert_eq!(ketlab::ising::Problem::Qubo(read(name)), qubo, "{name}");
    }
    let says = folder.failure(&["encode", "max-cut", "graph.txt", "-o", "cut.svg"]);
    assert!(says.contains("must end in .json or .coo or .qubo"), "{says}");
    let says = folder.failure(&["encode", "max-cut", "graph.txt", "-o", "none/cut.json"]);
    assert!(says.contains("there is no folder none"), "{says}");
    let says = folder.failure(&["encode", "max-cut", "cut.json", "-o", "cut.json"]);
    assert!(says.contains("the file that is read"), "{says}");
    // An edited model is another problem's.
    file["model"]["linear"][0] = 7.into();
    folder.write("edited.json", file.to_string());
    let says = folder.failure(&["decode", "edited.json", "--bits", "00001"]);
    assert!(says.contains("bit 0 in the model is 7") && says.contains("encode the problem again"));
    let says = folder.failure(&["decode", "graph.txt", "--bits", "00001"]);
    assert!(says.contains("graph.txt") && says.contains("not valid"), "{says}");
}

#[test]
fn energies_of_another_problem_are_told() {
    let folder = folder("energies");
    folder.text(&["encode", "max-cut", "graph.txt", "-o", "cut.json"]);
    let row = |energy: f64| {
        format!(
            r#"{{"format":"ketlab.sample_set","version":1,"num_spins":5,"info":{{}},
                "samples":[{{"spins":[-1,1,1,1,1],"energy":{energy},"occurrences":3}}]}}"#
        )
    };
    folder.write("right.json", row(-3.0));
    folder.write("wrong.json", row(1.5));
    let right = folder.run(&["decode", "cut.json", "right.json"]);
    assert!(!text(&right.stderr).contains("energy"), "{}", text(&right.stderr));
    let wrong = folder.run(&["decode", "cut.json", "wrong.json"]);
    let says = text(&wrong.stderr);
    assert!(wrong.status.success() && says.contains("1 row of 1"), "{says}");
    assert!(text(&wrong.stdout).contains("best cut 3"));
    folder.write("short.json", row(-3.0).replace("1,1,1]", "1]").replace(":5,", ":3,"));
    let says = folder.failure(&["decode", "cut.json", "short.json"]);
    assert!(says.contains('3') && says.contains('5'), "{says}");
    folder.write(
        "none.json",
        "{\"format\":\"ketlab.sample_set\",\"version\":1,\"num_spins\":5,\
                               \"info\":{},\"samples\":[]}",
    );
    assert!(folder.text(&["decode", "cut.json", "none.json"]).contains("no samples"));
}

#[test]
fn pictures_are_drawn() {
    let folder = folder("plot");
    folder.text(&["encode", "max-cut", "graph.txt", "-o", "cut.json"]);
    let bits = ["decode", "cut.json", "--bits", "00101", "--bits", "00001", "--plot"];
    folder.text(&[&bits[..], &["cut.csv"]].concat());
    let csv = std::fs::read_to_string(folder.path().join("cut.csv")).unwrap();
    for series in ["1,part 0,", "1,cut edges,", "2,feasible samples,"] {
        assert!(csv.lines().any(|line| line.starts_with(series)), "{series}: {csv}");
    }
    if cfg!(feature = "plot") {
        folder.text(&[&bits[..], &["cut.svg"]].concat());
        let svg = std::fs::read_to_string(folder.path().join("cut.svg")).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("part 1"));
    }
    let says = folder.failure(&["decode", "cut.json", "--bits", "00001", "--plot", "cut.pdf"]);
    assert!(says.contains(".svg, .png, .csv or .json"), "{says}");
}

/// Five cities of a road map with a road missing.
const ROADS: &str = "0 1 4\n1 2 3\n2 3 5\n3 4 2\n4 0 6\n0 2 7\n1 3 4\n2 4 8\n";

/// The shortest tour along the roads, by looking at all.
fn shortest() -> f64 {
    let mut lengths = [[f64::INFINITY; 5]; 5];
    for line in ROADS.lines() {
        let [u, v, w] = line.split(' ').map(|x| x.parse().unwrap()).collect::<Vec<f64>>()[..]
        else {
            panic!("{line}")
        };
        (lengths[u as usize][v as usize], lengths[v as usize][u as usize]) = (w, w);
    }
    let mut best = f64::INFINITY;
    for code in 0..625 {
        let tour = [0, code % 5, code / 5 % 5, code / 25 % 5, code / 125];
        if (0..5).all(|city| tour.contains(&city)) {
            let length = (0..5).map(|k| lengths[tour[k]][tour[(k + 1) % 5]]).sum::<f64>();
            best = best.min(length);
        }
    }
    best
}

#[test]
fn a_tour_goes_there_and_back_and_never_where_no_road_is() {
    let folder = folder("tsp");
    folder.write("roads.txt", ROADS);
    let decoded = round_trip(&folder, "tsp", &["roads.txt"]);
    assert_eq!(decoded["objective"]["value"].as_f64(), Some(shortest()), "{decoded}");
    assert_eq!((&decoded["kind"], &decoded["num_variables"]), (&"tsp".into(), &16.into()));
    assert_eq!(decoded["penalty"]["is_enough"], true);
    let cities = decoded["solution"]["cities"].as_array().unwrap();
    let is_road = |u: &Value, v: &Value| {
        ROADS.contains(&format!("{u} {v} ")) || ROADS.contains(&format!("{v} {u} "))
    };
    assert!((0..5).all(|k| is_road(&cities[k], &cities[(k + 1) % 5])), "{decoded}");
}

#[test]
fn what_is_infeasible_is_an_answer_with_all_that_it_violates() {
    let folder = folder("infeasible");
    folder.write("roads.txt", ROADS);
    folder.text(&["encode", "tsp", "roads.txt", "-o", "tour.json"]);
    let decoded = folder.json(&["decode", "tour.json", "--bits", &"0".repeat(16)]);
    assert_eq!(decoded["feasible"], false);
    assert!(decoded["solution"].is_null() && decoded["objective"]["value"].is_null());
    // Four cities at no place, and four places without a city.
    assert_eq!(decoded["violations"].as_array().unwrap().len(), 8, "{decoded}");
    assert_eq!(decoded["lowest"]["violations"], decoded["violations"]);
    assert_eq!((&decoded["reads"], &decoded["feasible_reads"]), (&1.into(), &0.into()));
    let shown = folder.text(&["decode", "tour.json", "--bits", &"0".repeat(16)]);
    assert!(shown.contains("nothing feasible") && shown.contains("is at no place"), "{shown}");
}

#[test]
fn a_penalty_that_is_not_enough_is_said_and_suspected() {
    let folder = folder("penalty");
    folder.write("roads.txt", ROADS);
    let encode = ["encode", "tsp", "roads.txt", "--penalty", "0.01", "-o", "tour.json"];
    let output = folder.run(&encode);
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("not above the bound"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("NOT above the bound"));
    let anneal = ["anneal", "tour.json", "--method", "anneal", "--reads", "50"];
    folder.write("samples.json", folder.json(&anneal).to_string());
    let output = folder.run(&["decode", "tour.json", "samples.json"]);
    let says = text(&output.stderr);
    assert!(output.status.success() && says.contains("the penalty is to be suspected"), "{says}");
    for (penalty, expected) in [("0", "positive"), ("-1", "positive"), ("1e308", "1.00e308")] {
        let says = folder.failure(&["encode", "tsp", "roads.txt", "--penalty", penalty]);
        assert!(says.contains("--penalty") && says.contains(expected), "{penalty}: {says}");
    }
    for (penalty, expected) in [("nan", "not a finite number"), ("abc", "no number")] {
        let output = folder.run(&["encode", "tsp", "roads.txt", "--penalty", penalty]);
        let says = text(&output.stderr);
        assert!(output.status.code() == Some(2) && says.contains(expected), "{penalty}: {says}");
        assert!(says.contains("--penalty"), "{says}");
    }
    let says = folder.failure(&["encode", "max-cut", "graph.txt", "--penalty", "2"]);
    assert!(says.contains("max-cut takes none"), "{says}");
}

#[test]
fn every_kind_of_a_graph_or_of_numbers_is_solved() {
    let folder = folder("kinds");
    // The triangle needs three colours, and so many are enough.
    let decoded = round_trip(&folder, "colouring", &["graph.txt", "--colours", "3"]);
    let colours = decoded["solution"]["colours"].as_array().unwrap();
    for line in GRAPH.lines() {
        let (u, v) = line.split_once(' ').unwrap();
        assert_ne!(colours[u.parse::<usize>().unwrap()], colours[v.parse::<usize>().unwrap()]);
    }
    let decoded = round_trip(&folder, "colouring", &["graph.txt", "--colours", "2"]);
    assert_eq!((&decoded["feasible"], &decoded["feasible_reads"]), (&false.into(), &0.into()));
    let decoded = round_trip(&folder, "independent-set", &["graph.txt"]);
    assert_eq!(decoded["objective"]["value"], 2.0, "{decoded}");
    folder.write("weights.txt", "0 5\n2 7.5\n");
    let weighted = ["graph.txt", "--weights", "weights.txt"];
    let decoded = round_trip(&folder, "independent-set", &weighted);
    assert_eq!(decoded["objective"]["value"], 8.5, "{decoded}");
    // Numbers are those of the graph's file: here the path 1 - 2 - 3.
    folder.write("path.gset", "3 2\n1 2 1\n2 3 1\n");
    folder.write("from_1.txt", "1 5\n2 9\n");
    let weighted = ["path.gset", "--weights", "from_1.txt"];
    let decoded = round_trip(&folder, "independent-set", &weighted);
    assert_eq!(decoded["objective"]["value"], 9.0, "{decoded}");
    let told = folder.run(&["encode", "independent-set", "path.gset"]);
    let note = "vertices are numbered from 0 here, from 1 in path.gset";
    assert!(text(&told.stderr).contains(note), "{}", text(&told.stderr));
    let told = folder.run(&["encode", "independent-set", "graph.txt"]);
    assert!(!text(&told.stderr).contains("are numbered"), "{}", text(&told.stderr));
    let says = folder.failure(&["encode", "independent-set", "graph.txt", "--weights", "none.txt"]);
    assert_eq!(says.matches("none.txt").count(), 1, "{says}");
    folder.write("items.txt", "3 10\n6.5 4\n5 3\n8 6\n");
    let decoded = round_trip(&folder, "knapsack", &["items.txt"]);
    assert_eq!(decoded["objective"]["value"], 14.5, "{decoded}");
    folder.write("numbers.txt", "3 1 4 1 5 9 2 6 5 3\n");
    let decoded = round_trip(&folder, "number-partition", &["numbers.txt"]);
    assert_eq!(decoded["objective"]["value"], 1.0, "{decoded}");
    for (args, expected) in [
        (&["colouring", "graph.txt", "--colours", "1000000"][..], "bits"),
        (&["independent-set", "graph.txt", "--weights", "none.txt"], "--weights none.txt"),
        (&["knapsack", "numbers.txt"], "line 1"),
        (&["number-partition", "none.txt"], "none.txt"),
        (&["tsp", "weights.txt"], "weights.txt"),
    ] {
        let says = folder.failure(&[&["encode"][..], args].concat());
        assert!(says.contains(expected), "{args:?}: {says}");
    }
}

#[test]
fn formulas_portfolios_schedules_and_folds_are_solved() {
    let folder = folder("more");
    // 1 or not 2, 2, not 1 or 3: all three are true.
    folder.write("formula.cnf", "p cnf 3 3\n1 -2 0\n2 0\n-1 3 0\n");
    let decoded = round_trip(&folder, "sat", &["formula.cnf"]);
    assert_eq!(decoded["solution"]["values"], serde_json::json!([true, true, true]), "{decoded}");
    // Without a price of risk, the two largest means: 0.3 and 0.2.
    folder.write("returns.csv", "a,b,c\n0.1,0.3,0.2\n0.1,0.5,0.1\n0.1,0.1,0.3\n");
    let held = ["returns.csv", "--assets", "2", "--risk", "0"];
    let decoded = round_trip(&folder, "portfolio", &held);
    assert_eq!(decoded["solution"]["names"], serde_json::json!(["b", "c"]), "{decoded}");
    // Job 0 needs 3; machine 0 has work for 4, machine 1 for 2.
    folder.write("shop.txt", "2 2\n0 2 1 1\n0 2 1 1\n");
    let decoded = round_trip(&folder, "job-shop", &["shop.txt", "--horizon", "6"]);
    assert_eq!(decoded["objective"]["value"], 5.0, "{decoded}");
    let plot = ["decode", "job-shop.json", "samples.json", "--plot", "shop.csv"];
    folder.text(&plot);
    let csv = std::fs::read_to_string(folder.path().join("shop.csv")).unwrap();
    assert!(csv.contains("1,job 0,") && csv.contains("1,makespan,5.0,"), "{csv}");
    // A square of four beads has one contact.
    let decoded = round_trip(&folder, "protein", &["HPPH", "--size", "2"]);
    assert_eq!(decoded["objective"]["value"], 1.0, "{decoded}");
    for (args, expected) in [
        (&["job-shop", "shop.txt", "--horizon", "2"][..], "horizon"),
        (&["portfolio", "returns.csv", "--assets", "4", "--risk", "1"], "assets"),
        (&["sat", "returns.csv"], "line 1"),
        (&["tsp", "-"], "standard input is not read here"),
        (&["protein", "HPX"], "neither a sequence"),
        (&["protein", "HPPH", "--size", "1"], "sites"),
        (&["protein", "HPHHHPHH", "--size", "3"], "3x4 or 4x4"),
    ] {
        let says = folder.failure(&[&["encode"][..], args].concat());
        assert!(says.contains(expected), "{args:?}: {says}");
    }
    let output = folder.run(&["encode", "protein", "HPPH", "--size", "3x"]);
    let says = text(&output.stderr);
    assert!(output.status.code() == Some(2) && says.contains("L or WxH"), "{says}");
}

#[test]
fn assets_and_risk_are_refused_with_their_limits() {
    let folder = folder("assets");
    folder.write("returns.csv", "a,b,c\n0.1,0.3,0.2\n0.1,0.5,0.1\n0.1,0.1,0.3\n");
    for (assets, risk, expected) in
        [("0", "1", "from 1 to 4096"), ("2", "nan", "not a finite number"), ("2", "x", "no number")]
    {
        let args = ["encode", "portfolio", "returns.csv", "--assets", assets, "--risk", risk];
        let output = folder.run(&args);
        let says = text(&output.stderr);
        assert!(output.status.code() == Some(2) && says.contains(expected), "{says}");
    }
}

/// What `ketlab encode … > FILE` leaves in the file is the encoded problem, and nothing else.
#[test]
fn what_is_redirected_to_a_file_is_decoded() {
    let folder = folder("redirected");
    folder.write("roads.txt", ROADS);
    let output = folder.run(&["encode", "tsp", "roads.txt"]);
    assert!(output.status.success());
    folder.write("tour.json", &output.stdout);
    let says = text(&output.stderr);
    assert!(says.contains("tsp as a QUBO") && says.contains("16 bits"), "{says}");
    let anneal = ["anneal", "tour.json", "--method", "anneal", "--reads", "200", "--json"];
    folder.write("samples.json", folder.run(&anneal).stdout);
    let decoded = folder.json(&["decode", "tour.json", "samples.json"]);
    assert_eq!(decoded["objective"]["value"].as_f64(), Some(shortest()), "{decoded}");
    folder.text(&["encode", "tsp", "roads.txt", "-o", "-"]);
}

#[test]
fn no_picture_and_no_output_replaces_what_is_read() {
    let folder = folder("overwriting");
    folder.text(&["encode", "max-cut", "graph.txt", "-o", "cut.json"]);
    let anneal = ["anneal", "cut.json", "--method", "anneal", "--reads", "20"];
    folder.write("samples.json", folder.json(&anneal).to_string());
    folder.write("schedule.csv", "s,A,B\n0,2,0\n1,0,2\n");
    folder.write("data.csv", "a,b,label\n0,1,0\n1,0,1\n0.1,0.9,0\n0.9,0.1,1\n");
    let circuit = "OPENQASM 3.0;\nqubit[1] q;\nU(0, 0, 0) q[0];\n";
    folder.write("circuit.qasm", circuit);
    let schedule = ["--schedule", "schedule.csv", "--plot", "schedule.csv"];
    let schroedinger =
        [&["anneal", "cut.json", "--method", "schroedinger"][..], &schedule].concat();
    for args in [
        &["decode", "cut.json", "samples.json", "--plot", "cut.json"][..],
        &["decode", "cut.json", "samples.json", "--plot", "./samples.json"],
        &["decode", "cut.json", "--bits", "00001", "--plot", "cut.json"],
        &["anneal", "cut.json", "--plot", "cut.json"],
        &["anneal", "gap", "cut.json", "--plot=cut.json"],
        &["anneal", "cut.json", "--method", "anneal", "--checkpoint", "cut.json"],
        &schroedinger,
        &["qaoa", "cut.json", "--plot", "cut.json"],
        &["qaoa", "cut.json", "--checkpoint", "cut.json"],
        &["kernel", "data.csv", "--plot", "data.csv"],
        &["kernel", "data.csv", "--plot-scores", "data.csv"],
        &["learn", "data.csv", "--plot", "data.csv"],
        &["convert", "circuit.qasm", "--to", "qasm2", "-o", "circuit.qasm"],
        &["draw", "circuit.qasm", "--latex", "circuit.qasm"],
        &["boltzmann", "train", "samples.json", "--plot", "samples.json"],
    ] {
        let output = args.iter().flat_map(|word| word.split('=')).collect::<Vec<_>>();
        let path = folder.path().join(output.last().unwrap());
        let before = std::fs::read(&path).unwrap();
        let says = folder.failure(args);
        assert!(says.contains("it is the file that is read; write another"), "{args:?}: {says}");
        assert_eq!(std::fs::read(&path).unwrap(), before, "{args:?}");
    }
    // A name that no file has is no file.
    folder.text(&["decode", "cut.json", "--bits", "00001", "--plot", "bits.csv"]);
}

#[test]
fn a_bar_alone_has_room_and_machines_have_names() {
    let folder = folder("panels");
    folder.text(&["encode", "max-cut", "graph.txt", "-o", "cut.json"]);
    folder.text(&["decode", "cut.json", "--bits", "00101", "--plot", "cut.csv"]);
    let csv = std::fs::read_to_string(folder.path().join("cut.csv")).unwrap();
    let bars = csv.lines().filter(|line| line.starts_with("2,feasible samples,"));
    let shares: Vec<f64> =
        bars.map(|bar| bar.split(',').nth(3).unwrap().parse().unwrap()).collect();
    // The bar in the middle of as many empty places on either side.
    assert_eq!(shares, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0], "{csv}");
    folder.write("shop.txt", "2 2\n0 2 1 1\n0 2 1 1\n");
    round_trip(&folder, "job-shop", &["shop.txt", "--horizon", "6"]);
    folder.text(&["decode", "job-shop.json", "samples.json", "--plot", "shop.json"]);
    let shop = std::fs::read_to_string(folder.path().join("shop.json")).unwrap();
    let shop: Value = serde_json::from_str(&shop).unwrap();
    let names = serde_json::json!(["machine 0", "machine 1"]);
    assert_eq!(shop["panels"][0]["y"]["names"], names, "{shop}");
}
