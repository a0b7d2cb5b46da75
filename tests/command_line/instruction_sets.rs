//! `KETLAB_ISA`, as the program sees it: the library reads it once, so each value has a process.

use ketlab::engine::Isa;
use std::process::{Command, Output};

fn ketlab(isa: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ketlab"));
    command.args(args).env("KETLAB_ISA", isa).output().unwrap()
}

fn circuit() -> String {
    format!("{}/circuits/grover_5.qasm", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn each_set_of_the_machine_is_used_and_gives_the_same_answer() {
    let mut answers = Vec::new();
    for isa in Isa::available() {
        let args = ["run", &circuit(), "--shots", "500", "--seed", "3", "--json"];
        let output = ketlab(&isa.to_string(), &args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["meta"]["instruction_set"], isa.to_string(), "{text}");
        answers.push(document["counts"].clone());
    }
    assert!(answers[0].is_object() && answers.windows(2).all(|pair| pair[0] == pair[1]));
}

/// The option is stronger than the variable, and says what the machine has.
#[test]
fn a_run_names_its_set() {
    let circuit = circuit();
    for (command, place) in [("run", "/meta"), ("plan", "")] {
        let args = [command, &circuit, "--isa", "portable", "--json"];
        let output = ketlab("", &args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let set = document.pointer(&format!("{place}/instruction_set")).unwrap();
        assert_eq!(set, "portable", "{command}");
    }
    let output = ketlab("portable", &["run", &circuit, "--isa", "avx2"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(
        message.contains("--isa") && message.contains("this machine has portable"),
        "{message}"
    );
}

/// No command runs under another set than the one that was asked for.
#[test]
fn a_set_that_is_none_is_an_error() {
    let circuit = circuit();
    for args in [vec!["run", &circuit], vec!["info", &circuit], vec!["draw", &circuit]] {
        for isa in ["sse2", "AVX2", "avx-512", " "] {
            let output = ketlab(isa, &args);
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{isa:?}: {message}");
            assert!(message.contains("KETLAB_ISA") && message.contains(isa), "{message}");
            assert!(message.contains("this machine has portable"), "{message}");
            assert!(output.stdout.is_empty());
        }
    }
    let none = ketlab("", &["info", &circuit]);
    assert!(none.status.success());
}
