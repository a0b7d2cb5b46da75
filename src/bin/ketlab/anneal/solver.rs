//! What the text of `ketlab anneal FILE` says of a solver beside its samples.

use crate::text::number;
use ketlab::ising::SampleInfo;
use serde_json::Value;

/// Lines on what the solver found out on its way.
pub fn lines(info: &SampleInfo) -> Vec<String> {
    let value = |key: &str| info.parameters.get(key);
    let float = |key: &str| value(key).and_then(Value::as_f64);
    let list = |key: &str| value(key).and_then(Value::as_array);
    let mut lines = Vec::new();
    if let (Some(free), Some(beta)) =
        (float("free_energy"), list("betas").and_then(|betas| betas.last()?.as_f64()))
    {
        let errors = list("log_partition_errors");
        let error = errors
            .and_then(|errors| errors.last()?.as_f64())
            .map_or("no error of a single population".into(), |error| {
                format!("± {} from the scatter of populations", number(error / beta))
            });
        let (free, beta) = (number(free), number(beta));
        lines.push(format!("free energy {free} at β = {beta} ({error})"));
    }
    if let (Some(population), Some(size), Some(surviving), Some(effective)) = (
        float("population"),
        float("mean_square_family_size"),
        float("surviving_families"),
        float("effective_sample_size"),
    ) {
        lines.push(format!(
            "families left: {} of {} replicas, ρ_t = {}: an effective sample of {}",
            number(surviving),
            number(population),
            number(size),
            number(effective)
        ));
    }
    if let (Some(target), Some(reads)) = (float("target_energy"), float("reads_at_target")) {
        lines.push(format!("energy {} or less: met by {} reads", number(target), number(reads)));
    }
    if let Some(sizes) = list("mean_cluster_sizes") {
        let ends = [sizes.first(), sizes.last()].map(|size| size.and_then(Value::as_f64));
        if let [Some(hot), Some(cold)] = ends {
            let (hot, cold) = (number(hot), number(cold));
            lines.push(format!(
                "clusters of {hot} spins in the mean on the hottest rung, {cold} on the coldest"
            ));
        }
    }
    lines
}
