//! `ketlab encode tsp`: the shortest tour.

use super::common::Common;
use super::kind::Kind;
use crate::messages;
use anyhow::Result;
use ketlab::ising::problems::{AnyProblem, TravellingSalesman};
use ketlab::ising::{Graph, Tsplib};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab encode tsp circuits/problems/tour_6.tsp -o tour.json
  ketlab anneal tour.json --method tabu --json > samples.json
  ketlab decode tour.json samples.json --plot tour.svg

Files:
  .tsp .atsp (or any text with their keys): TSPLIB, with coordinates (EUC_2D, CEIL_2D, ATT, GEO, …) or a \
matrix of distances (EXPLICIT); lengths are the library's integers:
    DIMENSION: 3
    EDGE_WEIGHT_TYPE: EUC_2D
    NODE_COORD_SECTION
    1 0 0
    2 3 4
    3 6 0
  others: a graph, such as lines `u v length`; where there is no edge there is no road

n cities are (n - 1)² bits: city 0 is the first of every tour.")]
pub struct Args {
    /// Cities with their distances, or a graph whose weights are lengths
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl Kind for Args {
    fn common(&self) -> &Common {
        &self.common
    }

    fn inputs(&self) -> Vec<&Path> {
        vec![&self.file]
    }

    fn problem(&self) -> Result<AnyProblem> {
        let (problem, first) = match self.is_tsplib() {
            // TSPLIB counts from 1.
            true => (of_cities(&Tsplib::read(&self.file)?)?, 1),
            false => {
                let (graph, first) = Graph::read_numbered(&self.file)?;
                (TravellingSalesman::from_graph(&graph)?, first)
            }
        };
        if first != 0 {
            messages::note(format_args!(
                "cities are numbered from 0 here, from {first} in {}",
                self.file.display()
            ));
        }
        Ok(problem.into())
    }
}

impl Args {
    /// By its extension, else by a key that no graph has.
    fn is_tsplib(&self) -> bool {
        let extension = self.file.extension().map(|e| e.to_string_lossy().to_lowercase());
        if extension.is_some_and(|e| e == "tsp" || e == "atsp") {
            return true;
        }
        // What cannot be read is said by who reads it; a key stands among the first lines.
        let Ok(file) = std::fs::File::open(&self.file) else { return false };
        let mut head = Vec::new();
        let _ = std::io::Read::read_to_end(&mut std::io::Read::take(file, 1 << 16), &mut head);
        String::from_utf8_lossy(&head).contains("EDGE_WEIGHT_TYPE")
    }
}

fn of_cities(cities: &Tsplib) -> ketlab::Result<TravellingSalesman> {
    let problem = TravellingSalesman::new(cities.num_cities(), cities.distances().iter().copied())?;
    match cities.coordinates() {
        Some(places) => problem.with_coordinates(places.to_vec()),
        None => Ok(problem),
    }
}
