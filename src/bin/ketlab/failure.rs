//! How the program ends that cannot do what it was asked for.

use clap::error::{ContextKind, ContextValue};
use ketlab::Error;
use ketlab::math::closest;
use std::fmt::Write;
use std::io::ErrorKind;
use std::process::ExitCode;

/// Tells the error, and which exit code is its.
pub fn report(error: anyhow::Error) -> ExitCode {
    // A reader that has seen enough (`ketlab … | head`) is no error.
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    match error.downcast_ref() {
        Some(Error::Interrupted) => {
            eprintln!("interrupted");
            return ExitCode::from(crate::INTERRUPTED);
        }
        // It is laid out with source lines already; what it belongs to comes first.
        Some(program @ Error::Program(_)) => {
            if error.chain().len() > 1 {
                eprintln!("error: {error}");
            }
            eprintln!("{program}");
        }
        Some(Error::UnboundParameters { names }) => {
            eprintln!("error: {error:#}");
            eprintln!("for example: {}", with_values(std::env::args_os(), names));
        }
        _ => eprintln!("error: {error:#}"),
    }
    ExitCode::FAILURE
}

/// Ends the program, whose command line is wrong (or asked for help); a slip of two letters in a
/// short name is no likeness for clap.
pub fn of_command_line(mut error: clap::Error) -> ! {
    if let Some((kind, suggestion)) = suggestion(&error) {
        error.insert(kind, suggestion);
    }
    error.exit()
}

/// The name that was meant by one that clap has nothing to say about.
fn suggestion(error: &clap::Error) -> Option<(ContextKind, ContextValue)> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    };
    if let Some(name) = text(ContextKind::InvalidSubcommand)
        && error.get(ContextKind::SuggestedSubcommand).is_none()
    {
        let command = crate::command_line();
        let near = closest(name, command.get_subcommands().map(clap::Command::get_name))?;
        return Some((ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near])));
    }
    if let Some(ContextValue::Strings(all)) = error.get(ContextKind::ValidValue)
        && error.get(ContextKind::SuggestedValue).is_none()
    {
        let near = closest(text(ContextKind::InvalidValue)?, all.iter().map(String::as_str))?;
        return Some((ContextKind::SuggestedValue, ContextValue::String(near)));
    }
    None
}

/// Whether an error is that nobody reads the output any more.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(ErrorKind::BrokenPipe)
}

/// The same command with values for these parameters, for a shell.
fn with_values(args: impl Iterator<Item = std::ffi::OsString>, names: &[String]) -> String {
    // The program by the name that it is known by, wherever it lies.
    let mut command = String::from("ketlab");
    for arg in args.skip(1) {
        command.push(' ');
        command += &quoted(&arg.to_string_lossy());
    }
    for (k, name) in names.iter().enumerate() {
        let value = (k + 1) as f64 / 10.0;
        let _ = write!(command, " --param {}", quoted(&format!("{name}={value}")));
    }
    command
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%^".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_pasted() {
        let args = ["target/ketlab", "run", "my circuit.json", "--shots", "10"];
        let names = ["theta[0]".to_string(), "it's".to_string(), "φ".to_string()];
        assert_eq!(
            with_values(args.iter().map(Into::into), &names),
            r"ketlab run 'my circuit.json' --shots 10 --param 'theta[0]=0.1' --param 'it'\''s=0.2' --param φ=0.3"
        );
        assert_eq!(quoted(""), "''");
    }
}
