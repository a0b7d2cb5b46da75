//! The program `ketlab`.
fn main() {}
