//! Names in code that is not reached: bodies of subroutines, branches that are not taken. They are
//! looked up where they stand; what the code would do is not looked at.

use super::Importer;
use super::scope::{Entity, Origin};
use super::walk::{Met, names, walk};
use crate::qasm::ast::{Ident, List, Stmt, Subroutine};

impl<'a> Importer<'a> {
    /// Looks up the names in a subroutine.
    pub(super) fn check_subroutine(&mut self, def: &'a Subroutine) {
        let floor = self.scope.enter_body();
        for param in def.params.of(&self.ast.params) {
            self.known(param.name);
        }
        self.check_names(def.body);
        self.scope.leave_body(floor);
    }

    /// Looks up the names in a block that is not taken.
    pub(super) fn check_names(&mut self, body: List<Stmt>) {
        let ast = self.ast;
        self.scope.enter();
        let mut open = 0;
        walk(ast, body.of(&ast.bodies), &mut |met| match met {
            Met::Open => {
                open += 1;
                self.scope.enter();
            }
            Met::Close => {
                open -= 1;
                self.scope.leave();
            }
            Met::Declared(name) => self.known(name),
            Met::Expr(expr) => names(ast, expr, |ident, called| self.look_up(ident, called)),
            Met::Named(ident) | Met::Written(ident) => self.look_up(ident, false),
            Met::Gate(gate, angles, qubits) => {
                if let Entity::Free = self.scope.get(gate.name) {
                    self.adopt_gate(gate);
                }
                match (self.scope.get(gate.name), qubits) {
                    (Entity::Subroutine(_) | Entity::Extern, _) => {}
                    (Entity::Gate(_), None) => {}
                    (_, qubits) => {
                        self.callee(gate, None, angles, qubits.unwrap_or(0), gate.span);
                    }
                }
            }
        });
        debug_assert_eq!(open, 0);
        self.scope.leave();
    }

    /// A name that means something here; what, is found out when the code is reached.
    fn known(&mut self, ident: Ident) {
        self.scope.set(ident.name, Entity::Broken, Origin::Program(ident.span));
    }

    fn look_up(&mut self, ident: Ident, called: bool) {
        if self.scope.get(ident.name) != Entity::Free || self.predefined(ident.name).is_some() {
            return;
        }
        // A subroutine may call one that comes later: by the time it runs it is there.
        let later = self.ast.subroutines.iter().any(|s| s.name.name == ident.name);
        if !(called && later) {
            let e = match called {
                true => self.no_subroutine(ident.name, ident.span),
                false => self.no_value(ident.name, ident.span),
            };
            self.eval_error(e);
        }
    }
}
