//! How much memory is left, and a refusal before it is exceeded.

use crate::error::{Error, Result};

/// Bytes that this process can still take: the system's available memory and the process's cgroup
/// limits, whichever is less. `None` where the system does not say (not Linux).
pub fn available_memory() -> Option<u128> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo.lines().find(|l| l.starts_with("MemAvailable:"))?;
    let kib: u128 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(cgroup_headroom().map_or(kib * 1024, |room| room.min(kib * 1024)))
}

/// Limit minus use of the tightest cgroup that this process is in (v2, then v1).
fn cgroup_headroom() -> Option<u128> {
    let number = |path: String| std::fs::read_to_string(path).ok()?.trim().parse::<u128>().ok();
    let membership = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let v2 = membership.lines().find_map(|l| l.strip_prefix("0::")).unwrap_or("/");
    let mut room: Option<u128> = None;
    // Files in the page cache count as used, but make room when it is needed.
    let reclaimable = |path: String| -> u128 {
        let stat = std::fs::read_to_string(path).unwrap_or_default();
        let line = stat.lines().find_map(|l| l.strip_prefix("inactive_file "));
        line.and_then(|n| n.trim().parse().ok()).unwrap_or(0)
    };
    let mut tighten = |limit: Option<u128>, used: Option<u128>, cached: u128| {
        if let (Some(limit), Some(used)) = (limit, used) {
            let left = limit.saturating_sub(used.saturating_sub(cached));
            room = Some(room.map_or(left, |r| r.min(left)));
        }
    };
    // A limit of any ancestor holds, so walk up to the root.
    let mut folder = v2.trim_end_matches('/').to_string();
    loop {
        let base = format!("/sys/fs/cgroup{folder}");
        tighten(
            number(format!("{base}/memory.max")),
            number(format!("{base}/memory.current")),
            reclaimable(format!("{base}/memory.stat")),
        );
        match folder.rfind('/') {
            Some(cut) => folder.truncate(cut),
            None => break,
        }
    }
    let v1 = "/sys/fs/cgroup/memory/memory";
    tighten(
        number(format!("{v1}.limit_in_bytes")),
        number(format!("{v1}.usage_in_bytes")),
        reclaimable(format!("{v1}.stat")),
    );
    room
}

/// Smaller requests are not worth asking the system about, which takes as long as simulating a small
/// circuit; the allocation itself can still fail.
const SMALL: u128 = 16 << 20;

/// Refuses `needed` bytes for `what` when they are not available; `advice` says from what is
/// available how many qubits would fit, where that can be said, and the next step. Where the system
/// does not say how much there is, everything passes, and so does less than 16 MiB.
pub fn check_memory(
    what: &str,
    needed: u128,
    advice: impl FnOnce(u128) -> (Option<usize>, String),
) -> Result<()> {
    if needed < SMALL {
        return Ok(());
    }
    match available_memory() {
        Some(available) if needed > available => {
            let (max_qubits, hint) = advice(available);
            Err(Error::TooLarge { what: what.into(), needed, available, max_qubits, hint })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_more_than_there_is() {
        if available_memory().is_none() {
            return;
        }
        assert!(check_memory("nothing", 0, |_| (None, String::new())).is_ok());
        let error = check_memory("a state", u128::MAX, |_| (Some(3), "use fewer qubits".into()))
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("a state needs") && text.contains("use fewer qubits"), "{text}");
    }
}
