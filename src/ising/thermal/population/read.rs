//! What one population comes to, and what several say together.

use super::families::Families;
use crate::ising::reads;
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// What one read comes to. One that is not complete is not kept in a file.
#[derive(Serialize, Deserialize)]
pub(super) struct Read {
    pub population: Vec<Bits>,
    /// ln Z without the offset, at each β.
    pub log_partition: Vec<f64>,
    /// Without the offset, at each β after its sweeps.
    pub mean_energies: Vec<f64>,
    pub families: Families,
    pub is_complete: bool,
}

impl Read {
    /// Why this cannot be a read of such a run.
    pub fn fault(&self, spins: u64, members: usize, betas: usize) -> Option<String> {
        let found = self.population.len();
        if found != members {
            return Some(format!("has {found} members where there are {members}"));
        }
        if self.log_partition.len() != betas || self.mean_energies.len() != betas {
            return Some(format!("has not the energies of all {betas} temperatures"));
        }
        self.population.iter().find_map(|bits| reads::length_fault(bits, spins))
    }
}

/// The share of each read in the sum of their Z at β number k.
pub(super) fn shares_of_z(reads: &[Read], k: usize) -> Vec<f64> {
    let logs = || reads.iter().map(|read| read.log_partition[k]);
    let most = logs().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = logs().map(|log| (log - most).exp()).collect();
    let total: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / total).collect()
}

/// ln of the mean Z of reads at β number k, and the standard error of a mean of their ln Z.
pub(super) fn log_mean_z(reads: &[Read], k: usize) -> (f64, Option<f64>) {
    let logs = || reads.iter().map(|read| read.log_partition[k]);
    let (most, count) = (logs().fold(f64::NEG_INFINITY, f64::max), reads.len() as f64);
    let log_z = most + (logs().map(|log| (log - most).exp()).sum::<f64>() / count).ln();
    let mean = logs().sum::<f64>() / count;
    let squares: f64 = logs().map(|log| (log - mean).powi(2)).sum();
    (log_z, (reads.len() > 1).then(|| (squares / (count * (count - 1.0))).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(log_z: f64) -> Read {
        Read {
            population: vec![Bits::zeros(3)],
            log_partition: vec![log_z],
            mean_energies: vec![1.0],
            families: Families::of(&[0]),
            is_complete: true,
        }
    }

    #[test]
    fn the_mean_of_z_and_its_error() {
        let reads = [read(1000.0), read(1000.0 + 3f64.ln())];
        let (log_z, error) = log_mean_z(&reads, 0);
        assert!((log_z - 1000.0 - 2f64.ln()).abs() < 1e-12);
        // Half of their difference.
        assert!((error.unwrap() - 3f64.ln() / 2.0).abs() < 1e-12);
        assert_eq!(log_mean_z(&reads[..1], 0), (1000.0, None));
        let shares = shares_of_z(&reads, 0);
        assert!((shares[0] - 0.25).abs() < 1e-12 && (shares[1] - 0.75).abs() < 1e-12);
    }

    #[test]
    fn reads_of_another_run_are_told() {
        let read = read(0.0);
        assert_eq!(read.fault(3, 1, 1), None);
        assert!(read.fault(3, 2, 1).unwrap().contains("1 members"));
        assert!(read.fault(3, 1, 2).unwrap().contains("all 2"));
        assert!(read.fault(4, 1, 1).unwrap().contains("3 spins"));
    }
}
