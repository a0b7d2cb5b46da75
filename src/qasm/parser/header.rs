//! The version, includes, and what else both versions of the language have.

use super::{Halt, Parse, Parser};
use crate::qasm::Version;
use crate::qasm::ast::{Ident, Library, Stmt, StmtKind};
use crate::qasm::lexer::{Token, clip};
use crate::qasm::source::IncludeRules;

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// `OPENQASM 2.0;`
    pub(super) fn version(&mut self) -> Parse<()> {
        self.advance();
        if !matches!(self.token, Token::Int | Token::Float) {
            let wanted = if self.v3() { "a version (`3.0`)" } else { "a version (`2.0`)" };
            return Err(self.unexpected(wanted));
        }
        let (span, text) = (self.here(), self.token_text().to_owned());
        let stated = match text.as_str() {
            "2" | "2.0" => Some(Version::V2),
            "3" | "3.0" | "3.1" => Some(Version::V3),
            _ => None,
        };
        if stated != Some(self.session.version) {
            // The rest is in a language that this is not.
            let shown = clip(&text, 20);
            let read = if self.v3() { "3" } else { "2" };
            let message = match stated {
                None => format!("cannot read OpenQASM {shown}; expected version 2.0, 3.0 or 3.1"),
                Some(_) if self.file == 0 => format!(
                    "this program is OpenQASM {shown} and was to be read as OpenQASM {read}"
                ),
                Some(_) => format!(
                    "this file is OpenQASM {shown}, and the program that includes it OpenQASM {read}"
                ),
            };
            let fault = self.error(span, message);
            if stated.is_some() && span.file == 0 {
                fault.help("the version was given by `Options::version`");
            }
            self.session.stop = true;
            return Err(Halt);
        }
        self.advance();
        self.semicolon()
    }

    /// `include "file";`
    pub(super) fn include(&mut self) -> Parse<Option<StmtKind>> {
        if self.session.blocks > 0 {
            let span = self.here();
            self.error(span, "an include stands outside of all blocks");
            return Err(Halt);
        }
        self.advance();
        let span = self.here();
        match self.token {
            Token::Str => {}
            Token::SingleQuoted if !self.strict() || self.v3() => {}
            Token::SingleQuoted => {
                self.strict_error(span, "a file name stands in double quotes");
            }
            _ => return Err(self.unexpected("the name of a file in quotes")),
        }
        let text = self.token_text();
        let name = text[1..text.len() - 1].to_owned();
        self.advance();
        let end = self.semicolon();
        if name == "qelib1.inc" {
            return Ok(Some(StmtKind::Header(Library::Qelib1)));
        }
        if name == "stdgates.inc" && self.v3() {
            return Ok(Some(StmtKind::Header(Library::Stdgates)));
        }
        let (options, open) = (self.session.options, &self.session.open);
        if open.len() > options.limits.include_depth {
            let depth = options.limits.include_depth;
            let message = format!("includes are nested more than {depth} deep");
            self.error(span, message).help("the limit is `Limits::include_depth`");
            return Err(Halt);
        }
        let rules = IncludeRules {
            allow_outside: options.allow_outside_includes,
            files: options.limits.include_files,
            bytes: options.limits.source_bytes,
        };
        match self.session.sources.include(self.file, &name, open, rules) {
            Ok(file) => self.session.parse_file(file),
            Err(e) => {
                self.session.faults.error(span, e.message).maybe_help(e.help);
                // What the file declares is missing now; do not report each use of it.
                self.session.stop = true;
            }
        }
        end.map(|()| None)
    }

    /// Records the name of a declaration that failed, so that its uses are not faults as well.
    pub(super) fn broken(&mut self, name: Ident) -> Halt {
        let kind = StmtKind::Broken(name);
        let to = match self.session.blocks {
            0 => &mut self.session.ast.program,
            _ => &mut self.session.pending,
        };
        to.push(Stmt { kind, span: name.span });
        Halt
    }
}
