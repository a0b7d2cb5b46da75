//! Types of OpenQASM 3.

use super::{Halt, Parse, Parser};
use crate::math::closest;
use crate::qasm::ast::{List, Span, Type, TypeKind};
use crate::qasm::lexer::{Token, clip};

const TYPES: [&str; 11] = [
    "bit", "bool", "int", "uint", "float", "angle", "complex", "duration", "stretch", "array",
    "qubit",
];

impl<const V3: bool> Parser<'_, '_, '_, V3> {
    /// Keeps a type.
    pub(super) fn keep_type(&mut self, ty: Type) -> u32 {
        let types = &mut self.session.ast.types;
        types.push(ty);
        types.len() as u32 - 1
    }

    /// A scalar type or an array, in the list of types.
    pub(super) fn type_index(&mut self) -> Parse<u32> {
        // A width may hold a cast, whose type has a width.
        self.enter()?;
        let ty = if self.at(Token::Array) { self.array_type(false) } else { self.scalar_type() };
        self.leave();
        ty.map(|ty| self.keep_type(ty))
    }

    /// `bit`, `int[8]`, `complex[float[64]]` …
    pub(super) fn scalar_type(&mut self) -> Parse<Type> {
        let first = self.start;
        if self.token != Token::Type {
            return Err(self.no_type());
        }
        let kind = match self.token_text() {
            "bit" => TypeKind::Bit,
            "int" => TypeKind::Int,
            "uint" => TypeKind::Uint,
            "float" => TypeKind::Float,
            "angle" => TypeKind::Angle,
            "bool" => TypeKind::Bool,
            "complex" => TypeKind::Complex,
            "duration" => TypeKind::Duration,
            _ => TypeKind::Stretch,
        };
        self.advance();
        let width = match kind {
            TypeKind::Bool | TypeKind::Duration | TypeKind::Stretch => {
                if self.at(Token::LBracket) {
                    let (span, word) = (self.here(), &self.text[first as usize..]);
                    let word = word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
                    self.error(span, format!("the type `{word}` has no width"));
                    return Err(Halt);
                }
                None
            }
            TypeKind::Complex => self.parts()?,
            _ => self.designator()?,
        };
        let dims = List::since(&self.session.ast.exprs, self.session.ast.exprs.len());
        Ok(Type { kind, width, dims, num_dims: None, span: self.since(first) })
    }

    /// `[float[64]]` of a complex number.
    fn parts(&mut self) -> Parse<Option<u32>> {
        if !self.eat(Token::LBracket) {
            return Ok(None);
        }
        if self.token != Token::Type || self.token_text() != "float" {
            let halt = self.unexpected("`float`");
            let span = self.here();
            let help = "the parts of a complex number are `float`s: `complex[float[64]]`";
            self.session.faults.help_last(span, help.into());
            return Err(halt);
        }
        self.advance();
        let width = self.designator()?;
        self.expect(Token::RBracket, "`]`")?;
        Ok(width)
    }

    /// `array[type, dimensions]`, or as a parameter also `array[type, #dim = n]`.
    pub(super) fn array_type(&mut self, parameter: bool) -> Parse<Type> {
        let first = self.start;
        self.advance();
        self.expect(Token::LBracket, "`[`")?;
        let of = self.scalar_type()?;
        self.expect(Token::Comma, "`,` and the dimensions")?;
        let mut num_dims = None;
        let mut dims = of.dims;
        if self.at(Token::Dim) && parameter {
            self.advance();
            self.expect(Token::Assign, "`=`")?;
            let expr = self.expr()?;
            num_dims = Some(self.keep(expr));
        } else {
            dims = self.expr_list(Token::RBracket)?;
            if dims.is_empty() {
                return Err(self.unexpected("a dimension"));
            }
        }
        self.expect(Token::RBracket, "`]`")?;
        Ok(Type { dims, num_dims, span: self.since(first), ..of })
    }

    /// Reports that there is no type under the cursor.
    #[cold]
    pub(super) fn no_type(&mut self) -> Halt {
        if self.token != Token::Name {
            return self.unexpected("a type");
        }
        let (span, text) = (self.here(), self.token_text().to_owned());
        self.not_a_type(span, &text)
    }

    /// Reports that a name is not that of a type.
    #[cold]
    pub(super) fn not_a_type(&mut self, span: Span, text: &str) -> Halt {
        let message = format!("there is no type `{}`", clip(text, 40));
        let help = match text {
            "integer" => Some("int".to_owned()),
            "double" | "real" => Some("float".into()),
            "boolean" => Some("bool".into()),
            text => closest(text, TYPES.into_iter()),
        };
        let known = "there are `bit`, `bool`, `int`, `uint`, `float`, `angle`, `complex`, \
            `duration`, `array` and `qubit`";
        let help = help.map_or(known.to_owned(), |word| format!("did you mean `{word}`?"));
        self.error(span, message).help(help);
        Halt
    }
}
