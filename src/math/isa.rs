//! Which instruction set kernels use.

use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// The environment variable that names the largest instruction set to be used.
const VARIABLE: &str = "KETLAB_ISA";

/// An instruction set that the kernels are compiled for.
///
/// Without a word the engine uses the largest one that the machine has. The environment variable
/// `KETLAB_ISA` (`portable`, `neon`, `avx2` or `avx512`) names a smaller one: then nothing larger is used,
/// in plans, states and readings alike, as on a machine without it. It is read once. A name that is
/// none, or one that the machine does not have, is an error of every new state and of
/// [`Isa::check_environment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Isa {
    /// What the target always has: SSE2 on x86-64, elsewhere what the compiler makes of arrays.
    Portable,
    /// NEON of 64-bit ARM processors, which all have it: registers of 16 bytes, two at a time.
    Neon,
    /// AVX2 and FMA: registers of 32 bytes.
    Avx2,
    /// AVX-512 F, DQ, VL, BW: registers of 64 bytes.
    Avx512,
}

/// What was found when it was first asked for.
struct Found {
    /// The instruction sets to be used, smallest first.
    used: Vec<Isa>,
    /// Why the environment variable says nothing.
    error: Option<Error>,
}

fn found() -> &'static Found {
    static FOUND: OnceLock<Found> = OnceLock::new();
    FOUND.get_or_init(|| {
        let setting = std::env::var_os(VARIABLE).map(|name| name.to_string_lossy().into_owned());
        let all = Isa::ALL.into_iter().filter(|isa| isa.detect()).collect();
        limited(all, setting.as_deref())
    })
}

/// Those of a machine's instruction sets that a setting leaves. An empty one is none.
fn limited(machine: Vec<Isa>, setting: Option<&str>) -> Found {
    let names: Vec<String> = machine.iter().map(Isa::to_string).collect();
    let most = match setting {
        None | Some("") => return Found { used: machine, error: None },
        Some(name) => name.parse().ok().filter(|isa| machine.contains(isa)),
    };
    match most {
        Some(most) => {
            Found { used: machine.into_iter().filter(|isa| *isa <= most).collect(), error: None }
        }
        None => {
            let error = Error::Invalid {
                what: format!("the instruction set in the environment variable {VARIABLE}"),
                value: format!("`{}`", setting.unwrap_or_default().escape_debug()),
                expected: format!("this machine has {}; set one of them or none", names.join(", ")),
            };
            Found { used: machine, error: Some(error) }
        }
    }
}

impl Isa {
    /// All that there are, smallest first.
    const ALL: [Isa; 4] = [Isa::Portable, Isa::Neon, Isa::Avx2, Isa::Avx512];

    /// All that may be used, smallest first: those of this machine, up to the one that `KETLAB_ISA`
    /// names.
    pub fn available() -> &'static [Isa] {
        &found().used
    }

    /// The largest that may be used, which new plans and states use.
    pub fn best() -> Isa {
        *Isa::available().last().expect("the portable kernels run everywhere")
    }

    /// Whether `KETLAB_ISA` is unset or names an instruction set of this machine. A program asks at
    /// its start; new states ask too.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it does not; the message names those that the machine has.
    pub fn check_environment() -> Result<()> {
        found().error.clone().map_or(Ok(()), Err)
    }

    #[cfg(target_arch = "x86_64")]
    fn detect(self) -> bool {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        match self {
            Isa::Portable => true,
            Isa::Neon => false,
            Isa::Avx2 => avx2,
            Isa::Avx512 => {
                avx2 && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512bw")
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn detect(self) -> bool {
        self == Isa::Portable || self == Isa::Neon && cfg!(target_arch = "aarch64")
    }
}

/// `portable`, `neon`, `avx2` or `avx512`, as in `KETLAB_ISA`.
impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Isa::Portable => "portable",
            Isa::Neon => "neon",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        })
    }
}

impl FromStr for Isa {
    type Err = Error;

    fn from_str(name: &str) -> Result<Isa> {
        Isa::ALL.into_iter().find(|isa| isa.to_string() == name).ok_or_else(|| Error::Invalid {
            what: "the name of an instruction set".into(),
            value: format!("`{}`", name.escape_debug()),
            expected: "portable, neon, avx2 or avx512".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_limits_what_is_used_or_is_an_error() {
        let machine = vec![Isa::Portable, Isa::Avx2];
        for none in [None, Some("")] {
            let found = limited(machine.clone(), none);
            assert!(found.used == machine && found.error.is_none());
        }
        assert_eq!(limited(machine.clone(), Some("portable")).used, [Isa::Portable]);
        assert_eq!(limited(machine.clone(), Some("avx2")).used, machine);
        for bad in ["avx512", "AVX2", "sse2", " "] {
            let error = limited(machine.clone(), Some(bad)).error.expect(bad).to_string();
            assert!(error.contains("KETLAB_ISA") && error.contains("portable, avx2;"), "{error}");
            assert!(error.contains(bad), "{error}");
        }
        for isa in Isa::ALL {
            assert_eq!(isa.to_string().parse::<Isa>().unwrap(), isa);
        }
        assert!("avx".parse::<Isa>().is_err());
    }
}
