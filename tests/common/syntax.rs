//! OpenQASM 3 as far as its syntax.

use ketlab::Error;
use ketlab::error::Diagnostic;
use ketlab::qasm::parser::Session;
use ketlab::qasm::source::Sources;
use ketlab::qasm::{Options, Version};
use std::path::Path;

/// Options that read a text as OpenQASM 3 whatever its first line says.
pub fn forced() -> Options {
    Options { version: Some(Version::V3), ..Options::default() }
}

/// The session behind a text that was parsed; `folder` is where it may include from.
pub fn parsed<'o>(text: &str, folder: Option<&Path>, options: &'o Options) -> Session<'o> {
    let sources = Sources::new(&options.file_name, text.into(), folder, None);
    let mut session = Session::new(sources, options);
    session.parse_file(0);
    session
}

/// The faults of a session's syntax.
pub fn faults(session: Session<'_>) -> Vec<Diagnostic> {
    if session.faults.is_empty() {
        return vec![];
    }
    match session.faults.into_error(&session.sources) {
        Error::Program(p) => p.diagnostics,
        other => panic!("{other}"),
    }
}

/// `line:column message | help`
pub fn show(d: &Diagnostic) -> String {
    let help = d.help.as_ref().map_or(String::new(), |h| format!(" | {h}"));
    format!("{}:{} {}{help}", d.line, d.column, d.message)
}

/// The faults of a text that is read as OpenQASM 3.
pub fn faults_of(text: &str) -> Vec<String> {
    faults(parsed(text, None, &forced())).iter().map(show).collect()
}
