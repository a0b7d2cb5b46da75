//! Files that are damaged, edited, another run's, or no checkpoints at all.

use super::*;
use serde_json::json;

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("ketlab-checkpoint-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("c.json")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn print(seed: u64) -> Fingerprint {
    Fingerprint::new().with("seed", &seed)
}

fn log(path: &Path) -> Result<(Log, Vec<Value>)> {
    Log::resume(path, "log", &print(0))
}

fn message<T>(result: Result<T>) -> String {
    result.err().expect("it is refused").to_string()
}

#[test]
fn a_log_goes_on() {
    let folder = Folder::new("log");
    let path = folder.file();
    let mut first = Log::create(&path, "log", &print(0)).unwrap();
    first.append(&json!({"cell": 0.1})).unwrap();
    drop(first);
    let (mut second, records) = log(&path).unwrap();
    assert_eq!(records, [json!({"cell": 0.1})]);
    second.append(&[1, 2]).unwrap();
    drop(second);
    assert_eq!(log(&path).unwrap().1, [json!({"cell": 0.1}), json!([1, 2])]);
    assert_eq!(folder.names(), ["c.json"]);
}

#[test]
fn a_snapshot_is_replaced() {
    let folder = Folder::new("snapshot");
    let path = folder.file();
    let resume = || Snapshot::resume(&path, "run", &print(0));
    let mut first = Snapshot::create(&path, "run", &print(0)).unwrap();
    // Killed before there was anything to keep.
    assert_eq!(Snapshot::read(&path, "run", &print(0)).unwrap(), None);
    for k in 0..3 {
        first.replace(&json!({ "iteration": k })).unwrap();
    }
    drop(first);
    let (mut second, record) = resume().unwrap();
    assert_eq!(record, Some(json!({"iteration": 2})));
    second.replace(&json!({"iteration": 3})).unwrap();
    drop(second);
    assert_eq!(resume().unwrap().1, Some(json!({"iteration": 3})));
    // What a run that was killed left behind goes away.
    fs::write(unfinished(&path), "half of").unwrap();
    let (mut third, _) = resume().unwrap();
    assert_eq!(folder.names(), ["c.json"]);
    fs::write(unfinished(&path), "half of").unwrap();
    third.replace(&json!({"iteration": 4})).unwrap();
    assert_eq!(folder.names(), ["c.json"]);
    third.discard();
    fs::write(unfinished(&path), "half of").unwrap();
    Snapshot::create(&path, "run", &print(0)).unwrap();
    assert_eq!(folder.names(), ["c.json"]);
}

#[test]
fn a_file_that_exists_is_left_as_it_is() {
    let folder = Folder::new("exists");
    let path = folder.file();
    fs::write(&path, "my notes\n").unwrap();
    let there = message(Snapshot::create(&path, "run", &print(0)));
    assert!(there.contains("the file exists and is not a checkpoint"), "{there}");
    for resumed in [
        message(Snapshot::resume(&path, "run", &print(0))),
        message(Snapshot::read(&path, "run", &print(0))),
        message(log(&path)),
    ] {
        assert!(resumed.contains("not a checkpoint; it is left as it is"), "{resumed}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "my notes\n");
    fs::remove_file(&path).unwrap();
    drop(Log::create(&path, "log", &print(0)).unwrap());
    let before = fs::read(&path).unwrap();
    let there = message(Log::create(&path, "log", &print(0)));
    assert!(there.contains("the file exists") && there.contains("--resume"), "{there}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let folder_there = message(Log::create(&folder.0, "log", &print(0)));
    assert!(folder_there.contains("the file exists and is not a checkpoint"), "{folder_there}");
    assert!(message(log(&folder.0)).contains("not even a regular file"));
    // What is no text, what is empty, and a line that has no end.
    for bytes in [&[0xff, 0xfe, b'\n'][..], b"", &[b'x'; 3 << 20]] {
        fs::write(&path, bytes).unwrap();
        assert!(message(log(&path)).contains("not a checkpoint"));
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_or_refused() {
    let folder = Folder::new("link");
    let (path, link) = (folder.file(), folder.0.join("link"));
    std::os::unix::fs::symlink(&path, &link).unwrap();
    // Not even one that leads nowhere is replaced.
    assert!(message(Snapshot::create(&link, "run", &print(0))).contains("the file exists"));
    drop(Snapshot::create(&path, "run", &print(0)).unwrap());
    let (mut snapshot, _) = Snapshot::resume(&link, "run", &print(0)).unwrap();
    snapshot.replace(&1).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(Snapshot::read(&path, "run", &print(0)).unwrap(), Some(json!(1)));
}

#[test]
fn another_runs_file_is_refused_by_name() {
    let folder = Folder::new("another");
    let path = folder.file();
    drop(Log::create(&path, "log", &print(0)).unwrap());
    let other = message(Log::resume(&path, "log", &print(9)));
    assert!(other.contains("the checkpoint's seed is `0`; this run has `9`"), "{other}");
    let other = message(Log::resume(&path, "run", &print(0)));
    assert!(other.contains("the checkpoint's kind is `log`; this run has `run`"), "{other}");
    let old = [
        r#"{"header":{"format":"ketlab optimizer checkpoint 1","method":"adam"},"run":{}}"#,
        "{\"format\":\"ketlab error curve checkpoint 1\",\"problems\":[]}\n{}\n",
    ];
    for old in old {
        fs::write(&path, old).unwrap();
        let refused = message(log(&path));
        assert!(refused.contains("a checkpoint of an earlier ketlab"), "{refused}");
    }
    let text = Chain::default().seal(&json!({"format": "ketlab.checkpoint", "version": 7}));
    fs::write(&path, text.unwrap()).unwrap();
    let refused = message(log(&path));
    assert!(refused.contains("format version 7; this ketlab reads version 1"), "{refused}");
}

#[test]
fn every_changed_byte_is_found() {
    let folder = Folder::new("bytes");
    let path = folder.file();
    let mut written = Log::create(&path, "log", &print(0)).unwrap();
    for k in 0..3 {
        written.append(&json!({ "cell": k })).unwrap();
    }
    drop(written);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x01;
        fs::write(&path, &changed).unwrap();
        // A changed end of the last line is an end that is missing.
        match log(&path) {
            Err(error) => assert!(matches!(error, Error::Io { .. }), "{error}"),
            Ok((_, records)) => assert!(at == whole.len() - 1 && records.len() == 2, "byte {at}"),
        }
    }
    // Lines that are left out, repeated or moved.
    let lines: Vec<&[u8]> = whole.split_inclusive(|&b| b == b'\n').collect();
    for order in [&[0, 2, 3][..], &[0, 1, 1, 2, 3], &[0, 2, 1, 3]] {
        let bytes: Vec<u8> = order.iter().flat_map(|&k| lines[k].to_vec()).collect();
        fs::write(&path, &bytes).unwrap();
        let refused = message(log(&path));
        assert!(refused.contains("damaged or was edited: the checksum of line"), "{refused}");
    }
}

#[test]
fn an_interrupted_write_is_seen() {
    let folder = Folder::new("torn");
    let path = folder.file();
    let mut written = Log::create(&path, "log", &print(0)).unwrap();
    let header = fs::metadata(&path).unwrap().len() as usize;
    written.append(&json!({"cell": 0})).unwrap();
    drop(written);
    let whole = fs::read(&path).unwrap();
    for end in 0..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        match log(&path) {
            Err(error) => assert!(end < header, "{error}"),
            Ok((mut log, records)) => {
                assert!(end >= header && records.is_empty());
                log.append(&json!({"cell": 0})).unwrap();
                assert_eq!(fs::read(&path).unwrap(), whole);
            }
        }
    }
    // A snapshot is never half there, so its file was cut by something else.
    fs::remove_file(&path).unwrap();
    let mut snapshot = Snapshot::create(&path, "run", &print(0)).unwrap();
    snapshot.replace(&json!({"iteration": 1})).unwrap();
    drop(snapshot);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 2]).unwrap();
    let refused = message(Snapshot::resume(&path, "run", &print(0)));
    assert!(refused.contains("its end is missing"), "{refused}");
}

#[test]
fn one_run_writes_a_checkpoint() {
    let folder = Folder::new("lock");
    let path = folder.file();
    let mut log_there = Log::create(&path, "log", &print(0)).unwrap();
    log_there.append(&1).unwrap();
    assert!(message(log(&path)).contains("another run is writing this checkpoint"));
    drop(log_there);
    assert!(log(&path).is_ok());
    fs::remove_file(&path).unwrap();
    let mut snapshot = Snapshot::create(&path, "run", &print(0)).unwrap();
    snapshot.replace(&1).unwrap();
    let resumed = message(Snapshot::resume(&path, "run", &print(0)));
    assert!(resumed.contains("another run is writing this checkpoint"), "{resumed}");
}

#[test]
fn a_folder_that_goes_away_loses_nothing_that_comes_back() {
    let folder = Folder::new("away");
    let path = folder.file();
    let mut log_there = Log::create(&path, "log", &print(0)).unwrap();
    log_there.append(&0).unwrap();
    let elsewhere = folder.0.with_extension("elsewhere");
    fs::rename(&folder.0, &elsewhere).unwrap();
    assert!(message(log_there.append(&1)).contains("was removed"));
    fs::rename(&elsewhere, &folder.0).unwrap();
    log_there.append(&2).unwrap();
    drop(log_there);
    assert_eq!(log(&path).unwrap().1, [json!(0), json!(1), json!(2)]);
}
