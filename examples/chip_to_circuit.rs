//! From the design of a chip to what a circuit measures on it: five transmons in a row with cross
//! resonance, the device that they are, and the fidelity of a GHZ state there, against the spacing of
//! their frequencies and the quality of their capacitances.
//!
//! `ketlab chip build` does the same from a file: `circuits/chips` has some.

use ketlab::device::{ChipPlan, DeviceNoise, PatternPlan, median};
use ketlab::math::Watch;
use ketlab::report::{Axis, Chart, Series, Style};
use ketlab::simulate::Method;
use ketlab::{Circuit, Pauli, PauliString, PauliSum, Simulator};

const QUBITS: usize = 5;

/// The projector on (|0…0⟩ + |1…1⟩)/√2, which is the mean of the state's stabilizers: Z on an even
/// number of qubits, and X on all with Y in place of an even number of them.
fn projector() -> PauliSum {
    let weight = 1.0 / f64::from(1 << QUBITS);
    let even = (0..1u32 << QUBITS).filter(|subset| subset.count_ones() % 2 == 0);
    let terms = even.flat_map(|subset| {
        let letters = |inside: Pauli, outside: Option<Pauli>| {
            let on = (0..QUBITS).filter_map(move |q| match subset >> q & 1 {
                1 => Some((q, inside)),
                _ => outside.map(|letter| (q, letter)),
            });
            PauliString::new(on)
        };
        let sign = if subset.count_ones() % 4 == 0 { weight } else { -weight };
        [(letters(Pauli::Z, None), weight), (letters(Pauli::Y, Some(Pauli::X)), sign)]
    });
    PauliSum::new(terms)
}

/// Time and error of the gates on pairs, and the fidelity of the state with and without the phases that
/// qubits gain from neighbours while they idle.
fn on_chip(plan: &ChipPlan, ghz: &Circuit) -> ketlab::Result<(f64, f64, [f64; 2])> {
    let mut device = plan.build(&Watch::default())?.device;
    // The state before it is read out.
    device.qubits.iter_mut().for_each(|qubit| qubit.readout = None);
    let written = device.transpile(ghz, 1)?;
    let simulator = Simulator::new().method(Method::DensityMatrix);
    let fidelity = |crosstalk| {
        let parts = DeviceNoise { crosstalk, ..DeviceNoise::default() };
        let noisy = written.device.noise_model(&parts)?.apply(&written.circuit)?;
        Ok::<_, ketlab::Error>(simulator.expectation(&noisy.circuit, &projector())?.value)
    };
    let cx = || device.gates.iter().filter(|gate| gate.name == "cx");
    let time = median(cx().filter_map(|gate| gate.duration_ns)).unwrap_or(f64::NAN);
    let error = median(cx().filter_map(|gate| gate.error)).unwrap_or(f64::NAN);
    Ok((time, error, [fidelity(true)?, fidelity(false)?]))
}

fn main() -> ketlab::Result<()> {
    let mut ghz = Circuit::new(QUBITS);
    ghz.h(0);
    for q in 1..QUBITS {
        ghz.cx(q - 1, q);
    }
    let mut chart = Chart::new(
        "A GHZ state of five transmons in a row",
        Axis::new("spacing of frequencies").unit("MHz"),
        Axis::new("fidelity"),
    )
    .caption("J 2 MHz, echoed cross resonance at 30 MHz, ALAP schedule");
    println!("       Q  spacing      cx  cx error  fidelity  without crosstalk");
    for (slot, quality_factor) in [1e6, 1e7].into_iter().enumerate() {
        let mut curves = [vec![], vec![]];
        for spacing_mhz in (4..=11).map(|k| 10.0 * f64::from(k)) {
            let mut plan = ChipPlan {
                lattice: Some(format!("line{QUBITS}")),
                frequencies: Some(PatternPlan { spacing_mhz, ..PatternPlan::default() }),
                ..ChipPlan::default()
            };
            plan.environment.quality_factor = quality_factor;
            let (time, error, [fidelity, quiet]) = on_chip(&plan, &ghz)?;
            println!(
                "{quality_factor:>8.0e}  {spacing_mhz:>3} MHz  {time:>3.0} ns  {error:>8.5}  \
                 {fidelity:>8.5}  {quiet:>17.5}"
            );
            curves[0].push((spacing_mhz, fidelity));
            curves[1].push((spacing_mhz, quiet));
        }
        let [with, without] = curves;
        let quality = format!("Q = {quality_factor:.0e}");
        let quiet = format!("{quality}, without crosstalk");
        chart = chart
            .series(Series::new(quality, Style::LinePoints, with).slot(slot))
            .series(Series::new(quiet, Style::Dashed, without).slot(slot));
    }
    // Control and target at ends of the three frequencies: twice the spacing apart.
    let chart = chart.vertical("collision of type 2: |0> and |2> by two photons", 82.5);
    let folder = env!("CARGO_MANIFEST_DIR");
    for extension in ["svg", "png"] {
        chart.save(format!("{folder}/target/chip_to_circuit.{extension}"))?;
    }
    Ok(())
}
