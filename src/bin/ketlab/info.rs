//! `ketlab info`: what a circuit consists of and what simulating it takes.

use crate::document::{self, Format, Json};
use crate::input::Input;
use crate::noise_options::{Applied, NoiseOptions};
use crate::table::table;
use crate::text::Folded;
use anyhow::Result;
use ketlab::engine::{bytes_needed, max_qubits};
use ketlab::error::bytes;
use ketlab::math::available_memory;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  ketlab info circuits/qft_20.qasm
  ketlab info circuits/ansatz_4.json --json
  ketlab info circuits/adder_4.qasm --noise depolarizing-pair=0.01")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    noise: NoiseOptions,
    #[command(flatten)]
    json: Json,
}

#[derive(Serialize)]
struct Info {
    #[serde(flatten)]
    profile: ketlab::circuit::Profile,
    params: Vec<String>,
    registers: Registers,
    /// Bytes of a state vector; null where it exceeds 2^127.
    memory: Memory,
    /// Null where parameters have no value.
    method: Option<ByMethod>,
    /// What `--noise` did.
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<Applied>,
}

/// How `run` would simulate it.
#[derive(Serialize)]
struct ByMethod {
    /// Null if no method can.
    name: Option<String>,
    reason: String,
}

fn by_method(circuit: &ketlab::Circuit) -> Option<ByMethod> {
    if circuit.inputs().next().is_some() {
        return None;
    }
    // Under noise it is a question of what is asked for: this is what `run` does by itself.
    let request = match circuit.profile().num_channels {
        0 => ketlab::Request::new(),
        _ => ketlab::Request::new().probabilities(1),
    };
    Some(match ketlab::Simulator::new().method_for(circuit, &request) {
        Ok((method, reason)) => {
            ByMethod { name: Some(method.to_string()), reason: reason.into_owned() }
        }
        Err(error) => ByMethod { name: None, reason: error.to_string() },
    })
}

#[derive(Serialize)]
struct Registers {
    qubits: Vec<(String, usize)>,
    /// Those that outcomes show.
    clbits: Vec<(String, usize)>,
    scratch: Vec<(String, usize)>,
}

#[derive(Serialize)]
struct Memory {
    state_f64_bytes: Option<u128>,
    state_f32_bytes: Option<u128>,
    available_bytes: Option<u128>,
    max_qubits_f64: Option<usize>,
    max_qubits_f32: Option<usize>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let (circuit, noise) = args.noise.apply(args.input.circuit()?)?;
    let n = circuit.num_qubits();
    let known = |b: u128| (b != u128::MAX).then_some(b);
    let available = available_memory();
    let registers = |r: &ketlab::circuit::Registers, scratch: bool| {
        let wanted = r.iter().filter(|r| r.scratch == scratch);
        wanted.map(|r| (r.name.clone(), r.size)).collect()
    };
    let info = Info {
        profile: circuit.profile(),
        params: circuit.params().to_vec(),
        registers: Registers {
            qubits: registers(circuit.qubits(), false),
            clbits: registers(circuit.clbits(), false),
            scratch: registers(circuit.clbits(), true),
        },
        memory: Memory {
            state_f64_bytes: known(bytes_needed(n, 16)),
            state_f32_bytes: known(bytes_needed(n, 8)),
            available_bytes: available,
            max_qubits_f64: available.map(|a| max_qubits(a, 16)),
            max_qubits_f32: available.map(|a| max_qubits(a, 8)),
        },
        method: by_method(&circuit),
        noise,
    };
    let mut out = std::io::stdout().lock();
    if args.json.is_wanted() {
        document::write(&mut out, Format::Info, &info, &serde_json::Map::new())?;
    } else {
        print(&mut Folded::new(&mut out), &args.input.name(), &info)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, name: &str, info: &Info) -> std::io::Result<()> {
    let p = &info.profile;
    let registers = |list: &[(String, usize)]| {
        let texts: Vec<String> =
            list.iter().map(|(name, size)| format!("{name}[{size}]")).collect();
        if texts.is_empty() { String::new() } else { format!(" ({})", texts.join(", ")) }
    };
    writeln!(out, "{name}")?;
    writeln!(out, "  qubits            {}{}", p.num_qubits, registers(&info.registers.qubits))?;
    let shown = p.num_clbits - p.num_scratch_bits;
    writeln!(out, "  classical bits    {shown}{}", registers(&info.registers.clbits))?;
    if !info.registers.scratch.is_empty() {
        let list = registers(&info.registers.scratch);
        writeln!(out, "  scratch bits      {}{list}, not part of outcomes", p.num_scratch_bits)?;
    }
    writeln!(
        out,
        "  gates             {} as written, {} of them on two or more qubits",
        p.num_gates, p.num_multi_qubit_gates
    )?;
    writeln!(out, "  measurements      {}", p.num_measurements)?;
    if p.num_channels > 0 {
        writeln!(out, "  noise channels    {}", p.num_channels)?;
    }
    if let Some(noise) = &info.noise {
        writeln!(out, "  noise             {}", noise.text())?;
    }
    writeln!(
        out,
        "  depth             {}, counting only gates on two or more qubits {}",
        p.depth, p.two_qubit_depth
    )?;
    if !info.params.is_empty() {
        writeln!(out, "  parameters        {}", info.params.join(", "))?;
    }
    let size = |b: Option<u128>| b.map_or_else(|| "more than 2^127 bytes".into(), bytes);
    let m = &info.memory;
    writeln!(
        out,
        "  state vector      {} in f64, {} in f32",
        size(m.state_f64_bytes),
        size(m.state_f32_bytes)
    )?;
    if let (Some(available), Some(f64), Some(f32)) =
        (m.available_bytes, m.max_qubits_f64, m.max_qubits_f32)
    {
        writeln!(
            out,
            "  memory available  {}: at most {f64} qubits in f64, {f32} in f32",
            bytes(available)
        )?;
    }
    if let Some(ByMethod { name, reason }) = &info.method {
        let name = name.as_deref().unwrap_or("none");
        writeln!(out, "  method            {name}: {reason}")?;
    }
    let counts = p.counts.iter().map(|(name, n)| vec![name.clone(), n.to_string()]).collect();
    writeln!(out, "\n{}", table(&["operation", "count"], counts))
}
