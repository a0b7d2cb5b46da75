//! What all samplers of independent reads are told in the same way.

/// Gives a sampler with the fields `reads`, `initial` and `seed`, and with a method `sampled`, what is the
/// same for all of them.
macro_rules! reads_are_set {
    ($sampler:ident) => {
        impl $sampler {
            /// How many reads.
            pub fn reads(mut self, reads: u64) -> Self {
                self.reads.count = reads;
                self
            }

            /// The number of the first read, 0 unless set: parts of a run may be run by themselves, in
            /// any order, and each read is what it is in the whole.
            pub fn first_read(mut self, first: u64) -> Self {
                self.reads.first = first;
                self
            }

            /// Starts from these configurations instead of random ones: read k from number k, and from
            /// the first again where they are fewer. A read that has several replicas starts all of them
            /// from its own, a population from all in turn.
            pub fn initial(self, states: impl IntoIterator<Item = crate::math::Bits>) -> Self {
                let initial = crate::ising::thermal::initial::Initial::new(states);
                $sampler { initial, ..self }
            }

            /// Sets the seed, 0 unless set. Read k has random numbers of its own.
            pub fn seed(self, seed: u64) -> Self {
                $sampler { seed, ..self }
            }

            /// As [`run`](Self::run); finished reads are kept in a file, and those that it has are not
            /// run. It may have more reads than are asked for, or fewer.
            ///
            /// # Errors
            /// As [`run`](Self::run) and [`Checkpoint::open`](crate::math::Checkpoint::open).
            pub fn run_kept(
                &self,
                model: &crate::ising::Ising,
                checkpoint: &crate::math::Checkpoint,
            ) -> crate::error::Result<crate::math::Kept<crate::ising::SampleSet>> {
                self.sampled(model, Some(checkpoint))
            }
        }
    };
}
pub(super) use reads_are_set;
