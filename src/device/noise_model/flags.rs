//! Noise models from short texts, as flags of the program are.

use super::model::NoiseModel;
use super::pattern::Pattern;
use super::rule::{ActsOn, Relaxation, Rule};
use crate::error::{Error, Result};
use crate::math::closest;
use crate::noise::{Channel, ReadoutError, parse_duration};

/// The flags and what each means, for help and messages.
pub const FLAGS: &[(&str, &str)] = &[
    (
        "depolarizing=P",
        "after every gate, virtual ones too, X, Y or Z with P/3 each on each qubit it touches",
    ),
    (
        "depolarizing-pair=P",
        "after every gate on two qubits, each of the 15 Pauli errors of the pair with P/15",
    ),
    (
        "thermal=T1,T2",
        "relaxation while gates, measurements and delays last; needs 1q, 2q and measure",
    ),
    ("1q=T,2q=T,measure=T", "how long gates on one, two, … qubits, measurements and resets take"),
    ("readout=A,B", "every qubit is misread: 1 for 0 with A, 0 for 1 with B (or both with A)"),
    ("FILE.json", "a noise model in a file"),
];

/// The model that flags say together, rules in the order of the flags:
///
/// - `depolarizing=0.001`: after every gate, virtual ones too, one channel on each qubit that it
///   touches, which does X, Y or Z with a third of the probability each;
/// - `depolarizing-pair=0.001`: after every gate on two qubits one channel on the pair, which does each of
///   the 15 Pauli strings with a fifteenth of the probability;
/// - `thermal=100us,80us`: T1 and T2. The qubits of a gate that is not virtual relax for its time after
///   it, a qubit that is measured before it, one that is reset after it (if there is a time), and
///   qubits of a `delay` while it lasts. The times `1q=35ns,2q=300ns,measure=1us` must be among the
///   flags, behind it or on their own; `3q`, … and `reset` may be;
/// - `readout=0.01,0.02`: every qubit is read 1 where it is 0, and 0 where it is 1, with these
///   probabilities; one number is both;
/// - what ends in `.json` is a file, whose text `read` gets: a model ([`NoiseModel::from_json`]).
///
/// ```
/// use ketlab::device::noise_from_flags;
/// let mut no_files = |_: &str| unreachable!();
/// let model = noise_from_flags(&["depolarizing=0.001", "readout=0.01,0.02"], &mut no_files)?;
/// assert_eq!(model.rules().len(), 1);
/// assert_eq!(model.readout_error(3).p0_given_1, 0.02);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If a flag is not known (the message suggests one), a number is missing, wrong or no probability, a
/// time has no unit, `thermal` has no times or times no `thermal`, something is said twice, or a file
/// is none.
pub fn noise_from_flags<S: AsRef<str>>(
    flags: &[S],
    read: &mut dyn FnMut(&str) -> Result<String>,
) -> Result<NoiseModel> {
    let mut times = Times::default();
    for flag in flags.iter().map(|f| f.as_ref().trim()).filter(|f| !is_file(f)) {
        times.take(flag)?;
    }
    let mut model = NoiseModel::new();
    let mut thermal = false;
    for flag in flags.iter().map(|f| f.as_ref().trim()) {
        if is_file(flag) {
            model.extend(NoiseModel::from_json(&read(flag)?)?)?;
            continue;
        }
        let items = items(flag)?;
        let values = leading(&items);
        match items[0].0 {
            "depolarizing" => {
                let channel = Channel::depolarizing(one_number(flag, &values)?, 1)?;
                let gates = Pattern::all_gates().and_virtual();
                model.push(Rule::after(gates, channel, ActsOn::Each)?);
            }
            "depolarizing-pair" => {
                let channel = Channel::depolarizing(one_number(flag, &values)?, 2)?;
                let gates = Pattern::all_gates().touching(2);
                model.push(Rule::after(gates, channel, ActsOn::All)?);
            }
            "readout" => {
                let (a, b) = match values[..] {
                    [both] => (number(flag, both)?, number(flag, both)?),
                    [a, b] => (number(flag, a)?, number(flag, b)?),
                    _ => {
                        return Err(wrong(
                            flag,
                            "it takes P(1|0) and P(0|1), as in `readout=0.01,0.02`",
                        ));
                    }
                };
                let mut readout = NoiseModel::new();
                readout.set_readout_error(ReadoutError::new(a, b)?)?;
                model.extend(readout)?;
            }
            "thermal" => {
                if thermal {
                    return Err(wrong(flag, "there is one `thermal` for all qubits"));
                }
                thermal = true;
                let [t1, t2] = values[..] else {
                    return Err(wrong(flag, "it takes T1 and T2, as in `thermal=100us,80us`"));
                };
                let relaxation =
                    Relaxation::new(parse_duration("T1", t1)?, parse_duration("T2", t2)?);
                times.relax(relaxation, &mut model)?;
            }
            name if is_time(name) => {}
            name => return Err(unknown(name)),
        }
        // What may stand behind: the times of `thermal`.
        if let Some((name, _)) = items[1..].iter().find(|(name, _)| {
            !name.is_empty() && !(is_time(name) && (items[0].0 == "thermal" || is_time(items[0].0)))
        }) {
            return Err(wrong(
                flag,
                &format!("`{name}` does not belong there; repeat the flag for it"),
            ));
        }
    }
    if !thermal && let Some(name) = times.first() {
        return Err(wrong(&name, "times of gates belong to `thermal=T1,T2`, which is missing"));
    }
    Ok(model)
}

fn is_file(flag: &str) -> bool {
    flag.ends_with(".json")
}

fn is_time(name: &str) -> bool {
    name == "measure" || name == "reset" || num_qubits(name).is_some()
}

/// Of `2q`.
fn num_qubits(name: &str) -> Option<usize> {
    name.strip_suffix('q').and_then(|n| n.parse().ok()).filter(|&n| n > 0)
}

/// Names and values; values that follow a name have none of their own.
fn items(flag: &str) -> Result<Vec<(&str, &str)>> {
    let split =
        |item: &'_ str| -> (usize, usize) { item.find('=').map_or((0, 0), |at| (at, at + 1)) };
    let items: Vec<(&str, &str)> = flag
        .split(',')
        .map(|item| {
            let (end, start) = split(item);
            (item[..end].trim(), item[start..].trim())
        })
        .collect();
    match items[0].0 {
        "" => Err(unknown(flag)),
        _ => Ok(items),
    }
}

/// The first value and those without a name behind it.
fn leading<'a>(items: &[(&'a str, &'a str)]) -> Vec<&'a str> {
    let more = items[1..].iter().take_while(|item| item.0.is_empty());
    items[..1].iter().chain(more).map(|item| item.1).collect()
}

fn one_number(flag: &str, values: &[&str]) -> Result<f64> {
    match values {
        [value] => number(flag, value),
        _ => Err(wrong(flag, "it takes one probability, as in `depolarizing=0.001`")),
    }
}

fn number(flag: &str, text: &str) -> Result<f64> {
    text.parse().map_err(|_| wrong(flag, &format!("`{text}` is no number")))
}

fn wrong(flag: &str, expected: &str) -> Error {
    Error::Invalid {
        what: "the noise".into(),
        value: format!("`{flag}`"),
        expected: expected.into(),
    }
}

fn unknown(name: &str) -> Error {
    let known = ["depolarizing", "depolarizing-pair", "thermal", "readout"];
    let near = closest(name, known.into_iter());
    let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    let all: Vec<&str> = FLAGS.iter().map(|f| f.0).collect();
    Error::UnknownName {
        kind: "noise",
        name: name.into(),
        hint: format!("{near}there are {}", all.join(", ")),
    }
}

/// How long operations take, in seconds.
#[derive(Default)]
struct Times(Vec<(String, f64)>);

impl Times {
    /// The times in a flag.
    fn take(&mut self, flag: &str) -> Result<()> {
        for (name, value) in items(flag)?.into_iter().filter(|item| is_time(item.0)) {
            if self.of(name).is_some() {
                return Err(wrong(flag, &format!("the time `{name}` is there twice")));
            }
            let time = parse_duration(&format!("the time `{name}`"), value)?;
            self.0.push((name.into(), time));
        }
        Ok(())
    }

    fn of(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|t| t.0 == name).map(|t| t.1)
    }

    fn first(&self) -> Option<String> {
        self.0.first().map(|t| t.0.clone())
    }

    /// Appends rules of relaxation for what takes time.
    fn relax(&self, relaxation: Relaxation, model: &mut NoiseModel) -> Result<()> {
        let missing: Vec<&str> =
            ["1q", "2q", "measure"].into_iter().filter(|name| self.of(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(Error::Invalid {
                what: "`thermal`, relaxation while gates last,".into(),
                value: format!("without the time of {}", missing.join(", ")),
                expected:
                    "say how long they take, as in `1q=35ns,2q=300ns,measure=1us` behind it or in \
                           a flag of its own"
                        .into(),
            });
        }
        for (name, time) in &self.0 {
            let channel = relaxation.channel(*time)?;
            if *time == 0.0 {
                continue;
            }
            model.push(match (name.as_str(), num_qubits(name)) {
                (_, Some(n)) => {
                    Rule::after(Pattern::all_gates().touching(n), channel, ActsOn::Each)?
                }
                ("measure", _) => Rule::before(Pattern::measure(), channel, ActsOn::Each)?,
                _ => Rule::after(Pattern::reset(), channel, ActsOn::Each)?,
            });
        }
        model.push(Rule::relaxation(Pattern::delay(), relaxation)?);
        Ok(())
    }
}
