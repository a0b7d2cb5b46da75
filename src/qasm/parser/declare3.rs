//! Declarations of OpenQASM 3.

use super::expr::{Mode, Seed};
use super::{Halt, Parse, Parser};
use crate::qasm::ast::{
    Declaration, GateDef, List, Param, Role, StmtKind, Subroutine, Type, TypeKind,
};
use crate::qasm::lexer::Token;

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// `qubit[n] q;`, `qreg q[n];` or `creg c[n];`
    pub(super) fn register_3(&mut self) -> Parse<StmtKind> {
        let word = self.token;
        self.advance();
        let mut size = None;
        if word == Token::Qubit {
            size = self.designator()?;
        }
        let name = self.new_name("the name of a register")?;
        if word != Token::Qubit {
            size = self.designator().map_err(|_| self.broken(name))?;
        }
        // Without its `;` the register is still known.
        if self.semicolon().is_err() {
            if self.at(Token::LBracket) && word == Token::Qubit {
                let help = "the size stands behind the word: `qubit[2] q;`";
                self.session.faults.help_last(name.span, help.into());
            }
            self.recover(self.session.blocks > 0);
        }
        Ok(match word {
            Token::Creg => StmtKind::Bits { name, size },
            _ => StmtKind::Qubits { name, size },
        })
    }

    /// A classical variable, or an expression that begins with a cast.
    pub(super) fn declaration(&mut self) -> Parse<StmtKind> {
        let first = self.start;
        let role = match (self.token, self.token_text()) {
            (Token::Const, _) => Role::Const,
            (Token::Io, "input") => Role::Input,
            (Token::Io, _) => Role::Output,
            _ => Role::Variable,
        };
        if role != Role::Variable {
            self.advance();
        }
        if role == Role::Const && self.at(Token::Array) {
            let span = self.here();
            self.error(span, "an array cannot be `const`");
            return Err(Halt);
        }
        let ty = self.type_index()?;
        if role == Role::Variable && self.at(Token::LParen) {
            return self.expression_from(first, Seed::Cast(ty, first));
        }
        let name = self.new_name("the name of a variable")?;
        let value = match (role, self.token) {
            (Role::Variable | Role::Const, Token::Assign) => {
                self.advance();
                Some(self.right_side().map_err(|_| self.broken(name))?)
            }
            (Role::Const, _) => {
                self.broken(name);
                return Err(self.unexpected("`=` and the value of the constant"));
            }
            (_, Token::LBracket) => {
                self.broken(name);
                let halt = self.unexpected("`;`");
                let help = "a width stands behind the type: `int[8] a`";
                self.session.faults.help_last(name.span, help.into());
                return Err(halt);
            }
            _ => None,
        };
        if self.semicolon().is_err() {
            self.recover(self.session.blocks > 0);
        }
        let value = value.map(|v| self.keep(v));
        let list = &mut self.session.ast.declarations;
        list.push(Declaration { ty, name, value, role });
        Ok(StmtKind::Declare(list.len() as u32 - 1))
    }

    /// `let name = qubits ++ qubits;`
    pub(super) fn alias(&mut self) -> Parse<StmtKind> {
        self.advance();
        let name = self.new_name("a new name")?;
        if !self.eat(Token::Assign) {
            self.broken(name);
            return Err(self.unexpected("`=`"));
        }
        let first = self.start;
        let value = self.long_expr(first, Mode::Alias, Seed::None);
        let (value, _) = value.map_err(|_| self.broken(name))?;
        self.semicolon()?;
        Ok(StmtKind::Alias { name, value: self.keep(value) })
    }

    /// `gate name(params) qubits { body }`
    pub(super) fn gate_3(&mut self) -> Parse<StmtKind> {
        self.advance();
        let name = self.new_name("the name of the gate")?;
        let (params, qubits) = match self.signature(false) {
            Ok(lists) => lists,
            Err(halt) => {
                self.broken(name);
                return Err(halt);
            }
        };
        let body = Some(self.block().map_err(|_| self.broken(name))?);
        let gates = &mut self.session.ast.gates;
        gates.push(GateDef { name, params, qubits, body });
        Ok(StmtKind::Gate(gates.len() as u32 - 1))
    }

    /// `def name(params) -> type { body }`
    pub(super) fn subroutine(&mut self) -> Parse<StmtKind> {
        self.advance();
        let name = self.new_name("the name of the subroutine")?;
        let head = self.head();
        let (params, result) = head.map_err(|_| self.broken(name))?;
        let body = self.block().map_err(|_| self.broken(name))?;
        let list = &mut self.session.ast.subroutines;
        list.push(Subroutine { name, params, result, body });
        Ok(StmtKind::Def(list.len() as u32 - 1))
    }

    fn head(&mut self) -> Parse<(List<Param>, Option<u32>)> {
        self.expect(Token::LParen, "`(`")?;
        let start = self.session.ast.params.len();
        while !self.at(Token::RParen) {
            let param = self.param()?;
            self.session.ast.params.push(param);
            if !self.comma(Token::RParen) {
                break;
            }
        }
        self.expect(Token::RParen, "`)`")?;
        let params = List::since(&self.session.ast.params, start);
        Ok((params, self.result()?))
    }

    /// `-> type`
    fn result(&mut self) -> Parse<Option<u32>> {
        if !self.eat(Token::Arrow) {
            return Ok(None);
        }
        let ty = self.scalar_type()?;
        Ok(Some(self.keep_type(ty)))
    }

    fn param(&mut self) -> Parse<Param> {
        let mutable = self.at(Token::Access) && self.token_text() == "mutable";
        let first = self.start;
        if matches!(self.token, Token::Qreg | Token::Creg) {
            let kind = if self.at(Token::Qreg) { TypeKind::Qubit } else { TypeKind::Bit };
            self.advance();
            let name = self.new_name("the name of a parameter")?;
            let width = self.designator()?;
            let ty = self.plain_type(kind, width, first);
            return Ok(Param { ty, name, mutable });
        }
        let ty = self.param_type()?;
        let name = self.new_name("the name of a parameter")?;
        Ok(Param { ty, name, mutable })
    }

    fn plain_type(&mut self, kind: TypeKind, width: Option<u32>, first: u32) -> u32 {
        let dims = List::since(&self.session.ast.exprs, self.session.ast.exprs.len());
        self.keep_type(Type { kind, width, dims, num_dims: None, span: self.since(first) })
    }

    /// The type of a parameter that stands before its name.
    fn param_type(&mut self) -> Parse<u32> {
        let first = self.start;
        match self.token {
            Token::Qubit => {
                self.advance();
                let width = self.designator()?;
                Ok(self.plain_type(TypeKind::Qubit, width, first))
            }
            Token::Access => {
                self.advance();
                if !self.at(Token::Array) {
                    return Err(self.unexpected("`array`"));
                }
                let ty = self.array_type(true)?;
                Ok(self.keep_type(ty))
            }
            Token::Array => {
                let span = self.here();
                self.error(span, "an array parameter says whether it is changed")
                    .help("write `readonly array[…]` or `mutable array[…]`");
                Err(Halt)
            }
            _ => {
                let ty = self.scalar_type()?;
                Ok(self.keep_type(ty))
            }
        }
    }

    /// `extern name(types) -> type;`
    pub(super) fn external(&mut self) -> Parse<StmtKind> {
        self.advance();
        let name = self.new_name("the name of a function")?;
        self.expect(Token::LParen, "`(`")?;
        while !self.at(Token::RParen) {
            if self.at(Token::Creg) {
                self.advance();
                self.designator()?;
            } else if self.at(Token::Qubit) {
                return Err(self.unexpected("a classical type"));
            } else {
                self.param_type()?;
            }
            if !self.comma(Token::RParen) {
                break;
            }
        }
        self.expect(Token::RParen, "`)`")?;
        self.result()?;
        self.semicolon()?;
        Ok(StmtKind::Extern(name))
    }
}
