//! What is in parentheses, brackets and braces inside of an expression.

use super::expr::{Mode, Run, Waiting};
use super::{Halt, Parse, Parser};
use crate::qasm::ast::{Ast, Function, Node, PostfixOp, Symbol};
use crate::qasm::lexer::Token;

/// An open parenthesis, bracket or brace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) kind: Kind,
    /// Items before the last comma.
    items: u32,
    /// Colons of the item that is being read.
    colons: u8,
    /// Which parts of this range are written: 1 the start, 2 behind the first colon, 4 behind the
    /// second.
    parts: u8,
    /// Where this item starts.
    item: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Paren,
    Call(Function),
    Apply(Symbol),
    Cast(u32),
    Index,
    /// The range of a loop.
    Range,
    /// A set of indices.
    Set,
    /// The values of an array.
    Array,
}

impl Kind {
    fn is_list(self) -> bool {
        matches!(self, Kind::Call(_) | Kind::Apply(_) | Kind::Index | Kind::Set | Kind::Array)
    }

    fn closer(self) -> Token {
        match self {
            Kind::Paren | Kind::Call(_) | Kind::Apply(_) | Kind::Cast(_) => Token::RParen,
            Kind::Index | Kind::Range => Token::RBracket,
            Kind::Set | Kind::Array => Token::RBrace,
        }
    }

    /// What a message expects behind an item.
    pub(super) fn wanted(self) -> &'static str {
        match self.closer() {
            Token::RParen => "an operator or `)`",
            Token::RBracket => "an operator or `]`",
            _ => "`,` or `}`",
        }
    }
}

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// Opens a group at the bracket under the cursor.
    pub(super) fn open(&mut self, run: &mut Run, kind: Kind, begin: u32) -> Parse<()> {
        self.advance();
        let item = self.start;
        self.open_behind(run, kind, begin, item)
    }

    /// Opens a group whose bracket was read.
    pub(super) fn open_behind(
        &mut self,
        run: &mut Run,
        kind: Kind,
        begin: u32,
        item: u32,
    ) -> Parse<()> {
        run.depth += 1;
        let max = self.session.options.limits.nesting;
        if run.depth > max {
            let what = if kind.closer() == Token::RParen { "parentheses" } else { "brackets" };
            // The bracket is the token before the cursor.
            let span = crate::qasm::ast::Span {
                file: self.file,
                start: if self.v3() { self.last_end - 1 } else { begin },
                end: self.last_end,
            };
            self.error(span, format!("{what} are nested more than {max} deep"))
                .help("the limit is `Limits::nesting`");
            return Err(Halt);
        }
        let group = Group { kind, items: 0, colons: 0, parts: 0, item };
        self.session.expr.waiting.push((Waiting::Group(group), begin));
        Ok(())
    }

    /// The innermost open group, if nothing inside of it waits for its operand.
    fn top_group(&self, run: &Run) -> Option<Group> {
        let waiting = &self.session.expr.waiting;
        match waiting.last() {
            Some(&(Waiting::Group(group), _)) if waiting.len() > run.waiting => Some(group),
            _ => None,
        }
    }

    /// The innermost open group.
    pub(super) fn innermost(&self, run: &Run) -> Option<Group> {
        self.session.expr.waiting[run.waiting..].iter().rev().find_map(|w| match w.0 {
            Waiting::Group(group) => Some(group),
            _ => None,
        })
    }

    /// Lists in braces that are open.
    pub(super) fn open_braces(&self, run: &Run) -> usize {
        let list = |w: &&(Waiting, u32)| matches!(w.0, Waiting::Group(g) if g.kind.closer() == Token::RBrace);
        self.session.expr.waiting[run.waiting..].iter().filter(list).count()
    }

    /// The token behind a complete item; false if it does not belong to the expression.
    pub(super) fn punctuation(&mut self, run: &mut Run) -> Parse<bool> {
        let token = self.token;
        let known = token == Token::RParen
            || self.v3()
                && matches!(token, Token::RBracket | Token::RBrace | Token::Comma | Token::Colon);
        if !known {
            return Ok(false);
        }
        self.reduce(run, |_| true);
        let Some(mut group) = self.top_group(run) else { return Ok(false) };
        if run.closed && group.kind == Kind::Index && token != Token::RBracket {
            return Err(self.unexpected("`]`"));
        }
        run.closed = false;
        match token {
            Token::Comma if group.kind.is_list() => {
                self.item(&mut group, true);
                self.next_item(group);
            }
            Token::Colon if matches!(group.kind, Kind::Index | Kind::Range) && group.colons < 2 => {
                group.parts |= 1 << group.colons;
                group.colons += 1;
                self.put(group);
            }
            token if token == group.kind.closer() => {
                self.item(&mut group, true);
                if group.kind == Kind::Range && group.colons == 0 {
                    return Err(self.unexpected("`:`"));
                }
                self.close(run, group);
                return Ok(true);
            }
            _ => return Ok(false),
        }
        self.advance();
        run.complete = false;
        Ok(true)
    }

    /// The token where an operand is due, if it means that there is none: the end of an empty list,
    /// behind a comma too many, or a part of a range that is left out.
    pub(super) fn empty_item(&mut self, run: &mut Run) -> Parse<bool> {
        let Some(mut group) = self.top_group(run) else { return Ok(false) };
        let ranged = matches!(group.kind, Kind::Index | Kind::Range);
        match self.token {
            Token::Colon if ranged && group.colons < 2 => {
                group.colons += 1;
                self.put(group);
                self.advance();
            }
            Token::Comma if group.kind == Kind::Index && group.colons == 1 => {
                self.item(&mut group, false);
                self.next_item(group);
                self.advance();
            }
            Token::RBracket if ranged && group.colons == 1 => {
                self.item(&mut group, false);
                self.close(run, group);
            }
            token if token == group.kind.closer() && group.colons == 0 => {
                let call = matches!(group.kind, Kind::Call(_) | Kind::Apply(_));
                if !(call || (group.items > 0 && group.kind.is_list())) {
                    return Ok(false);
                }
                self.close(run, group);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Replaces the innermost group.
    fn put(&mut self, group: Group) {
        if let Some(last) = self.session.expr.waiting.last_mut() {
            last.0 = Waiting::Group(group);
        }
    }

    /// Goes on to the item behind the comma under the cursor.
    fn next_item(&mut self, group: Group) {
        self.put(Group { colons: 0, parts: 0, item: self.end, ..group });
    }

    /// Ends an item, whose last part may be missing.
    fn item(&mut self, group: &mut Group, complete: bool) {
        if complete {
            group.parts |= 1 << group.colons;
        }
        group.items += 1;
        if group.colons == 0 {
            return;
        }
        let part = |k: u8| group.parts >> k & 1 == 1;
        let op = PostfixOp::Range {
            start: part(0),
            step: group.colons == 2 && part(1),
            stop: part(group.colons),
        };
        let span = self.since(group.item);
        let scratch = &mut self.session.expr;
        let kept = scratch.starts.len() - group.parts.count_ones() as usize;
        scratch.starts.truncate(kept);
        scratch.starts.push(group.item);
        scratch.nodes.push(Node { op, span });
    }

    /// Closes the innermost group at the bracket under the cursor; its items are ended.
    fn close(&mut self, run: &mut Run, group: Group) {
        self.advance();
        let begin = self.session.expr.waiting.pop().map_or(0, |w| w.1);
        let span = self.since(begin);
        let scratch = &mut self.session.expr;
        let kept = scratch.starts.len() - group.items as usize;
        scratch.starts.truncate(kept);
        if group.kind != Kind::Index {
            scratch.starts.push(begin);
        }
        run.depth -= 1;
        run.complete = true;
        run.closed = matches!(group.kind, Kind::Set | Kind::Array | Kind::Range);
        let op = match group.kind {
            Kind::Paren | Kind::Range => return,
            Kind::Call(function) => PostfixOp::Call(function, group.items),
            Kind::Apply(name) => PostfixOp::Apply(name, group.items),
            Kind::Cast(ty) => PostfixOp::Cast(ty),
            Kind::Index => PostfixOp::Index(group.items),
            Kind::Set | Kind::Array => PostfixOp::Braces(group.items),
        };
        if group.kind == Kind::Index && run.depth == 0 {
            let last = scratch.nodes.last().map(|n| n.op);
            run.indices += 1;
            run.single = group.items == 1
                && !matches!(last, Some(PostfixOp::Range { .. } | PostfixOp::Braces(_)));
        }
        scratch.nodes.push(Node { op, span });
    }

    /// What only OpenQASM 3 has where an operand is due.
    pub(super) fn before_operand_3(&mut self, run: &mut Run) -> Parse<()> {
        let begin = self.start;
        match self.token {
            Token::Type | Token::Array => {
                let ty = self.type_index()?;
                if !self.at(Token::LParen) {
                    return Err(self.unexpected("`(`"));
                }
                self.open(run, Kind::Cast(ty), begin)
            }
            Token::LBrace => {
                let scratch = &self.session.expr;
                let first =
                    scratch.waiting.len() == run.waiting && scratch.nodes.len() == run.nodes;
                let kind = match (self.top_group(run), run.mode) {
                    (Some(g), _) if g.kind == Kind::Index && g.items == 0 && g.colons == 0 => {
                        Kind::Set
                    }
                    (Some(g), _) if g.kind == Kind::Array => Kind::Array,
                    (None, Mode::Initial) if first => Kind::Array,
                    (None, Mode::Values) if first => Kind::Set,
                    _ => {
                        let halt = self.unexpected("a number, a name or `(`");
                        let place = "values in braces initialise an array, choose indices or are \
                            those of a loop";
                        let start = self.here();
                        self.session.faults.help_last(start, place.into());
                        return Err(halt);
                    }
                };
                self.open(run, kind, begin)
            }
            Token::LBracket if run.mode == Mode::Values && run.depth == 0 => {
                let nothing = self.session.expr.waiting.len() == run.waiting;
                if !nothing {
                    return Err(self.unexpected("a number, a name or `(`"));
                }
                self.open(run, Kind::Range, begin)
            }
            Token::DurationOf => {
                self.advance();
                self.expect(Token::LParen, "`(`")?;
                self.discarded_block()?;
                self.expect(Token::RParen, "`)`")?;
                let span = self.since(begin);
                self.session.expr.starts.push(begin);
                self.session.expr.nodes.push(Node { op: PostfixOp::DurationOf, span });
                run.complete = true;
                Ok(())
            }
            Token::Measure => {
                let span = self.here();
                self.error(span, "a measurement is no part of a longer expression")
                    .help("measure into a bit first: `c = measure q;`");
                Err(Halt)
            }
            _ => Err(self.unexpected("a number, a name or `(`")),
        }
    }

    /// A block of which only the syntax is checked.
    fn discarded_block(&mut self) -> Parse<()> {
        if !self.at(Token::LBrace) {
            return Err(self.unexpected("`{`"));
        }
        // Its statements must not come between the parts of what is being read, and are not kept.
        let mut inner = Ast::default();
        std::mem::swap(&mut inner.names, &mut self.session.ast.names);
        let outer = std::mem::replace(&mut self.session.ast, inner);
        let result = self.block();
        let inner = std::mem::replace(&mut self.session.ast, outer);
        self.session.ast.names = inner.names;
        result.map(|_| ())
    }
}
