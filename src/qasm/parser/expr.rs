//! Expressions: operator precedence with an explicit stack, so depth costs memory, never the
//! call stack.

use super::group::{Group, Kind};
use super::operators::{SIGN, binding, function};
use super::{Halt, Parse, Parser};
use crate::qasm::ast::{
    Ast, BinaryOp, Expr, ExprKind, Function, Ident, Index, Leaf, List, Node, Operand, PostfixOp,
    Span,
};
use crate::qasm::lexer::Token;

/// Something that waits for its right operand or its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Waiting {
    Unary(PostfixOp),
    Binary(BinaryOp),
    Group(Group),
}

/// Memory that expressions share. Each uses the ends of these stacks, since an expression may
/// hold others, e.g. the width of a type.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Operators with the byte at which their subexpression starts.
    pub(super) waiting: Vec<(Waiting, u32)>,
    /// Where the operands on the (future) stack start.
    pub(super) starts: Vec<u32>,
    /// The steps so far.
    pub(super) nodes: Vec<Node>,
}

/// What may stand in an expression besides the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    /// `++`.
    Alias,
    /// The values of an array in braces.
    Initial,
    /// A range in brackets or a set in braces: the values of a loop.
    Values,
    /// Only what is indexed, with its indices.
    Operand,
}

/// What of an expression was read before it was known to be one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seed {
    None,
    Leaf(Leaf, Span),
    Operand(Operand),
    Expr(Expr),
    /// A call, perhaps with an index.
    Call(Ident, List<Expr>, Option<Expr>),
    /// The cursor is at the `(` of a cast.
    Cast(u32, u32),
    /// A name and a `[`, perhaps with the operand behind it.
    Open(Ident, Option<(Leaf, Span)>),
}

/// An expression that is being read.
pub(super) struct Run {
    pub(super) mode: Mode,
    /// Lengths of the stacks when it began.
    pub(super) waiting: usize,
    pub(super) nodes: usize,
    /// Groups that are open.
    pub(super) depth: usize,
    /// Whether the last thing read was an operand.
    pub(super) complete: bool,
    /// Whether it was a list in braces, which nothing can be added to or indexed.
    pub(super) closed: bool,
    /// Nodes of what the outermost indices index, the number of these, and whether the last one
    /// was a single number.
    pub(super) seed: usize,
    pub(super) indices: usize,
    pub(super) single: bool,
}

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// An expression. The cursor ends on the first token that does not belong to it.
    pub(super) fn expr(&mut self) -> Parse<Expr> {
        let span = self.here();
        // One operand and nothing else is the common case and needs no nodes.
        if let Some(leaf) = self.leaf()? {
            self.advance();
            let longer = self.v3() && matches!(self.token, Token::LBracket | Token::LParen);
            if !longer && self.binary().is_none() {
                return Ok(Expr { kind: ExprKind::Leaf(leaf), span });
            }
            return Ok(self.long_expr(span.start, Mode::Plain, Seed::Leaf(leaf, span))?.0);
        }
        Ok(self.long_expr(span.start, Mode::Plain, Seed::None)?.0)
    }

    /// An expression that is more than one operand, or that may hold more than others. In the mode
    /// [`Mode::Operand`] the second result tells that there is one index, a single number, and the
    /// first is that index.
    pub(super) fn long_expr(&mut self, first: u32, mode: Mode, seed: Seed) -> Parse<(Expr, bool)> {
        let scratch = &mut self.session.expr;
        let (waiting, starts, nodes) =
            (scratch.waiting.len(), scratch.starts.len(), scratch.nodes.len());
        let mut run = Run {
            mode,
            waiting,
            nodes,
            depth: 0,
            complete: false,
            closed: false,
            seed: 1,
            indices: 0,
            single: false,
        };
        let result = self.plant(&mut run, seed).and_then(|()| self.run(&mut run));
        let span = self.since(first);
        let index = mode == Mode::Operand && run.indices == 1 && run.single;
        if result.is_err() {
            self.session.open_braces += self.open_braces(&run);
        }
        let scratch = &mut self.session.expr;
        scratch.waiting.truncate(waiting);
        scratch.starts.truncate(starts);
        let steps = match index {
            true => &scratch.nodes[nodes + run.seed..scratch.nodes.len() - 1],
            false => &scratch.nodes[nodes..],
        };
        let expr = match (&result, steps) {
            (Err(Halt), _) => None,
            (_, &[Node { op: PostfixOp::Leaf(leaf), span }]) => {
                Some(Expr { kind: ExprKind::Leaf(leaf), span })
            }
            (_, steps) => {
                let span = if index { steps.last().map_or(span, |n| n.span) } else { span };
                let to = &mut self.session.ast.nodes;
                let start = to.len();
                to.extend_from_slice(steps);
                Some(Expr { kind: ExprKind::Postfix(List::since(to, start)), span })
            }
        };
        scratch.nodes.truncate(nodes);
        expr.map(|e| (e, index)).ok_or(Halt)
    }

    /// Puts what was read already on the stacks.
    fn plant(&mut self, run: &mut Run, seed: Seed) -> Parse<()> {
        let (ast, scratch) = (&self.session.ast, &mut self.session.expr);
        run.complete = true;
        match seed {
            Seed::None => run.complete = false,
            Seed::Leaf(leaf, span) => return self.operand_leaf(run, leaf, span),
            Seed::Expr(expr) => {
                copy_expr(ast, scratch, expr);
                scratch.starts.push(expr.span.start);
            }
            Seed::Operand(operand) => {
                copy_operand(ast, scratch, operand);
                scratch.starts.push(operand.name.span.start);
                run.indices = usize::from(!matches!(operand.index, Index::None));
                run.single = matches!(operand.index, Index::One(_));
            }
            Seed::Call(name, args, index) => {
                for &arg in args.of(&ast.exprs) {
                    copy_expr(ast, scratch, arg);
                }
                scratch.starts.push(name.span.start);
                let count = args.len() as u32;
                let op = match function(ast.names.name(name.name)) {
                    Some(function) => PostfixOp::Call(function, count),
                    None => PostfixOp::Apply(name.name, count),
                };
                let span = self.since(name.span.start);
                let (ast, scratch) = (&self.session.ast, &mut self.session.expr);
                scratch.nodes.push(Node { op, span });
                run.seed = scratch.nodes.len() - run.nodes;
                if let Some(index) = index {
                    copy_expr(ast, scratch, index);
                    scratch.nodes.push(Node { op: PostfixOp::Index(1), span });
                }
            }
            Seed::Cast(ty, begin) => {
                run.complete = false;
                if !self.at(Token::LParen) {
                    return Err(self.unexpected("`(`"));
                }
                return self.open(run, Kind::Cast(ty), begin);
            }
            Seed::Open(name, leaf) => {
                self.push_leaf(Leaf::Name(name.name), name.span);
                let item = leaf.map_or(self.start, |l| l.1.start);
                self.open_behind(run, Kind::Index, name.span.start, item)?;
                run.complete = false;
                if let Some((leaf, span)) = leaf {
                    return self.operand_leaf(run, leaf, span);
                }
            }
        }
        Ok(())
    }

    fn run(&mut self, run: &mut Run) -> Parse<()> {
        loop {
            if !run.complete {
                self.before_operand(run)?;
                continue;
            }
            let more = !run.closed && (run.depth > 0 || run.mode != Mode::Operand);
            let operator = if more { self.binary() } else { None };
            if let Some(op) = operator
                && (op != BinaryOp::Concat || (run.mode == Mode::Alias && run.depth == 0))
            {
                let (level, right) = binding(op);
                self.reduce(run, |other| other > level || (other == level && !right));
                let begin = *self.session.expr.starts.last().expect("an operand");
                self.session.expr.waiting.push((Waiting::Binary(op), begin));
                self.advance();
                run.complete = false;
            } else if self.at(Token::LBracket) && self.v3() && !run.closed {
                let begin = *self.session.expr.starts.last().expect("an operand");
                self.open(run, Kind::Index, begin)?;
                run.complete = false;
            } else if run.depth == 0 || !self.punctuation(run)? {
                break;
            }
        }
        if run.depth > 0 {
            let wanted = self.innermost(run).map_or("`)`", |g| g.kind.wanted());
            return Err(self.unexpected(wanted));
        }
        self.reduce(run, |_| true);
        Ok(())
    }

    /// Reads one token where an operand is due.
    fn before_operand(&mut self, run: &mut Run) -> Parse<()> {
        if run.depth > 0 && self.v3() && self.empty_item(run)? {
            return Ok(());
        }
        let (span, token) = (self.here(), self.token);
        if let Some(leaf) = self.leaf()? {
            self.advance();
            return self.operand_leaf(run, leaf, span);
        }
        let begin = self.start;
        let waiting = match token {
            // Two signs cancel, so a chain of them takes no memory.
            Token::Minus if self.waits_for_sign(run) => {
                self.session.expr.waiting.pop();
                self.advance();
                return Ok(());
            }
            Token::Minus => PostfixOp::Neg,
            Token::Bang => PostfixOp::Not,
            Token::Tilde => PostfixOp::Complement,
            Token::Plus => {
                if self.strict() {
                    self.strict_error(span, "there is no `+` sign");
                }
                self.advance();
                return Ok(());
            }
            Token::LParen => return self.open(run, Kind::Paren, begin),
            Token::Function | Token::Pow => {
                let function = function(self.token_text()).unwrap_or(Function::Sqrt);
                self.advance();
                if !self.at(Token::LParen) {
                    return Err(self.unexpected("`(`"));
                }
                return self.open(run, Kind::Call(function), begin);
            }
            _ if self.v3() => return self.before_operand_3(run),
            _ => return Err(self.unexpected("a number, a name or `(`")),
        };
        self.session.expr.waiting.push((Waiting::Unary(waiting), begin));
        self.advance();
        Ok(())
    }

    /// Whether the last thing read was a minus sign.
    fn waits_for_sign(&self, run: &Run) -> bool {
        let waiting = &self.session.expr.waiting;
        waiting.len() > run.waiting
            && matches!(waiting.last(), Some((Waiting::Unary(PostfixOp::Neg), _)))
    }

    /// An operand that was read; a name before a parenthesis is a call.
    fn operand_leaf(&mut self, run: &mut Run, leaf: Leaf, span: Span) -> Parse<()> {
        if let Leaf::Name(name) = leaf
            && self.at(Token::LParen)
            && self.v3()
        {
            let kind = match function(self.session.ast.names.name(name)) {
                Some(function) => Kind::Call(function),
                None => Kind::Apply(name),
            };
            run.complete = false;
            return self.open(run, kind, span.start);
        }
        self.push_leaf(leaf, span);
        run.complete = true;
        Ok(())
    }

    fn push_leaf(&mut self, leaf: Leaf, span: Span) {
        self.session.expr.starts.push(span.start);
        self.session.expr.nodes.push(Node { op: PostfixOp::Leaf(leaf), span });
    }

    /// Applies the waiting operators whose level is `tight` enough, back to the last group.
    pub(super) fn reduce(&mut self, run: &Run, tight: impl Fn(u8) -> bool) {
        let end = self.last_end;
        let (file, scratch) = (self.file, &mut self.session.expr);
        while scratch.waiting.len() > run.waiting
            && let Some(&(waiting, start)) = scratch.waiting.last()
        {
            let (op, level) = match waiting {
                Waiting::Unary(op) => (op, SIGN),
                Waiting::Binary(op) => (PostfixOp::Binary(op), binding(op).0),
                Waiting::Group(_) => return,
            };
            if !tight(level) {
                return;
            }
            scratch.waiting.pop();
            if let PostfixOp::Binary(_) = op {
                scratch.starts.pop();
            }
            *scratch.starts.last_mut().expect("an operand") = start;
            scratch.nodes.push(Node { op, span: Span { file, start, end } });
        }
    }

    /// `measure operand` as the whole of an expression; the cursor is on the word.
    pub(super) fn measured(&mut self) -> Parse<Expr> {
        let first = self.start;
        self.advance();
        let operand = self.operand_3("a qubit or a quantum register")?;
        let span = self.since(first);
        let (ast, scratch) = (&mut self.session.ast, &mut self.session.expr);
        let from = scratch.nodes.len();
        copy_operand(ast, scratch, operand);
        scratch.nodes.push(Node { op: PostfixOp::Measure, span });
        let start = ast.nodes.len();
        ast.nodes.extend(scratch.nodes.drain(from..));
        Ok(Expr { kind: ExprKind::Postfix(List::since(&ast.nodes, start)), span })
    }
}

fn copy_expr(ast: &Ast, scratch: &mut Scratch, expr: Expr) {
    match expr.kind {
        ExprKind::Leaf(leaf) => {
            scratch.nodes.push(Node { op: PostfixOp::Leaf(leaf), span: expr.span });
        }
        ExprKind::Postfix(list) => scratch.nodes.extend_from_slice(list.of(&ast.nodes)),
    }
}

fn copy_operand(ast: &Ast, scratch: &mut Scratch, operand: Operand) {
    let name = Node { op: PostfixOp::Leaf(Leaf::Name(operand.name.name)), span: operand.name.span };
    match operand.index {
        Index::None => scratch.nodes.push(name),
        Index::One(index) => {
            scratch.nodes.push(name);
            copy_expr(ast, scratch, index);
            scratch.nodes.push(Node { op: PostfixOp::Index(1), span: operand.span() });
        }
        Index::Whole(whole) => copy_expr(ast, scratch, whole),
    }
}
