//! The rooms, their layers, and what each imports: all there is to say, compared exactly.

pub struct Room {
    pub name: &'static str,
    pub layer: u32,
    imports: &'static str,
    in_tests: &'static str,
}

impl Room {
    /// The rooms that its code imports from.
    pub fn imports(&self) -> impl Iterator<Item = &'static str> {
        self.imports.split_whitespace()
    }

    /// Those that its tests import from besides.
    pub fn in_tests(&self) -> impl Iterator<Item = &'static str> {
        self.in_tests.split_whitespace()
    }
}

const fn room(
    name: &'static str,
    layer: u32,
    imports: &'static str,
    in_tests: &'static str,
) -> Room {
    Room { name, layer, imports, in_tests }
}

/// Name, layer, what the code imports, what tests alone import.
pub const ROOMS: &[Room] = &[
    // Errors suggest names, and math has errors: the ground floor.
    room("error", 0, "math", "qasm"),
    room("math", 0, "error", ""),
    room("report", 1, "error", ""),
    room("optimize", 1, "error math", ""),
    room("pauli", 1, "error math", ""),
    room("ising", 2, "error math pauli", ""),
    room("noise", 2, "error math pauli", ""),
    room("chip", 2, "error math", ""),
    room("gate", 2, "error math pauli", "circuit"),
    room("engine", 2, "error math", ""),
    room("clifford", 3, "error gate math pauli", ""),
    room("circuit", 3, "chip error gate ising math noise pauli", "simulate"),
    room("propagation", 4, "clifford error math pauli", ""),
    room("chemistry", 4, "circuit error gate pauli", "simulate"),
    room("rewrite", 4, "circuit error gate math pauli", ""),
    room("qasm", 5, "circuit error gate math pauli rewrite", "noise"),
    room("draw", 5, "circuit error gate noise pauli", ""),
    room("device", 5, "chip circuit error gate math noise pauli rewrite", "simulate"),
    room("simulate", 6, "circuit clifford engine error gate math noise pauli propagation", ""),
    room(
        "gradient",
        7,
        "circuit engine error gate math optimize pauli propagation simulate",
        "noise",
    ),
    room(
        "variational",
        8,
        "chemistry circuit device engine error gradient ising math optimize pauli simulate",
        "noise",
    ),
    room(
        "learning",
        8,
        "circuit device engine error gate gradient math optimize pauli simulate",
        "noise",
    ),
    room("annealing", 8, "circuit engine error ising math", "simulate"),
    room("boltzmann", 9, "annealing engine error ising math optimize pauli", ""),
    room("advantage", 9, "circuit engine error learning math noise pauli propagation simulate", ""),
    room("estimation", 8, "circuit device error gate math noise qasm report rewrite simulate", ""),
    // The program imports the library.
    room(
        "bin",
        10,
        "advantage annealing boltzmann chemistry chip circuit device draw engine error estimation gradient ising \
         learning math noise optimize pauli propagation qasm report rewrite simulate variational",
        "",
    ),
];
