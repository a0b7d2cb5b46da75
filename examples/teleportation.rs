//! Teleportation: measurements in the middle, corrections by classical bits, exact branching.

use ketlab::{Circuit, Expr, Request, Simulator};

fn main() -> ketlab::Result<()> {
    let theta: f64 = 0.8;
    let mut c = Circuit::with_clbits(3, 2);
    c.ry(theta, 0); // what is teleported
    c.h(1).cx(1, 2); // a Bell pair
    c.cx(0, 1).h(0).measure(0, 0).measure(1, 1);
    c.if_then(Expr::bit(1), |c| c.x(2));
    c.if_then(Expr::bit(0), |c| c.z(2));
    println!("{c}\n");

    let request = Request::new().observable("Z2".parse()?).observable("X2".parse()?);
    let result = Simulator::new().run(&c, &request)?;
    println!("averaged over {} branches:", result.branches);
    for (name, e, expected) in
        [("Z2", result.expectations[0], theta.cos()), ("X2", result.expectations[1], theta.sin())]
    {
        println!("⟨{name}⟩ = {:.6}, expected {expected:.6}", e.value);
        assert!((e.value - expected).abs() < 1e-12);
    }
    Ok(())
}
