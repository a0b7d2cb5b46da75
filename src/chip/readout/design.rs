//! A readout as a user states it.

/// A qubit, its resonator and the pulse that reads it.
///
/// ```
/// use ketlab::chip::ReadoutDesign;
/// let design = ReadoutDesign { t1_us: Some(100.0), ..ReadoutDesign::new(5.0, -0.3, 7.0, 100.0, 1.0) };
/// let readout = design.readout()?;
/// assert!((readout.dispersive.chi_mhz + 0.65217).abs() < 1e-5);
/// let best = readout.best().expect("it decays");
/// assert!(best.assignment_fidelity > 0.98);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReadoutDesign {
    /// Frequency of the qubit in GHz.
    pub qubit_ghz: f64,
    /// Anharmonicity of the qubit in GHz, negative of a transmon.
    pub anharmonicity_ghz: f64,
    /// Frequency of the resonator without the qubit in GHz.
    pub resonator_ghz: f64,
    /// Coupling g in MHz.
    pub g_mhz: f64,
    /// Linewidth κ of the resonator in MHz (over 2π).
    pub kappa_mhz: f64,
    /// Photons in the steady state; `None` for a fifth of the smaller critical number.
    pub photons: Option<f64>,
    /// Efficiency of the detection, 0 to 1.
    pub efficiency: f64,
    /// T1 of the qubit in µs; `None` if it decays through the resonator alone.
    pub t1_us: Option<f64>,
    /// Whether decay through the resonator (Purcell) comes on top of T1. Not so where T1 was measured
    /// or a filter prevents it.
    pub purcell: bool,
    /// Whether a filter prevents decay through the resonator, which then never counts.
    pub purcell_filtered: bool,
}

impl ReadoutDesign {
    /// With a fifth of the smaller critical number of photons, an efficiency of ½, and a qubit that decays through the
    /// resonator alone.
    pub fn new(
        qubit_ghz: f64,
        anharmonicity_ghz: f64,
        resonator_ghz: f64,
        g_mhz: f64,
        kappa_mhz: f64,
    ) -> Self {
        ReadoutDesign {
            qubit_ghz,
            anharmonicity_ghz,
            resonator_ghz,
            g_mhz,
            kappa_mhz,
            photons: None,
            efficiency: 0.5,
            t1_us: None,
            purcell: true,
            purcell_filtered: false,
        }
    }
}
