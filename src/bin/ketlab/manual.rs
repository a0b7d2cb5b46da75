//! `ketlab completions` and `ketlab man`: the command line, for shells and for `man`.

use anyhow::{Result, bail};
use clap::Command;
use clap_complete::Shell;
use ketlab::math::closest;
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab completions bash > ~/.local/share/bash-completion/completions/ketlab
  ketlab completions zsh > ~/.zfunc/_ketlab    # with ~/.zfunc in $fpath, before compinit
  ketlab completions fish > ~/.config/fish/completions/ketlab.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn completions(args: Completions) -> Result<ExitCode> {
    // The generator panics where it cannot write; memory takes all.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::command_line(), "ketlab", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab man run | man -l -
  ketlab man > ~/.local/share/man/man1/ketlab.1
  ketlab man vqe > ~/.local/share/man/man1/ketlab-vqe.1")]
pub struct Man {
    /// The subcommand [default: the program]
    subcommand: Option<String>,
}

pub fn man(args: Man) -> Result<ExitCode> {
    let mut program = crate::command_line();
    program.build();
    let page = match &args.subcommand {
        None => program,
        Some(name) => page(&program, name)?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    std::io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn page(program: &Command, name: &str) -> Result<Command> {
    if let Some(found) = program.find_subcommand(name) {
        return Ok(found.clone());
    }
    let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
    let near = closest(name, names.iter().copied());
    let meant = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    bail!("there is no subcommand `{name}`; {meant}there are {}", names.join(", "))
}
