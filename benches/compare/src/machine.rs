//! Where and with what the results were measured.

use ketlab::engine::Isa;
use std::fs;
use std::process::Command;

/// Lines for the head of the results.
pub fn describe(threads: usize) -> Vec<(&'static str, String)> {
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    let flags = match env!("COMPARE_RUSTFLAGS") {
        "" => "no flags: NOT compiled for the native CPU; use `benches/compare/run`",
        flags => flags,
    };
    let commit = git(&["rev-parse", "--short", "HEAD"]).map(|hash| {
        let dirty = git(&["status", "--porcelain"]).is_some_and(|changes| !changes.is_empty());
        format!(", commit {hash}{}", if dirty { " and uncommitted changes" } else { "" })
    });
    let avx512 = match std::env::var("PRISM_AVX512") {
        Ok(value) => format!("PRISM_AVX512={value}"),
        Err(_) => "PRISM_AVX512 unset, its default".into(),
    };
    vec![
        ("CPU", format!("{}, {cores} cores", processor())),
        ("memory", field("/proc/meminfo", "MemTotal")),
        ("kernel", read("/proc/sys/kernel/osrelease")),
        ("load before", read("/proc/loadavg")),
        ("instruction set", format!("ketlab {}; prism-q chooses its own ({avx512})", Isa::best())),
        ("ketlab", format!("{}{}", locked("ketlab"), commit.unwrap_or_default())),
        ("prism-q", locked("prism-q")),
        ("compiler", format!("{}, {flags}", env!("COMPARE_RUSTC"))),
        ("threads", threads.to_string()),
        ("date", output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]).unwrap_or_default()),
        ("command", command()),
    ]
}

/// The processor's name, family and model: generations share names.
fn processor() -> String {
    let [name, family, model] =
        ["model name", "cpu family", "model"].map(|f| field("/proc/cpuinfo", f));
    format!("{name} (family {family}, model {model})")
}

/// As it would be typed at the root of the repository.
fn command() -> String {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let isa = std::env::var("KETLAB_ISA").map(|isa| format!("--isa {isa}"));
    let words = ["benches/compare/run".to_string()].into_iter().chain(isa).chain(args);
    format!("`{}`", words.collect::<Vec<_>>().join(" "))
}

fn read(path: &str) -> String {
    fs::read_to_string(path).map_or_else(|_| "unknown".into(), |text| text.trim().to_string())
}

/// The first value of that name in a file of `name : value` lines.
fn field(path: &str, name: &str) -> String {
    let text = read(path);
    let line =
        text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
    line.map_or_else(|| "unknown".into(), |value| value.trim().to_string())
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}

fn git(args: &[&str]) -> Option<String> {
    output("git", &[&["-C", env!("CARGO_MANIFEST_DIR")], args].concat())
}

/// A package's version in the lock file.
fn locked(package: &str) -> String {
    let entry = format!("name = \"{package}\"\nversion = \"");
    let rest = include_str!("../Cargo.lock").split_once(&entry).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split('"').next()).unwrap_or("unknown").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_versions() {
        assert_eq!(locked("prism-q"), "0.37.0");
        assert_ne!(locked("ketlab"), "unknown");
        assert_eq!(locked("nothing"), "unknown");
    }
}
