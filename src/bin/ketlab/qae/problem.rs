//! What `ketlab qae` estimates, and by which methods.

use super::args::Args;
use crate::input;
use crate::messages;
use anyhow::{Context, Result, bail};
use ketlab::Circuit;
use ketlab::estimation::{EstimationProblem, EstimatorKind, GoodStates, PostProcessing};

/// What is estimated.
pub fn problems(args: &Args) -> Result<Vec<EstimationProblem>> {
    let post = PostProcessing::Affine { scale: args.scale, offset: args.offset };
    for (name, value) in [("--scale", args.scale), ("--offset", args.offset)] {
        if !value.is_finite() {
            bail!("{name} is {value}; it must be a finite number");
        }
    }
    if let Some(problem) = args.quantity.of_table()? {
        let own = problem.post().clone().then_affine(args.scale, args.offset);
        return Ok(vec![problem.post_processing(own)]);
    }
    let found = match (&args.file, args.integral) {
        (Some(file), _) => {
            let read = args.reading.circuit(file)?;
            let circuit = read.without_final_measurements();
            let measures = |c: &Circuit| c.profile().num_measurements;
            if measures(&circuit) < measures(&read) && measures(&circuit) == 0 {
                let name = input::name(file);
                messages::note(format!("{name}: its final measurements are left out"));
            }
            let Some(good) = &args.good else {
                bail!(
                    "--good says which basis states of {} are good, for example --good \"q{}=1\"",
                    input::name(file),
                    circuit.num_qubits().saturating_sub(1)
                );
            };
            let good = GoodStates::parse(good, &circuit).context("--good")?;
            vec![EstimationProblem::new(circuit, good)?.named(input::name(file))]
        }
        (None, Some(integral)) => {
            let (integrand, own) = args.quantity.of_integral(integral)?;
            let problem = EstimationProblem::integral(integrand, args.grid_qubits())
                .context("--grid-qubits")?;
            let own = own.then_affine(args.scale, args.offset);
            return Ok(vec![problem.post_processing(own)]);
        }
        (None, None) if args.amplitude.is_empty() => bail!(
            "say what to estimate: --amplitude 0.2, a circuit with --good \"q3=1\", --integral sine, or a \
             table with --distribution or --function"
        ),
        (None, None) => args
            .amplitude
            .iter()
            .map(|&a| EstimationProblem::bernoulli(a))
            .collect::<Result<_, _>>()
            .context("--amplitude")?,
    };
    Ok(found.into_iter().map(|p| p.post_processing(post.clone())).collect())
}

/// The methods that are asked for, all of which fit the problems.
pub fn methods(args: &Args, problems: &[EstimationProblem]) -> Result<Vec<EstimatorKind>> {
    let has_integrand = problems.iter().all(|p| p.integrand().is_some());
    if args.methods == ["all"] {
        let fits = |m: &EstimatorKind| has_integrand || !m.needs_integrand();
        return Ok(EstimatorKind::ALL.into_iter().filter(fits).collect());
    }
    let mut methods: Vec<EstimatorKind> = Vec::new();
    for name in &args.methods {
        let method: EstimatorKind = name.parse().context("--methods")?;
        if method.needs_integrand() && !has_integrand {
            bail!(
                "--methods {method}: it evaluates an integrand, and a bare amplitude has none; \
                 --integral sine has one, and for a bare amplitude there is monte-carlo"
            );
        }
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    Ok(methods)
}
