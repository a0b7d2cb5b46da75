//! A gate by cross resonance: drive, time, errors.

use super::error_budget::{coherent, relaxation};
use super::{
    Aim, CrossResonance, CrossResonanceDesign, EffectiveHamiltonian, ErrorBudget, LargestZx,
    Schedule, ZxIx, search,
};
use crate::chip::coupling::StaticZz;
use crate::chip::range::within;
use crate::error::{Error, Result, shown};

/// What the third order may miss of the exact ZX before it is said.
const FORMULA: f64 = 0.05;
/// Weight of the driven states below which the effective Hamiltonian is doubtful.
const DOUBTFUL: f64 = 0.8;
/// J/Δ above which the qubits share their states.
const STRONG: f64 = 0.1;

/// A gate ZX90 worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossResonanceGate {
    /// The drive's amplitude Ω in MHz: the one given, or the weakest found that has the gate time.
    pub drive_mhz: f64,
    /// Δ = f_control - f_target in MHz.
    pub detuning_mhz: f64,
    /// The whole gate in ns: the rotation, one flank for each pulse of the drive, which is as long as the
    /// halves of its two flanks that the rotation does not count, and the turns of an echo.
    pub gate_time_ns: f64,
    /// The rotation by a constant drive in ns, 1/(4|ν_ZX|): of all pulses together between the middles of
    /// their flanks.
    pub rotation_ns: f64,
    /// All terms, exact.
    pub effective: EffectiveHamiltonian,
    /// ZX and IX by first order.
    pub first_order: ZxIx,
    /// ZX and IX by third order.
    pub third_order: ZxIx,
    /// ZX and IX exact in the drive and linear in J.
    pub linear_in_j: ZxIx,
    /// The largest ZX of any drive.
    pub largest_zx: LargestZx,
    /// The static ZZ.
    pub static_zz: StaticZz,
    /// The parts of the gate's infidelity.
    pub errors: ErrorBudget,
    /// What to mind, as sentences.
    pub warnings: Vec<String>,
}

impl CrossResonanceGate {
    /// ν of ZX/2 in MHz, exact, with the sign of the convention.
    pub fn zx_mhz(&self) -> f64 {
        self.effective.zx_mhz
    }

    /// The static ζ = E₁₁ - E₁₀ - E₀₁ + E₀₀ in kHz, exact.
    pub fn zz_khz(&self) -> f64 {
        self.static_zz.exact_khz
    }
}

impl CrossResonanceDesign {
    /// Works the gate out: its drive or its time, all terms, the static ZZ and the errors.
    ///
    /// # Errors
    /// As [`CrossResonance::effective`]; if the drive is 0, a time is negative, not finite or too
    /// long, no drive has the gate time asked for, or T2 exceeds 2 T1.
    pub fn gate(&self) -> Result<CrossResonanceGate> {
        self.pair.check()?;
        within("the flank of the pulse", self.flank_ns, (0.0, 1e4), "ns")?;
        if let Schedule::Echoed { pulse_ns } = self.schedule {
            within("the pulse of the echo", pulse_ns, (0.0, 1e4), "ns")?;
        }
        let largest = search::largest_zx(&self.pair)?;
        let drive_mhz = self.drive_mhz(largest)?;
        let pair = CrossResonance { drive_mhz, ..self.pair.clone() };
        let effective = pair.effective()?;
        let zx_mhz = effective.zx_mhz.abs();
        let rotation_ns = 1e3 / (4.0 * zx_mhz);
        let gate_time_ns = rotation_ns + self.schedule.added_ns(self.flank_ns);
        let (leakage, flip) = pair.flank_errors(self.flank_ns, self.schedule)?;
        // This drive may be beyond those that were looked at, or between them.
        let own = LargestZx { zx_mhz, drive_mhz, up_to_mhz: drive_mhz };
        let largest_zx = match largest {
            Some(largest) if largest.zx_mhz >= zx_mhz => largest,
            Some(LargestZx { up_to_mhz, .. }) => {
                LargestZx { up_to_mhz: up_to_mhz.max(drive_mhz), ..own }
            }
            None => own,
        };
        let relaxation = relaxation([&self.control, &self.target], gate_time_ns)?;
        let zz = coherent(&effective, self.schedule);
        let mut gate = CrossResonanceGate {
            drive_mhz: pair.drive_mhz,
            detuning_mhz: pair.detuning_mhz(),
            gate_time_ns,
            rotation_ns,
            effective,
            first_order: pair.first_order()?,
            third_order: pair.third_order()?,
            linear_in_j: pair.linear_in_j()?,
            largest_zx,
            static_zz: pair.static_zz()?,
            errors: ErrorBudget {
                relaxation,
                zz,
                leakage,
                flip,
                total: relaxation + zz + leakage + flip,
            },
            warnings: Vec::new(),
        };
        gate.warnings = self.warnings(&pair, &gate)?;
        Ok(gate)
    }

    /// The drive in MHz, given the one with the largest ZX.
    fn drive_mhz(&self, largest: Option<LargestZx>) -> Result<f64> {
        match self.aim {
            Aim::Drive if self.pair.drive_mhz == 0.0 => Err(Error::Invalid {
                what: "the drive".into(),
                value: "0 MHz".into(),
                expected: "without drive there is no gate; give one, or a gate time".into(),
            }),
            Aim::Drive => Ok(self.pair.drive_mhz),
            Aim::GateTime(gate_time) => {
                within("the gate time", gate_time, (1e-3, 1e6), "ns")?;
                let added_ns = self.schedule.added_ns(self.flank_ns);
                let rotation_ns = gate_time - added_ns;
                if rotation_ns <= 0.0 {
                    return Err(Error::Invalid {
                        what: "the gate time".into(),
                        value: format!("{} ns", shown(gate_time)),
                        expected: format!(
                            "the flanks of its pulses, and the turns of an echo, alone take {} ns; take a \
                             longer gate or shorter ones",
                            shown(added_ns)
                        ),
                    });
                }
                let gate = format!("{} ns", shown(gate_time));
                search::drive_for(&self.pair, 1e3 / (4.0 * rotation_ns), largest, added_ns, &gate)
            }
        }
    }

    fn warnings(&self, pair: &CrossResonance, gate: &CrossResonanceGate) -> Result<Vec<String>> {
        let mut warnings = gate.static_zz.warnings.clone();
        let (drive, detuning) = (gate.drive_mhz, gate.detuning_mhz);
        let anharmonicity = pair.anharmonicity_mhz()?;
        if !pair.is_straddling()? {
            warnings.push(format!(
                "the qubits do not straddle: the detuning of {:.1} MHz is not less than the control's \
                 anharmonicity of {:.1} MHz, and ZX is small",
                detuning.abs(),
                anharmonicity.abs()
            ));
        }
        if detuning * anharmonicity > 0.0 {
            warnings.push(format!(
                "the control is {} the target, which is not between the control's transitions 0-1 and 1-2: ZX \
                 is less than with the two as far apart the other way round",
                if detuning > 0.0 { "above" } else { "below" }
            ));
        }
        if pair.j_mhz.abs() > STRONG * detuning.abs() {
            warnings.push(format!(
                "J is {:.2} of the detuning: the formulas, linear in J, do not hold; the exact values do",
                (pair.j_mhz / detuning).abs()
            ));
        }
        let off = (gate.third_order.zx_mhz / gate.effective.zx_mhz - 1.0).abs();
        if off > FORMULA || drive >= detuning.abs() {
            warnings.push(format!(
                "a drive of {drive:.1} MHz at a detuning of {detuning:.1} MHz is beyond the formulas: first order \
                 has ZX {:.4} MHz, third order {:.4}, exact is {:.4}",
                gate.first_order.zx_mhz, gate.third_order.zx_mhz, gate.effective.zx_mhz
            ));
        }
        if let Some(weaker) = search::weaker_drive_mhz(pair, gate.effective.zx_mhz.abs())? {
            warnings.push(format!("a weaker drive, of {weaker:.1} MHz, has the same ZX"));
        }
        if gate.effective.overlap < DOUBTFUL {
            warnings.push(format!(
                "the driven states bear only {:.2} of the qubits': levels are near to a crossing or the drive \
                 is strong, and the effective Hamiltonian is a poor one",
                gate.effective.overlap
            ));
        }
        let pulse_ns = gate.rotation_ns / self.schedule.num_pulses();
        if pulse_ns < self.flank_ns {
            warnings.push(format!(
                "a pulse of {pulse_ns:.1} ns between the middles of its flanks is shorter than a flank of {} ns: \
                 the terms of a constant drive do not describe it",
                self.flank_ns
            ));
        }
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Ladder;
    use super::super::Lifetimes;
    use super::*;

    fn design(drive_mhz: f64) -> CrossResonanceDesign {
        let pair = CrossResonance {
            control: Ladder::duffing(5.1, -0.33, 6).unwrap(),
            target: Ladder::duffing(5.0, -0.33, 4).unwrap(),
            j_mhz: 2.0,
            drive_mhz,
        };
        CrossResonanceDesign::new(pair, Aim::Drive)
    }

    #[test]
    fn a_gate_of_210_nanoseconds() {
        let gate = design(50.0).gate().unwrap();
        assert!((gate.zx_mhz().abs() - 1.189).abs() < 5e-4, "{gate:?}");
        assert!((gate.rotation_ns - 210.3).abs() < 0.1, "{gate:?}");
        assert!((gate.gate_time_ns - gate.rotation_ns - 15.0).abs() < 1e-9, "{gate:?}");
        assert!((gate.zz_khz() - 53.377).abs() < 1e-3, "{gate:?}");
        assert!(gate.warnings.iter().any(|w| w.contains("beyond the formulas")), "{gate:?}");
        assert!(design(5.0).gate().unwrap().warnings.is_empty());
        assert_eq!(gate.errors.relaxation, 0.0);
        let e = gate.errors;
        assert!((e.total - e.zz - e.leakage - e.flip).abs() < 1e-15);
    }

    #[test]
    fn a_time_finds_its_drive_and_an_echo_takes_longer() {
        let lifetimes = Lifetimes { t1_us: Some(100.0), t2_us: Some(80.0) };
        let of = |schedule| CrossResonanceDesign {
            aim: Aim::GateTime(300.0),
            schedule,
            control: lifetimes,
            target: lifetimes,
            ..design(0.0)
        };
        let direct = of(Schedule::Direct).gate().unwrap();
        assert!((direct.gate_time_ns - 300.0).abs() < 1e-6);
        assert!((direct.errors.relaxation - 4.18709077e-3).abs() < 1e-10);
        let echoed = of(Schedule::Echoed { pulse_ns: 35.0 }).gate().unwrap();
        assert!((echoed.gate_time_ns - 300.0).abs() < 1e-6);
        assert!(echoed.drive_mhz > direct.drive_mhz);
        assert!(echoed.errors.zz < direct.errors.zz);
        let same =
            CrossResonanceDesign { aim: Aim::Drive, ..of(Schedule::Echoed { pulse_ns: 35.0 }) };
        let mut same = same;
        same.pair.drive_mhz = direct.drive_mhz;
        // Two turns of the control and a second flank.
        let same = same.gate().unwrap();
        assert!((same.gate_time_ns - 385.0).abs() < 1e-5);
        assert!((same.rotation_ns - 285.0).abs() < 1e-5);
        // Relaxation is that of the whole time.
        let whole = relaxation([&lifetimes; 2], same.gate_time_ns).unwrap();
        assert_eq!(same.errors.relaxation, whole);
    }

    #[test]
    fn what_no_drive_gives_is_said() {
        let says = |design: CrossResonanceDesign| design.gate().unwrap_err().to_string();
        let at = |ns| CrossResonanceDesign { aim: Aim::GateTime(ns), ..design(0.0) };
        assert!(says(at(40.0)).contains("no drive gives"));
        assert!(says(at(f64::NAN)).contains("finite"));
        assert!(says(at(-3.0)).contains("-3 ns"));
        assert!(says(design(0.0)).contains("without drive"));
        assert!(says(CrossResonanceDesign { flank_ns: -1.0, ..design(9.0) }).contains("flank"));
        let echo = Schedule::Echoed { pulse_ns: 60.0 };
        assert!(says(CrossResonanceDesign { schedule: echo, ..at(150.0) }).contains("150 ns"));
        assert!(says(CrossResonanceDesign { flank_ns: 300.0, ..at(300.0) }).contains("300 ns"));
    }

    #[test]
    fn only_far_qubits_do_not_straddle() {
        let of = |control: f64, anharmonicity: f64| {
            let mut of = design(10.0);
            of.pair.control = Ladder::duffing(control, anharmonicity, 6).unwrap();
            of.pair.target = Ladder::duffing(5.0, anharmonicity, 4).unwrap();
            of.gate().unwrap()
        };
        let says = |control: f64, anharmonicity: f64, part: &str| {
            of(control, anharmonicity).warnings.iter().any(|w| w.contains(part))
        };
        for (control, anharmonicity, far, side) in [
            (5.1, -0.33, false, None),
            (4.95, -0.33, false, Some("the control is below")),
            (5.6, -0.33, true, None),
            (4.4, -0.33, true, Some("the control is below")),
            (4.9, 0.33, false, None),
            (5.1, 0.33, false, Some("the control is above")),
        ] {
            assert_eq!(says(control, anharmonicity, "do not straddle"), far, "{control}");
            for words in ["the control is below", "the control is above"] {
                assert_eq!(says(control, anharmonicity, words), side == Some(words), "{control}");
            }
            // What is said of the other way round.
            if side.is_some() {
                let [here, there] =
                    [control, 10.0 - control].map(|c| of(c, anharmonicity).zx_mhz().abs());
                assert!(here < there, "{control}: {here} {there}");
            }
        }
        let zx = |control: f64| of(control, -0.33).zx_mhz().abs();
        assert!((zx(4.95) - 0.341).abs() < 1e-3 && (zx(5.1) - 0.284).abs() < 1e-3);
    }

    /// A drive is asked for by its time and has it, or is refused for what drives give.
    #[test]
    fn a_gate_takes_the_time_asked_for() {
        for (control, anharmonicity, j_mhz, ns) in [
            (5.1848, -0.238711, 2.2852, 101.706),
            (5.342265, -0.211581, 0.8401, 651.479),
            (5.4, -0.33, 2.0, 200.0),
            (5.4, -0.33, 2.0, 189.0),
            (5.1, -0.33, 2.0, 170.0),
            (5.165, -0.33, 2.0, 400.0),
        ] {
            let mut of = CrossResonanceDesign { aim: Aim::GateTime(ns), ..design(0.0) };
            of.pair = CrossResonance {
                control: Ladder::duffing(control, anharmonicity, 6).unwrap(),
                target: Ladder::duffing(5.0, anharmonicity, 4).unwrap(),
                j_mhz,
                drive_mhz: 0.0,
            };
            match of.gate() {
                Ok(gate) => assert!((gate.gate_time_ns / ns - 1.0).abs() < 1e-8, "{gate:?}"),
                Err(error) => {
                    let message = error.to_string();
                    assert!(message.contains("no drive gives"), "{control} {ns}: {message}");
                }
            }
            // 250 MHz gives 174 ns and a flank.
            assert!(control != 5.4 || of.gate().is_ok());
        }
    }
}
