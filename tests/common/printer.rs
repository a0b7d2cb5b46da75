//! A syntax tree as text, to compare.

use ketlab::qasm::ast::{
    Ast, Expr, ExprKind, Ident, Index, Leaf, List, Node, Operand, PostfixOp, Role, Stmt, StmtKind,
    Symbol,
};

/// A statement as a line of text: kinds, names and expressions, fully bracketed.
pub struct Printer<'a>(pub &'a Ast);

impl Printer<'_> {
    fn name(&self, symbol: Symbol) -> &str {
        self.0.names.name(symbol)
    }

    fn leaf(&self, leaf: Leaf) -> String {
        match leaf {
            Leaf::Name(name) => self.name(name).into(),
            Leaf::Int(v) => v.to_string(),
            Leaf::BigInt(i) => self.0.big_ints[i as usize].digits().to_owned(),
            Leaf::Bits(i) => format!("{:?}", self.0.bit_strings[i as usize]),
            Leaf::Imaginary(v) => format!("{v}im"),
            Leaf::Duration(i) => {
                let d = self.0.durations[i as usize];
                format!("{}{}", d.value, d.unit.symbol())
            }
            Leaf::Float(v) => format!("{v:?}"),
            Leaf::Bool(v) => v.to_string(),
            Leaf::Pi => "π".into(),
            Leaf::Tau => "τ".into(),
            Leaf::Euler => "ℇ".into(),
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        let list = match expr.kind {
            ExprKind::Leaf(leaf) => return self.leaf(leaf),
            ExprKind::Postfix(list) => list,
        };
        let mut stack: Vec<String> = vec![];
        for node in list.of(&self.0.nodes) {
            let step = self.step(node, &mut stack);
            stack.push(step);
        }
        assert_eq!(stack.len(), 1, "{stack:?}");
        stack.pop().unwrap()
    }

    fn step(&self, node: &Node, stack: &mut Vec<String>) -> String {
        let mut many = |n: u32| {
            let kept = stack.len() - n as usize;
            stack.split_off(kept)
        };
        match node.op {
            PostfixOp::Leaf(leaf) => self.leaf(leaf),
            PostfixOp::Neg => format!("(-{})", many(1)[0]),
            PostfixOp::Not => format!("(!{})", many(1)[0]),
            PostfixOp::Complement => format!("(~{})", many(1)[0]),
            PostfixOp::Binary(op) => {
                let operands = many(2);
                format!("({} {op:?} {})", operands[0], operands[1])
            }
            PostfixOp::Call(function, n) => format!("{function:?}({})", many(n).join(", ")),
            PostfixOp::Apply(name, n) => format!("{}({})", self.name(name), many(n).join(", ")),
            PostfixOp::Cast(ty) => format!("{}({})", self.ty(ty), many(1)[0]),
            PostfixOp::Index(n) => {
                let items = many(n).join(", ");
                format!("{}[{items}]", many(1)[0])
            }
            PostfixOp::Range { start, step, stop } => {
                let parts = many([start, step, stop].iter().filter(|&&p| p).count() as u32);
                let mut parts = parts.into_iter();
                let mut part = |written: bool| match written {
                    true => parts.next().unwrap(),
                    false => "_".into(),
                };
                format!("{}:{}:{}", part(start), part(step), part(stop))
            }
            PostfixOp::Braces(n) => format!("{{{}}}", many(n).join(", ")),
            PostfixOp::Measure => format!("measure {}", many(1)[0]),
            PostfixOp::DurationOf => "durationof".into(),
        }
    }

    fn ty(&self, ty: u32) -> String {
        let ty = self.0.types[ty as usize];
        let mut out = format!("{:?}", ty.kind);
        if let Some(width) = ty.width {
            out.push_str(&format!("<{}>", self.at(width)));
        }
        for dim in ty.dims.of(&self.0.exprs) {
            out.push_str(&format!("×{}", self.expr(dim)));
        }
        if let Some(dims) = ty.num_dims {
            out.push_str(&format!("×#{}", self.at(dims)));
        }
        out
    }

    fn at(&self, index: u32) -> String {
        self.expr(&self.0.exprs[index as usize])
    }

    fn maybe(&self, index: Option<u32>) -> String {
        index.map_or("-".into(), |i| self.at(i))
    }

    fn exprs(&self, list: List<Expr>) -> String {
        list.of(&self.0.exprs).iter().map(|e| self.expr(e)).collect::<Vec<_>>().join(", ")
    }

    fn operand(&self, operand: &Operand) -> String {
        match &operand.index {
            Index::None => self.name(operand.name.name).into(),
            Index::One(index) => {
                format!("{}[{}]", self.name(operand.name.name), self.expr(index))
            }
            Index::Whole(whole) => format!("<{}>", self.expr(whole)),
        }
    }

    fn operands(&self, list: List<Operand>) -> String {
        list.of(&self.0.operands).iter().map(|o| self.operand(o)).collect::<Vec<_>>().join(", ")
    }

    fn body(&self, list: List<Stmt>) -> String {
        let stmts: Vec<_> = list.of(&self.0.bodies).iter().map(|s| self.stmt(s)).collect();
        format!("{{{}}}", stmts.join("; "))
    }

    fn idents(&self, list: List<Ident>) -> String {
        let names = list.of(&self.0.idents).iter().map(|i| self.name(i.name));
        names.collect::<Vec<_>>().join(" ")
    }

    /// The line.
    pub fn stmt(&self, stmt: &Stmt) -> String {
        let ast = self.0;
        match stmt.kind {
            StmtKind::Qubits { name, size } => {
                format!("qubits {} {}", self.name(name.name), self.maybe(size))
            }
            StmtKind::Bits { name, size } => {
                format!("bits {} {}", self.name(name.name), self.maybe(size))
            }
            StmtKind::Header(library) => format!("{library:?}"),
            StmtKind::Gate(i) => {
                let gate = ast.gates[i as usize];
                let (params, qubits) = (self.idents(gate.params), self.idents(gate.qubits));
                let body = self.body(gate.body.unwrap());
                format!("gate {}({params}) {qubits} {body}", self.name(gate.name.name))
            }
            StmtKind::Call { gate, args, operands } => format!(
                "{}({}) {}",
                self.name(gate.name),
                self.exprs(args),
                self.operands(operands)
            ),
            StmtKind::Measure(list) => format!("measure {}", self.operands(list)),
            StmtKind::Reset(list) => format!("reset {}", self.operands(list)),
            StmtKind::Barrier(list) => format!("barrier {}", self.operands(list)),
            StmtKind::Nop(list) => format!("nop {}", self.operands(list)),
            StmtKind::Modified(i) => {
                let m = ast.modified[i as usize];
                let modifiers: Vec<_> =
                    m.modifiers.of(&ast.modifiers).iter().map(|m| format!("{m:?}")).collect();
                format!(
                    "{} @ {}({})[{}] {}",
                    modifiers.len(),
                    self.name(m.gate.name),
                    self.exprs(m.args),
                    self.maybe(m.duration),
                    self.operands(m.operands)
                )
            }
            StmtKind::Declare(i) => {
                let d = ast.declarations[i as usize];
                let role = match d.role {
                    Role::Variable => "",
                    Role::Const => "const ",
                    Role::Input => "input ",
                    Role::Output => "output ",
                };
                let (ty, name) = (self.ty(d.ty), self.name(d.name.name));
                format!("{role}{ty} {name} = {}", self.maybe(d.value))
            }
            StmtKind::Alias { name, value } => {
                format!("let {} = {}", self.name(name.name), self.at(value))
            }
            StmtKind::Assign(i) => {
                let a = ast.assignments[i as usize];
                let op = a.op.map_or(String::new(), |op| format!("{op:?}"));
                format!("{} {op}= {}", self.operand(&a.target), self.at(a.value))
            }
            StmtKind::Expr(i) => self.at(i),
            StmtKind::Delay { duration, operands } => {
                format!("delay {} {}", self.at(duration), self.operands(operands))
            }
            StmtKind::Box { duration, body } => {
                format!("box {} {}", self.maybe(duration), self.body(body))
            }
            StmtKind::Scope(body) => self.body(body),
            StmtKind::Branch(i) => {
                let b = ast.branches[i as usize];
                let (then, otherwise) = (self.body(b.then), self.body(b.otherwise));
                format!("if {} {then} else {otherwise}", self.at(b.condition))
            }
            StmtKind::For(i) => {
                let f = ast.for_loops[i as usize];
                format!(
                    "for {} {} in {} {}",
                    self.ty(f.ty),
                    self.name(f.variable.name),
                    self.at(f.values),
                    self.body(f.body)
                )
            }
            StmtKind::While { condition, body } => {
                format!("while {} {}", self.at(condition), self.body(body))
            }
            StmtKind::Switch(i) => {
                let s = ast.switches[i as usize];
                let cases: Vec<_> = s.cases.of(&ast.cases).iter().collect();
                let cases = cases
                    .iter()
                    .map(|c| format!("[{}] {}", self.exprs(c.labels), self.body(c.body)))
                    .collect::<Vec<_>>();
                format!("switch {} {}", self.at(s.value), cases.join(" "))
            }
            StmtKind::Break => "break".into(),
            StmtKind::Continue => "continue".into(),
            StmtKind::End => "end".into(),
            StmtKind::Return(value) => format!("return {}", self.maybe(value)),
            StmtKind::Def(i) => {
                let d = ast.subroutines[i as usize];
                let params: Vec<_> = d
                    .params
                    .of(&ast.params)
                    .iter()
                    .map(|p| {
                        let access = if p.mutable { "mutable " } else { "" };
                        format!("{access}{} {}", self.ty(p.ty), self.name(p.name.name))
                    })
                    .collect();
                let result = d.result.map_or("-".into(), |r| self.ty(r));
                let (params, body) = (params.join(", "), self.body(d.body));
                format!("def {}({params}) {result} {body}", self.name(d.name.name))
            }
            StmtKind::Extern(name) => format!("extern {}", self.name(name.name)),
            StmtKind::Unsupported(word) => format!("unsupported {word}"),
            StmtKind::If { .. } | StmtKind::Broken(_) => panic!("{stmt:?}"),
        }
    }
}
