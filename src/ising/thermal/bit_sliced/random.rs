//! Random words for replicas that share a word.

use crate::math::Streams;
use rand::Rng;

/// xoroshiro128++ (Blackman and Vigna, ACM Trans. Math. Softw. 47, 36 (2021)), L generators with
/// states of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generators<const L: usize> {
    a: [u64; L],
    b: [u64; L],
}

impl<const L: usize> Generators<L> {
    /// Lane k is seeded by 128 bits of stream `stream(k)`.
    pub fn new(streams: &Streams, stream: impl Fn(usize) -> u64) -> Self {
        let (mut a, mut b) = ([0; L], [0; L]);
        for lane in 0..L {
            let mut seed = streams.stream(stream(lane));
            (a[lane], b[lane]) = (seed.next_u64(), seed.next_u64());
            if a[lane] == 0 && b[lane] == 0 {
                a[lane] = 1; // the one state that is a fixed point
            }
        }
        Generators { a, b }
    }

    /// 64 random bits of each lane.
    #[inline(always)]
    pub fn draw(&mut self) -> [u64; L] {
        let mut out = [0; L];
        for k in 0..L {
            let (a, b) = (self.a[k], self.b[k]);
            out[k] = a.wrapping_add(b).rotate_left(17).wrapping_add(a);
            let both = a ^ b;
            self.a[k] = a.rotate_left(49) ^ both ^ (both << 21);
            self.b[k] = both.rotate_left(28);
        }
        out
    }

    /// Puts lanes back to what they were where the mask has zeros.
    #[inline(always)]
    pub fn keep_only(&mut self, mask: [u64; L], old: &Self) {
        for k in 0..L {
            self.a[k] = (self.a[k] & mask[k]) | (old.a[k] & !mask[k]);
            self.b[k] = (self.b[k] & mask[k]) | (old.b[k] & !mask[k]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Domain;

    /// The authors' program (`xoroshiro128plusplus.c`, version 1.0), word by word, without lanes.
    fn published(s: &mut [u64; 2]) -> u64 {
        let (s0, mut s1) = (s[0], s[1]);
        let result = s0.wrapping_add(s1).rotate_left(17).wrapping_add(s0);
        s1 ^= s0;
        s[0] = s0.rotate_left(49) ^ s1 ^ (s1 << 21);
        s[1] = s1.rotate_left(28);
        result
    }

    #[test]
    fn is_the_published_generator_in_every_lane() {
        // The first outputs from the state 1, 2, as stand in the tests of the crate `rand_xoshiro`.
        let mut rng = Generators { a: [1; 4], b: [2; 4] };
        let mut state = [1, 2];
        for expected in [393217, 669327710093319, 1732421326133921491, 11394790081659126983] {
            assert_eq!(rng.draw(), [expected; 4]);
            assert_eq!(published(&mut state), expected);
        }
    }

    #[test]
    fn a_lane_goes_on_alone() {
        let streams = Streams::new(3, Domain::BitSliced);
        let mut rng = Generators::<4>::new(&streams, |k| k as u64);
        let mut alone = Generators::<1>::new(&streams, |_| 2);
        for round in 0..20 {
            let old = rng;
            let drawn = rng.draw();
            let moves = round % 3 != 0;
            rng.keep_only([0, !0, if moves { !0 } else { 0 }, 0], &old);
            if moves {
                assert_eq!([drawn[2]], alone.draw());
            }
        }
    }
}
