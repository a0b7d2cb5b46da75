//! Builders of noise channels. Those on one qubit take a qubit or a list, as
//! [`reset`](Circuit::reset) does, and act on each by itself. Like all builders they panic on a
//! mistake, at the caller's line, and have a `try_` twin that returns the error.

use super::op::without;
use super::{ChannelOp, Circuit, IntoIndices, Op};
use crate::error::{Error, Result};
use crate::gate::index;
use crate::noise::Channel;
use crate::pauli::PauliString;
use std::sync::Arc;

/// How many operations back an equal channel is looked for, to be shared.
const ALIKE: usize = 8;

/// Builders of channels on one qubit: name, twin, parameters, channel.
macro_rules! on_each {
    ($( $(#[doc = $doc:literal])+ $name:ident, $twin:ident ($($arg:ident: $ty:ty),*) = $channel:expr; )*) => {
        impl Circuit { $(
            $(#[doc = $doc])+
            #[track_caller]
            pub fn $name(&mut self, $($arg: $ty,)* qubits: impl IntoIndices) -> &mut Self {
                self.$twin($($arg,)* qubits).unwrap_or_else(|e| panic!("{e}"))
            }

            #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") that returns the error.")]
            ///
            /// # Errors
            /// If a parameter is out of its range, or a qubit out of the circuit's.
            pub fn $twin(&mut self, $($arg: $ty,)* qubits: impl IntoIndices) -> Result<&mut Self> {
                self.on_each($channel?, qubits)
            }
        )* }
    };
}

on_each! {
    #[doc = "Depolarizing: X, Y or Z with probability p/3 each, so `p` is the probability of any error \
             (not λ of ρ → (1-λ)ρ + λI/2, which is 4p/3)."]
    depolarizing, try_depolarizing(p: f64) = Channel::depolarizing(p, 1);
    #[doc = "X with probability p."]
    bit_flip, try_bit_flip(p: f64) = Channel::bit_flip(p);
    #[doc = "Z with probability p: coherences become 1 - 2p times themselves."]
    phase_flip, try_phase_flip(p: f64) = Channel::phase_flip(p);
    #[doc = "|1⟩ decays to |0⟩ with probability γ, at zero temperature."]
    amplitude_damping, try_amplitude_damping(gamma: f64) = Channel::amplitude_damping(gamma);
    #[doc = "Y with probability p."]
    bit_phase_flip, try_bit_phase_flip(p: f64) = Channel::bit_phase_flip(p);
    #[doc = "Coherences become √(1-λ) times themselves; populations stay."]
    phase_damping, try_phase_damping(lambda: f64) = Channel::phase_damping(lambda);
    #[doc = "Relaxation with probability γ to the equilibrium that has this population in |1⟩."]
    generalized_amplitude_damping, try_generalized_amplitude_damping(gamma: f64, excited_population: f64) = Channel::generalized_amplitude_damping(gamma, excited_population);
}

impl Circuit {
    /// Depolarizing on a pair: each of the 15 Pauli strings that are no identity with probability
    /// p/15, so `p` is the probability of any error of the pair. Two [`depolarizing`](Self::depolarizing)s
    /// on one qubit each are another channel.
    #[track_caller]
    pub fn depolarizing2(&mut self, p: f64, a: usize, b: usize) -> &mut Self {
        self.try_depolarizing2(p, a, b).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`depolarizing2`](Self::depolarizing2) that returns the error.
    ///
    /// # Errors
    /// If p is no probability, or the qubits are not two of the circuit's.
    pub fn try_depolarizing2(&mut self, p: f64, a: usize, b: usize) -> Result<&mut Self> {
        self.try_channel(Channel::depolarizing(p, 2)?, [a, b])
    }

    /// Relaxation and dephasing during the time `t`, at zero temperature: populations decay by e^{-t/T1},
    /// coherences by e^{-t/T2}. All times in seconds. [`Channel::thermal_relaxation`] has the
    /// temperature, too.
    #[track_caller]
    pub fn thermal_relaxation(
        &mut self,
        t1: f64,
        t2: f64,
        t: f64,
        qubits: impl IntoIndices,
    ) -> &mut Self {
        self.try_thermal_relaxation(t1, t2, t, qubits).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`thermal_relaxation`](Self::thermal_relaxation) that returns the error.
    ///
    /// # Errors
    /// If T2 is more than 2·T1, a time is out of its range, or a qubit out of the circuit's.
    pub fn try_thermal_relaxation(
        &mut self,
        t1: f64,
        t2: f64,
        t: f64,
        qubits: impl IntoIndices,
    ) -> Result<&mut Self> {
        self.on_each(Channel::thermal_relaxation(t1, t2, t, 0.0)?, qubits)
    }

    /// Pauli strings by their labels, each with its probability; nothing happens with the rest to 1.
    /// A label has a letter for each of the qubits, the last one for `qubits[0]`.
    ///
    /// ```
    /// use ketlab::Circuit;
    /// let mut c = Circuit::new(2);
    /// c.cx(0, 1).pauli_channel(&[("ZI", 0.02), ("XX", 0.01)], [0, 1]); // Z on qubit 1
    /// ```
    #[track_caller]
    pub fn pauli_channel(
        &mut self,
        probabilities: &[(&str, f64)],
        qubits: impl IntoIndices,
    ) -> &mut Self {
        self.try_pauli_channel(probabilities, qubits).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`pauli_channel`](Self::pauli_channel) that returns the error.
    ///
    /// # Errors
    /// If a label is none or has another number of letters than there are qubits, a number is no
    /// probability, or their sum is more than 1.
    pub fn try_pauli_channel(
        &mut self,
        probabilities: &[(&str, f64)],
        qubits: impl IntoIndices,
    ) -> Result<&mut Self> {
        let qubits: Vec<usize> = qubits.into_indices().take(self.num_qubits() + 1).collect();
        let mut strings = Vec::with_capacity(probabilities.len());
        for &(label, p) in probabilities {
            if label.chars().count() != qubits.len() {
                return Err(Error::Invalid {
                    what: "a label of a Pauli channel".into(),
                    value: format!("`{label}`"),
                    expected: format!("it needs a letter for each of the {} qubits", qubits.len()),
                });
            }
            strings.push((PauliString::from_label(label)?, p));
        }
        self.try_channel(Channel::pauli(strings, qubits.len())?, qubits)
    }

    /// Any noise channel; `qubits[0]` is the least significant of its matrices. An equal channel a few
    /// operations before is shared, not kept twice.
    #[track_caller]
    pub fn channel(
        &mut self,
        channel: impl Into<Arc<Channel>>,
        qubits: impl IntoIndices,
    ) -> &mut Self {
        self.try_channel(channel, qubits).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`channel`](Self::channel) that returns the error.
    ///
    /// # Errors
    /// If a qubit is out of range or named twice, or there are not as many as the channel acts on.
    pub fn try_channel(
        &mut self,
        channel: impl Into<Arc<Channel>>,
        qubits: impl IntoIndices,
    ) -> Result<&mut Self> {
        let qubits = qubits.into_indices().take(self.num_qubits() + 1).map(index).collect();
        let channel = self.shared(channel.into());
        self.try_push(Op::Channel(Box::new(ChannelOp { channel, qubits })))
    }

    /// A channel on one qubit, on each of a list.
    fn on_each(&mut self, channel: Channel, qubits: impl IntoIndices) -> Result<&mut Self> {
        let before = self.ops.len();
        let channel = self.shared(Arc::new(channel));
        let result = qubits.into_indices().try_for_each(|qubit| {
            let op = ChannelOp {
                channel: channel.clone(),
                qubits: [index(qubit)].into_iter().collect(),
            };
            self.try_push(Op::Channel(Box::new(op))).map(drop)
        });
        self.all_or_nothing(before, result)
    }

    /// The equal channel among the last operations, or this one.
    fn shared(&self, channel: Arc<Channel>) -> Arc<Channel> {
        let recent = self.ops.iter().rev().take(ALIKE).filter_map(|op| match op {
            Op::Channel(op) => Some(&op.channel),
            _ => None,
        });
        recent.into_iter().find(|c| **c == channel).cloned().unwrap_or(channel)
    }

    /// The circuit without its noise channels, also in branches and loops. Readout errors stay:
    /// [`without_noise`](Self::without_noise) takes both away.
    ///
    /// ```
    /// use ketlab::Circuit;
    /// let mut c = Circuit::new(1);
    /// c.h(0).depolarizing(0.01, 0);
    /// assert_eq!(c.without_channels(), *Circuit::new(1).h(0));
    /// ```
    pub fn without_channels(&self) -> Circuit {
        let mut rest = self.without_ops();
        rest.ops = without(&self.ops, &|op| matches!(op, Op::Channel(_)));
        rest
    }

    /// The circuit without noise channels and readout errors.
    pub fn without_noise(&self) -> Circuit {
        let mut rest = self.without_channels();
        rest.readout_errors.clear();
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Expr;

    fn channels(c: &Circuit) -> Vec<&ChannelOp> {
        let found = c.ops().iter().filter_map(|op| match op {
            Op::Channel(op) => Some(&**op),
            _ => None,
        });
        found.collect()
    }

    #[test]
    fn builders_push_what_they_say_and_share_equal_channels() {
        let mut c = Circuit::new(3);
        c.h(0).depolarizing(0.01, 0).cx(0, 1).depolarizing(0.01, [0, 1]).depolarizing2(0.02, 2, 0);
        let found = channels(&c);
        let qubits: Vec<&[u32]> = found.iter().map(|op| op.qubits.as_slice()).collect();
        assert_eq!(qubits, [&[0][..], &[0], &[1], &[2, 0]]);
        assert!(found[1..3].iter().all(|op| Arc::ptr_eq(&op.channel, &found[0].channel)));
        assert_eq!(*found[0].channel, Channel::depolarizing(0.01, 1).unwrap());
        assert_eq!(*found[3].channel, Channel::depolarizing(0.02, 2).unwrap());
        assert!(!Arc::ptr_eq(&found[3].channel, &found[0].channel));
        c.depolarizing(0.03, 0);
        assert_eq!(*channels(&c)[4].channel, Channel::depolarizing(0.03, 1).unwrap());
    }

    #[test]
    fn every_builder_is_its_channel() {
        let mut c = Circuit::new(2);
        c.bit_flip(0.1, 0).phase_flip(0.2, 0).bit_phase_flip(0.3, 0).amplitude_damping(0.4, 0);
        c.phase_damping(0.5, 0).generalized_amplitude_damping(0.6, 0.1, 0);
        c.thermal_relaxation(100e-6, 80e-6, 300e-9, 0)
            .pauli_channel(&[("ZI", 0.02), ("XX", 0.01)], [0, 1]);
        let texts: Vec<String> = channels(&c).iter().map(|op| op.channel.to_string()).collect();
        let expected = [
            "bit_flip(p=0.1)",
            "phase_flip(p=0.2)",
            "bit_phase_flip(p=0.3)",
            "amplitude_damping(gamma=0.4)",
            "phase_damping(lambda=0.5)",
            "generalized_amplitude_damping(gamma=0.6, population=0.1)",
            "thermal(t1=100us, t2=80us, t=300ns)",
            "pauli(XX=0.01, ZI=0.02)",
        ];
        assert_eq!(texts, expected);
        let names = c.count_ops();
        assert_eq!((names["thermal"], names["pauli"]), (1, 1));
    }

    #[test]
    fn mistakes_are_errors_and_leave_the_circuit_as_it_was() {
        let mut c = Circuit::new(2);
        c.h(0);
        let before = c.clone();
        assert!(c.try_depolarizing(1.5, 0).is_err());
        assert!(c.try_depolarizing(f64::NAN, 0).is_err());
        assert!(c.try_depolarizing(0.1, [0, 1, 2]).is_err());
        assert!(c.try_depolarizing2(0.1, 1, 1).is_err());
        assert!(c.try_channel(Channel::depolarizing(0.1, 2).unwrap(), 0).is_err());
        let error = c.try_pauli_channel(&[("XX", 0.1)], 0).unwrap_err().to_string();
        assert!(error.contains("`XX`") && error.contains("each of the 1"), "{error}");
        assert_eq!(c, before);
    }

    #[test]
    fn noise_is_taken_away_in_bodies_too() {
        let mut c = Circuit::with_clbits(1, 1);
        c.h(0).depolarizing(0.1, 0).measure(0, 0);
        c.if_else(
            Expr::bit(0),
            |b| b.x(0).depolarizing(0.1, 0),
            |b| b.while_loop(Expr::bit(0), |w| w.depolarizing(0.1, 0).measure(0, 0)),
        );
        let mut clean = Circuit::with_clbits(1, 1);
        clean.h(0).measure(0, 0);
        clean.if_else(
            Expr::bit(0),
            |b| b.x(0),
            |b| b.while_loop(Expr::bit(0), |w| w.measure(0, 0)),
        );
        assert_eq!(c.without_channels(), clean);
        let error = crate::noise::ReadoutError { p1_given_0: 0.1, p0_given_1: 0.0 };
        c.set_readout_error(0, error).unwrap();
        assert_eq!(c.without_channels().readout_error(0), error);
        assert_eq!(c.without_noise(), clean);
    }
}
