//! Systems, budgets and assumptions as text.

use crate::table::{aligned_table, table};
use crate::text::{digits, percent, time};
use anyhow::Result;
use ketlab::advantage::Report;
use ketlab::advantage::linear_systems::{
    Budget, LinearDetails, LinearSystems, MatrixKind, Scenario, Study,
};
use ketlab::circuit::library::ClockWindow;
use std::io::Write;

pub fn details(
    out: &mut dyn Write,
    experiment: &LinearSystems,
    report: &Report<LinearDetails>,
) -> Result<()> {
    let LinearDetails { systems, budgets, scenarios } = &report.details;
    if systems.is_empty() {
        return Ok(());
    }
    let window = match experiment.window {
        ClockWindow::Uniform => "uniform",
        ClockWindow::Sine => "sine",
    };
    writeln!(out, "\nHHL, {window} window, asked for {}:", experiment.question)?;
    let heading =
        ["unknowns", "condition", "exact", "clock", "C", "p", "bias", "shots", "fidelity"];
    writeln!(out, "{}", table(&heading, systems.iter().map(system).collect()))?;
    for study in systems.iter().filter(|study| study.is_clipped) {
        writeln!(
            out,
            "At {} unknowns C is above the smallest eigenvalue: amplitudes are clipped.",
            study.size
        )?;
    }
    writeln!(out, "\nWhat it costs, in gates:")?;
    let heading =
        ["unknowns", "runs", "uses of e^{iAt} a run", "loading b", "a use", "the clock", "all"];
    writeln!(out, "{}", table(&heading, systems.iter().map(cost).collect()))?;
    let circuits: Vec<Vec<String>> = systems.iter().filter_map(circuit).collect();
    if !circuits.is_empty() {
        writeln!(out, "\nWhole circuits against the law:")?;
        let heading = ["unknowns", "qubits", "gates", "p", "amplitudes differ by", "simulated in"];
        writeln!(out, "{}", table(&heading, circuits))?;
    }
    writeln!(out, "\nThe error, imperfections switched on from left to right:")?;
    let mut heading = vec!["unknowns", "clock"];
    let items = budgets.first().into_iter().flat_map(|budget| &budget.items);
    heading.extend(items.map(|item| item.name.as_str()));
    heading.extend(["sum", "of magnitudes", "sum without shots", "whole circuit without shots"]);
    writeln!(out, "{}", table(&heading, budgets.iter().map(budget).collect()))?;
    if matches!(experiment.matrix, MatrixKind::Rows(_)) {
        writeln!(
            out,
            "\nA matrix that is given has one size: how costs grow is not known, and no other \
             assumptions are extrapolated."
        )?;
    }
    if let Some(first) = scenarios.first() {
        let size = systems.iter().map(|study| study.size).max().unwrap_or(0);
        writeln!(
            out,
            "\nUnder other assumptions (operations at {size} unknowns, against {}):",
            first.rival
        )?;
        let heading =
            ["loading", "a use of e^{iAt}", "read-out", "HHL", "best rival", "HHL ahead from"];
        let rows = scenarios.iter().map(scenario).collect();
        writeln!(out, "{}", aligned_table(&heading, rows, 3..6))?;
    }
    Ok(())
}

fn system(study: &Study) -> Vec<String> {
    vec![
        study.size.to_string(),
        digits(study.condition),
        digits(study.exact),
        study.clock.to_string(),
        digits(study.constant),
        digits(study.success),
        percent(study.bias),
        percent(study.shots_deviation),
        digits(study.fidelity),
    ]
}

fn cost(study: &Study) -> Vec<String> {
    let cost = &study.cost;
    vec![
        study.size.to_string(),
        cost.runs.to_string(),
        cost.uses_per_run.to_string(),
        cost.loading_gates.to_string(),
        digits(cost.gates_per_use),
        cost.clock_gates.to_string(),
        digits(cost.operations),
    ]
}

fn circuit(study: &Study) -> Option<Vec<String>> {
    let run = study.circuit.as_ref()?;
    Some(vec![
        study.size.to_string(),
        run.qubits.to_string(),
        run.gates.to_string(),
        digits(run.success),
        format!("{:.0e}", run.amplitude_difference),
        time(run.seconds),
    ])
}

fn budget(budget: &Budget) -> Vec<String> {
    let mut row = vec![budget.size.to_string(), budget.clock.to_string()];
    row.extend(budget.items.iter().map(|item| percent(item.change)));
    row.extend([budget.sum, budget.sum_of_magnitudes, budget.bias].map(percent));
    row.push(budget.circuit.map_or("–".into(), percent));
    row
}

fn scenario(scenario: &Scenario) -> Vec<String> {
    vec![
        scenario.loading.clone(),
        scenario.evolution.clone(),
        scenario.reading.clone(),
        digits(scenario.operations),
        digits(scenario.classical),
        scenario.crossover.map_or("never".into(), |n| format!("{} unknowns", digits(n))),
    ]
}
