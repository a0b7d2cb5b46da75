//! Channels from text: `depolarizing(p=0.01)`, `thermal(t1=100us, t2=80us, t=300ns)`.

use super::channel::Channel;
use super::duration::parse_duration;
use super::limits::{channel_qubits, invalid};
use crate::error::{Error, Result};
use crate::pauli::PauliString;
use std::str::FromStr;

/// A channel that has a name.
struct Named {
    name: &'static str,
    /// All of its arguments; none where they are Pauli strings.
    arguments: &'static [&'static str],
    build: fn(&Arguments<'_>) -> Result<Channel>,
}

const fn named(
    name: &'static str,
    arguments: &'static [&'static str],
    build: fn(&Arguments<'_>) -> Result<Channel>,
) -> Named {
    Named { name, arguments, build }
}

const NAMED: &[Named] = &[
    named("identity", &["qubits"], |a| Channel::identity(a.qubits()?)),
    named("depolarizing", &["p", "lambda", "gate_error", "qubits"], depolarizing),
    named("bit_flip", &["p"], |a| Channel::bit_flip(a.number("p")?)),
    named("phase_flip", &["p"], |a| Channel::phase_flip(a.number("p")?)),
    named("bit_phase_flip", &["p"], |a| Channel::bit_phase_flip(a.number("p")?)),
    named("amplitude_damping", &["gamma"], |a| Channel::amplitude_damping(a.number("gamma")?)),
    named("generalized_amplitude_damping", &["gamma", "population"], |a| {
        Channel::generalized_amplitude_damping(a.number("gamma")?, a.number("population")?)
    }),
    named("phase_damping", &["lambda"], |a| Channel::phase_damping(a.number("lambda")?)),
    named("thermal", &["t1", "t2", "t", "population"], |a| {
        let population = a.optional("population")?.unwrap_or(0.0);
        Channel::thermal_relaxation(a.time("t1")?, a.time("t2")?, a.time("t")?, population)
    }),
    named("reset", &["p0", "p1"], |a| {
        if a.find("p0").is_none() && a.find("p1").is_none() {
            return Err(a.missing("p0 or p1"));
        }
        Channel::reset(a.optional("p0")?.unwrap_or(0.0), a.optional("p1")?.unwrap_or(0.0))
    }),
    named("over_rotation", &["axis", "angle"], |a| {
        let axis: PauliString = a.required("axis")?.parse()?;
        Channel::over_rotation(&axis, a.number("angle")?)
    }),
    named("pauli", &[], |a| {
        let (errors, qubits) = a.strings()?;
        Channel::pauli(errors, qubits)
    }),
    named("pauli_lindblad", &[], |a| {
        let (rates, qubits) = a.strings()?;
        Channel::pauli_lindblad(rates, qubits)
    }),
];

/// The names of channels that have a text, each with its arguments; none where these are Pauli strings
/// with numbers, `ZZ=0.001`, of which the rightmost letter is qubit 0.
pub fn named_channels() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    NAMED.iter().map(|spec| (spec.name, spec.arguments))
}

/// Names of channels that have matrices, which are not in the text.
const OF_MATRICES: [&str; 3] = ["kraus", "unitary", "mixed_unitary"];

fn depolarizing(a: &Arguments<'_>) -> Result<Channel> {
    let given: Vec<&str> =
        ["p", "lambda", "gate_error"].into_iter().filter(|name| a.find(name).is_some()).collect();
    let qubits = a.qubits()?;
    match given[..] {
        ["p"] => Channel::depolarizing(a.number("p")?, qubits),
        ["lambda"] => Channel::depolarizing_lambda(a.number("lambda")?, qubits),
        ["gate_error"] => Channel::depolarizing_from_gate_error(a.number("gate_error")?, qubits),
        [] => Err(a.missing("p, lambda or gate_error")),
        _ => {
            let expected = "`depolarizing` takes one of p, lambda and gate_error";
            Err(invalid("the argument of the strength", given.join(" and "), expected))
        }
    }
}

/// What stands between the parentheses.
struct Arguments<'a> {
    channel: &'a str,
    all: Vec<(&'a str, &'a str)>,
}

impl<'a> Arguments<'a> {
    fn find(&self, name: &str) -> Option<&'a str> {
        self.all.iter().find(|a| a.0 == name).map(|a| a.1)
    }

    fn missing(&self, name: &str) -> Error {
        let what = format!("the argument {name} of `{}`", self.channel);
        invalid(
            what,
            "missing",
            format!("write {}({name}=…)", self.channel).replace(" or ", "=… or "),
        )
    }

    fn required(&self, name: &str) -> Result<&'a str> {
        self.find(name).ok_or_else(|| self.missing(name))
    }

    fn parse<T: FromStr>(&self, name: &str, text: &str, expected: &str) -> Result<T> {
        let what = || format!("the argument {name} of `{}`", self.channel);
        text.parse().map_err(|_| invalid(what(), format!("`{}`", shortened(text)), expected))
    }

    fn number(&self, name: &str) -> Result<f64> {
        self.parse(name, self.required(name)?, "it is a number")
    }

    fn optional(&self, name: &str) -> Result<Option<f64>> {
        self.find(name).map(|text| self.parse(name, text, "it is a number")).transpose()
    }

    fn time(&self, name: &str) -> Result<f64> {
        parse_duration(&format!("the argument {name} of `{}`", self.channel), self.required(name)?)
    }

    fn qubits(&self) -> Result<usize> {
        self.find("qubits")
            .map_or(Ok(1), |text| self.parse("qubits", text, "it is a number of qubits"))
    }

    /// Labels with numbers, and as many qubits as the longest label or `qubits` says.
    fn strings(&self) -> Result<(Vec<(PauliString, f64)>, usize)> {
        let mut most = 1;
        let mut out = vec![];
        for &(label, text) in self.all.iter().filter(|a| a.0 != "qubits") {
            let string = PauliString::from_label(label).ok().filter(|_| !label.is_empty());
            let Some(string) = string else {
                let known = format!(
                    "`{}` takes Pauli strings such as XZ, whose rightmost letter is qubit 0, and \
                     qubits",
                    self.channel
                );
                return Err(unknown_argument(label, known));
            };
            most = most.max(label.len());
            out.push((string, self.parse(label, text, "it is a number")?));
        }
        let given = self.find("qubits").is_some();
        Ok((out, channel_qubits(if given { self.qubits()? } else { most })?))
    }
}

fn unknown_argument(name: &str, hint: String) -> Error {
    Error::UnknownName { kind: "argument", name: shortened(name), hint }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// As [`Display`](std::fmt::Display) writes it: a name and named arguments, times with a unit (ns, us,
/// µs, ms, s); several, one after the other, with `then` between them. The number of qubits is the
/// argument `qubits` where it is free, 1 if it is left out.
///
/// ```
/// use ketlab::noise::Channel;
/// let noise: Channel = "depolarizing(p=0.01, qubits=2) then pauli(ZZ=0.001)".parse()?;
/// assert_eq!(noise.num_qubits(), 2);
/// let error = "thermal(t1=100us, t2=80us)".parse::<Channel>().unwrap_err();
/// assert_eq!(error.to_string(), "the argument t of `thermal` is missing; write thermal(t=…)");
/// # Ok::<(), ketlab::Error>(())
/// ```
impl FromStr for Channel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(" then ").map(one);
        let first = parts.next().unwrap_or_else(|| one(""))?;
        parts.try_fold(first, |before, next| before.then(&next?))
    }
}

fn one(text: &str) -> Result<Channel> {
    let text = text.trim();
    let (name, inside) = match text.split_once('(') {
        None => (text, ""),
        Some((name, rest)) => match rest.strip_suffix(')') {
            Some(inside) => (name.trim_end(), inside.trim()),
            None => {
                let expected = "it ends with `)`, as in depolarizing(p=0.01)";
                return Err(invalid("a noise channel", format!("`{}`", shortened(text)), expected));
            }
        },
    };
    let Some(spec) = NAMED.iter().find(|spec| spec.name == name) else {
        if OF_MATRICES.contains(&name) {
            let expected = "its matrices are not in the text; make it with the library";
            return Err(invalid("a noise channel", format!("`{}`", shortened(text)), expected));
        }
        let known: Vec<&str> = NAMED.iter().map(|spec| spec.name).collect();
        return Err(Error::unknown_name(
            "noise channel",
            &shortened(name),
            "the channels are",
            &known,
        ));
    };
    let mut arguments = Arguments { channel: spec.name, all: vec![] };
    for argument in inside.split(',').map(str::trim).filter(|_| !inside.is_empty()) {
        let Some((key, value)) = argument.split_once('=') else {
            let expected =
                format!("arguments of `{name}` have names{}", taken(spec.arguments, ": it takes "));
            let value = format!("`{}`", shortened(argument));
            return Err(invalid("an argument of a noise channel", value, expected));
        };
        let (key, value) = (key.trim_end(), value.trim_start());
        if !spec.arguments.is_empty() && !spec.arguments.contains(&key) {
            let all = format!("`{name}` takes");
            return Err(Error::unknown_name("argument", &shortened(key), &all, spec.arguments));
        }
        if arguments.find(key).is_some() {
            let what = format!("the argument {} of `{name}`", shortened(key));
            return Err(invalid(what, "given twice", "give it once"));
        }
        arguments.all.push((key, value));
    }
    (spec.build)(&arguments)
}

fn taken(arguments: &[&str], before: &str) -> String {
    if arguments.is_empty() { String::new() } else { format!("{before}{}", arguments.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::every_named_channel;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Channel> {
        text.parse()
    }

    #[test]
    fn every_named_channel_is_read_back() {
        for channel in every_named_channel() {
            assert_eq!(read(&channel.to_string()).unwrap(), channel, "{channel}");
        }
        let both = Channel::bit_flip(0.1).unwrap().then(&Channel::amplitude_damping(0.2).unwrap());
        let both = both.unwrap();
        assert_eq!(both.to_string(), "bit_flip(p=0.1) then amplitude_damping(gamma=0.2)");
        assert_eq!(read(&both.to_string()).unwrap(), both);
    }

    #[test]
    fn texts_as_people_write_them() {
        let same = |text: &str, canonical: &str| {
            assert_eq!(read(text).unwrap().to_string(), canonical);
        };
        same(" depolarizing( p = 1e-2 ) ", "depolarizing(p=0.01)");
        same("depolarizing(qubits=2,p=0.01)", "depolarizing(p=0.01, qubits=2)");
        same("thermal(t=300ns,t1=0.1ms,t2=80 µs)", "thermal(t1=100us, t2=80us, t=300ns)");
        same("thermal(t1=inf, t2=1ms, t=1us)", "thermal(t1=inf, t2=1ms, t=1us)");
        same("pauli(X=0.01, ZZ=0.02)", "pauli(IX=0.01, ZZ=0.02)");
        same("pauli(X=0.01, qubits=2)", "pauli(IX=0.01)");
        same("reset(p1=0.25)", "reset(p0=0, p1=0.25)");
        same("identity", "identity()");
        same("pauli_lindblad(Z=0)", "pauli()");
    }

    #[test]
    fn errors_name_what_is_wrong() {
        let cases = [
            ("depolarising(p=0.01)", "did you mean `depolarizing`"),
            ("", "the channels are identity"),
            ("depolarizing(0.01)", "`0.01`; arguments of `depolarizing` have names: it takes p,"),
            ("depolarizing(lamda=0.01)", "no argument `lamda`; did you mean `lambda`?"),
            ("depolarizing()", "p, lambda or gate_error"),
            ("depolarizing(p=0.1, lambda=0.1)", "p and lambda"),
            ("depolarizing(p=0.1, p=0.1)", "given twice"),
            ("depolarizing(p=x)", "the argument p of `depolarizing` is `x`; it is a number"),
            ("depolarizing(p=0.1", "ends with `)`"),
            ("depolarizing(p=NaN)", "NaN"),
            ("depolarizing(p=0.1, qubits=-1)", "`-1`"),
            ("depolarizing(p=0.1, qubits=40)", "40; it is from 1 to 32"),
            ("thermal(t1=100us, t2=80us, time=3ns)", "no argument `time`"),
            ("thermal(t1=100us, t2=80us, t=3)", "the argument t of `thermal` is `3`"),
            ("thermal(t1=100us, t2=250us, t=3ns)", "T2 is 250us; T2 is at most 2 T1 = 200us"),
            ("thermal(t1=0s, t2=1us, t=3ns)", "T1 is 0"),
            ("thermal(t1=1us, t2=1us, t=inf)", "finite"),
            ("pauli(W=0.1)", "no argument `W`"),
            ("pauli(=0.1)", "no argument ``"),
            ("depolarizing(p=0.1))", "`0.1)`"),
            ("depolarizing(p=0.1,)", "arguments of `depolarizing` have names"),
            ("pauli(XX=0.1, qubits=1)", "qubit 1 is out of range"),
            ("pauli(X=0.7, Z=0.7)", "1.4"),
            ("reset()", "p0=… or p1"),
            ("over_rotation(axis=Q, angle=1)", "Q"),
            ("kraus(matrices=2)", "not in the text"),
            ("bit_flip(p=0.1) then depolarizing(p=0.1, qubits=2)", "acts on 1 qubits, but got 2"),
        ];
        for (text, part) in cases {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        let long = "é".repeat(10_000);
        for text in [long.clone(), format!("pauli({long}=1)"), format!("bit_flip(p={long})")] {
            assert!(read(&text).unwrap_err().to_string().len() < 600);
        }
    }

    fn near_texts() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            "depolarizing",
            "pauli",
            "thermal",
            "reset",
            "pauli_lindblad",
            "[a-z]{0,6}"
        ];
        let key =
            prop_oneof!["p", "lambda", "t1", "t2", "t", "p0", "qubits", "[IXYZ]{1,3}", "[a-z=µ(]?"];
        let value = prop_oneof![
            "0\\.[0-9]{1,3}",
            "[0-9]{1,2}",
            "[0-9]{1,3}(ns|us|µs|ms|s)?",
            "-?1e-?[0-9]{1,3}",
            "nan|inf"
        ];
        let arguments = proptest::collection::vec((key, value), 0..4);
        let one = (name, arguments, "\\)?").prop_map(|(name, arguments, end)| {
            let all: Vec<_> = arguments.into_iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("{name}({}{end}", all.join(", "))
        });
        proptest::collection::vec(one, 1..3).prop_map(|all| all.join(" then "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// No text panics, and what is read is written so that it is read again.
        #[test]
        fn texts_are_refused_or_read_back(text in prop_oneof![near_texts(), any::<String>()]) {
            if let Ok(channel) = read(&text) {
                prop_assert!(channel.cptp_deviation() < 1e-14);
                prop_assert_eq!(read(&channel.to_string()).unwrap(), channel);
            }
        }
    }
}
