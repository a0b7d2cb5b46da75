//! The landscape of ⟨Z⟩ over two angles, as one batch, against the closed form.

use ketlab::{Circuit, Simulator, simulate::Program};
use ndarray::Array2;
use std::f64::consts::TAU;

fn main() -> ketlab::Result<()> {
    // A turn by theta about the axis (sin phi, 0, cos phi): the axis to z, the turn, and back.
    let mut c = Circuit::new(1);
    let (theta, phi) = (c.param("theta"), c.param("phi"));
    c.ry(-1.0 * phi, 0).rz(theta, 0).ry(phi, 0);

    let steps = 48;
    let angle = |k: usize| TAU * k as f64 / steps as f64;
    let rows = Array2::from_shape_fn((steps * steps, 2), |(row, column)| {
        angle(if column == 0 { row / steps } else { row % steps })
    });
    let batch = Simulator::new().batch(&Program::new(&c)?);
    let z = batch.expectations(&rows, &["Z0".parse()?])?.complete()?;

    let shades: Vec<char> = " .:-=+*#%@".chars().collect();
    println!("<Z> of a spin turned by theta (down) about an axis at the angle phi (across):");
    for t in (0..steps).step_by(2) {
        let shade = |p| shades[((z[[t * steps + p, 0]] + 1.0) * 4.999) as usize];
        println!("{}", (0..steps).map(shade).collect::<String>());
    }
    for (row, z) in rows.rows().into_iter().zip(&z) {
        // Rodrigues: the part along the axis stays, the part across turns.
        let (theta, phi) = (row[0], row[1]);
        let exact = phi.cos().powi(2) + phi.sin().powi(2) * theta.cos();
        assert!((z - exact).abs() < 1e-12, "{theta} {phi}: {z} {exact}");
    }
    Ok(())
}
