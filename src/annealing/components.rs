//! The parts of a model that no coupling joins.

use crate::error::Result;
use crate::ising::Ising;

/// A connected part, without the offset.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Component {
    pub model: Ising,
    /// Its spins in the whole model, in their order.
    pub spins: Vec<usize>,
}

/// The components, by their first spins. Their energies add up to that of the model without its
/// offset, so that their anneals do not feel one another.
pub(super) fn components(model: &Ising) -> Result<Vec<Component>> {
    let n = model.num_spins();
    let mut place = vec![usize::MAX; n];
    let mut found = Vec::new();
    for start in 0..n {
        if place[start] != usize::MAX {
            continue;
        }
        let (mut spins, mut next) = (vec![start], 0);
        place[start] = 0;
        while let Some(&spin) = spins.get(next) {
            next += 1;
            for &(other, _) in model.neighbours(spin) {
                if place[other] == usize::MAX {
                    place[other] = 0;
                    spins.push(other);
                }
            }
        }
        spins.sort_unstable();
        spins.iter().enumerate().for_each(|(k, &spin)| place[spin] = k);
        let fields = spins.iter().map(|&spin| model.fields()[spin]).collect();
        let pairs = spins.iter().flat_map(|&a| {
            let above = model.neighbours(a).iter().filter(move |(b, _)| *b > a);
            above.map(move |&(b, w)| (a, b, w))
        });
        let pairs: Vec<_> = pairs.map(|(a, b, w)| (place[a], place[b], w)).collect();
        found.push(Component { model: Ising::try_new(fields, pairs, 0.0)?, spins });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_what_is_theirs() {
        let model = Ising::new(
            vec![1.0, 2.0, 3.0, 4.0, 5.0],
            [(3, 0, -1.0), (4, 2, 0.5), (3, 4, 0.0)],
            9.0,
        );
        let parts = components(&model).unwrap();
        let part = |fields: &[f64], pairs: &[(usize, usize, f64)], spins: &[usize]| Component {
            model: Ising::new(fields.to_vec(), pairs.iter().copied(), 0.0),
            spins: spins.to_vec(),
        };
        let expected = [
            part(&[1.0, 4.0], &[(0, 1, -1.0)], &[0, 3]),
            part(&[2.0], &[], &[1]),
            part(&[3.0, 5.0], &[(0, 1, 0.5)], &[2, 4]),
        ];
        assert_eq!(parts, expected);
    }
}
