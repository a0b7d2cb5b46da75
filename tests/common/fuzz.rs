//! Mutated programs for the readers.
//!
//! The mutation run takes seconds by default; `KETLAB_FUZZ_SECONDS=600` makes it longer and
//! prints how many inputs it tried. It mutates real programs (token splices, byte flips,
//! truncation, duplication). An input that fails is written to the folder `KETLAB_FUZZ_FINDS`, if
//! set; minimised ones are kept in `tests/fuzz_corpus/` and run every time.

use super::{files_below, reference};
use ketlab::error::ProgramError;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest time for one input of at most [`MAX_BYTES`].
const TIME: Duration = Duration::from_secs(5);
const MAX_BYTES: usize = 200_000;

/// What holds of every list of faults.
pub fn check_faults(text: &str, p: &ProgramError) {
    assert!(!p.diagnostics.is_empty() && p.diagnostics.len() <= 20);
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count();
    for d in &p.diagnostics {
        assert!((1..=lines).contains(&d.line) && d.column >= 1 && !d.message.is_empty());
    }
    assert!(p.rendered.len() < 30_000, "{}", p.rendered.len());
}

/// Runs the finds in a folder of `tests/fuzz_corpus`.
pub fn kept_finds(folder: &str, run: impl Fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_corpus").join(folder);
    for path in files_below(&folder, "qasm") {
        run(&String::from_utf8_lossy(&fs::read(path).unwrap()));
    }
}

/// Pieces that a splice cuts at.
fn pieces(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', ';', ',', '(', ')', '[', ']', '{', '}', '\n']).collect()
}

fn mutate(rng: &mut ChaCha8Rng, seeds: &[String], words: &[&str]) -> String {
    let pick = |rng: &mut ChaCha8Rng| &seeds[rng.random_range(0..seeds.len())];
    let mut text = pick(rng).clone();
    for _ in 0..rng.random_range(1..5) {
        let mut parts: Vec<String> = pieces(&text).into_iter().map(str::to_owned).collect();
        if parts.is_empty() {
            parts.push(String::new());
        }
        let at = rng.random_range(0..parts.len());
        let end = (at + rng.random_range(0..20)).min(parts.len());
        match rng.random_range(0..8) {
            0 => parts[at] = words[rng.random_range(0..words.len())].to_owned(),
            1 => parts.insert(at, words[rng.random_range(0..words.len())].to_owned()),
            2 => drop(parts.drain(at..end)),
            3 => parts.truncate(at),
            4 => {
                // A part many times over.
                let part = parts[at..end].concat();
                let times = 1 << rng.random_range(0..10);
                parts.insert(at, part.repeat(times));
            }
            5 => {
                let other = pieces(pick(rng));
                let from = rng.random_range(0..other.len().max(1));
                let to = (from + rng.random_range(1..40)).min(other.len());
                parts.insert(at, other[from.min(to)..to].concat());
            }
            6 => {
                let other = rng.random_range(0..parts.len());
                parts.swap(at, other);
            }
            _ => {
                let mut bytes = parts[at].clone().into_bytes();
                if !bytes.is_empty() {
                    let k = rng.random_range(0..bytes.len());
                    bytes[k] ^= 1 << rng.random_range(0..8);
                }
                parts[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        text = parts.concat();
        let mut cut = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        text.truncate(cut);
    }
    text
}

/// Runs mutated programs of the reference folder `language`: for seconds by default, for
/// `KETLAB_FUZZ_SECONDS` if set.
pub fn mutations(language: &str, program: &str, words: &[&str], run: impl Fn(&str)) {
    let seconds = std::env::var("KETLAB_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let mut seeds = vec![program.to_owned()];
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits");
    for folder in [Some(own), reference(language)].into_iter().flatten() {
        for path in files_below(&folder, "qasm") {
            let text = fs::read_to_string(path).unwrap_or_default();
            // Large files cost time and teach nothing new.
            seeds.push(text.chars().take(6000).collect());
        }
    }
    for file in ["parser_corpus", "grammar_valid", "grammar_invalid"] {
        if language == "qasm2" && file != "parser_corpus" {
            continue;
        }
        let Some(path) = reference(&format!("{language}/{file}.json")) else { continue };
        let text = fs::read_to_string(path).unwrap();
        let corpus: serde_json::Value = serde_json::from_str(&text).unwrap();
        let programs = corpus["cases"].as_array().unwrap().iter().map(|c| &c["program"]);
        seeds.extend(programs.map(|p| p.as_str().unwrap().chars().take(2000).collect()));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(if seconds.is_some() { 7 } else { 1 });
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(3));
    let (mut inputs, mut longest) = (0u64, Duration::ZERO);
    while Instant::now() < end {
        let text = mutate(&mut rng, &seeds, words);
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| run(&text)));
        let time = start.elapsed();
        longest = longest.max(time);
        inputs += 1;
        if result.is_err() || (seconds.is_some() && time > TIME) {
            if let Some(folder) = std::env::var_os("KETLAB_FUZZ_FINDS") {
                let path = Path::new(&folder).join(format!("find-{:016x}.qasm", rng.next_u64()));
                fs::write(path, &text).unwrap();
            }
            panic!("input {inputs} after {time:?}: {text:?}");
        }
    }
    println!("{inputs} inputs, the slowest in {longest:?}");
}
