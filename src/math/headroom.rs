//! What the system says of memory: what is free, what cgroups allow, and the process's own limits.

use std::fs;
use std::sync::OnceLock;

/// What is left aside under a limit of the process, for stacks and small things that cannot be
/// refused one by one.
const ASIDE: u128 = 16 << 20;

/// Memory that this process can still take, and what limits it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Headroom {
    /// Bytes that are left.
    pub bytes: u128,
    pub limit: Limit,
}

/// What limits a process's memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    /// The machine's memory.
    Machine,
    /// A cgroup's limit, in bytes.
    Cgroup(u128),
    /// The address space (RLIMIT_AS), in bytes.
    AddressSpace(u128),
    /// The data segment (RLIMIT_DATA), in bytes.
    Data(u128),
}

impl Headroom {
    /// What the system says now; `None` where it does not (not Linux).
    pub fn now() -> Option<Self> {
        let meminfo = fs::read_to_string("/proc/meminfo").ok()?;
        let free = Headroom { bytes: field(&meminfo, "MemAvailable:")?, limit: Limit::Machine };
        let all = [Some(free), cgroup(), of_process()];
        all.into_iter().flatten().min_by_key(|headroom| headroom.bytes)
    }

    /// Why there is no more, where that is not the machine.
    pub fn reason(self) -> Option<String> {
        let bytes = crate::error::bytes;
        match self.limit {
            Limit::Machine => None,
            Limit::Cgroup(limit) => Some(format!("its cgroup allows {} in all", bytes(limit))),
            Limit::AddressSpace(limit) => Some(format!(
                "the process may have {} of address space in all; raise `ulimit -v`",
                bytes(limit)
            )),
            Limit::Data(limit) => Some(format!(
                "the process may have {} of data in all; raise `ulimit -d`",
                bytes(limit)
            )),
        }
    }
}

/// Whether this process has a limit of its own: it is asked once, since nothing else changes it.
pub(super) fn is_limited() -> bool {
    static LIMITED: OnceLock<bool> = OnceLock::new();
    *LIMITED.get_or_init(|| of_process().is_some())
}

/// A number of KiB behind a name in `/proc`, in bytes.
fn field(text: &str, name: &str) -> Option<u128> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(1024 * line.split_whitespace().next()?.parse::<u128>().ok()?)
}

/// The process's own limits, and what it has taken of them.
fn of_process() -> Option<Headroom> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let soft = |name: &str| -> Option<u128> {
        limits
            .lines()
            .find_map(|line| line.strip_prefix(name))?
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    };
    let (space, data) = (soft("Max address space"), soft("Max data size"));
    if space.is_none() && data.is_none() {
        return None;
    }
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let left = |limit: u128, name: &str| {
        limit.saturating_sub(field(&status, name).unwrap_or(0)).saturating_sub(ASIDE)
    };
    let space = space
        .map(|limit| Headroom { bytes: left(limit, "VmSize:"), limit: Limit::AddressSpace(limit) });
    let data =
        data.map(|limit| Headroom { bytes: left(limit, "VmData:"), limit: Limit::Data(limit) });
    [space, data].into_iter().flatten().min_by_key(|headroom| headroom.bytes)
}

/// Limit minus use of the tightest cgroup that this process is in (v2, then v1).
fn cgroup() -> Option<Headroom> {
    let membership = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let of = |prefix: fn(&str) -> Option<&str>| membership.lines().find_map(prefix).unwrap_or("/");
    let v2 = of(|line| line.strip_prefix("0::"));
    // `number:controllers:path`, where memory may share a hierarchy with others.
    let v1 = of(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        controllers.split(',').any(|name| name == "memory").then_some(path)
    });
    let v2 = tightest("/sys/fs/cgroup", v2, ["memory.max", "memory.current"]);
    let v1 =
        tightest("/sys/fs/cgroup/memory", v1, ["memory.limit_in_bytes", "memory.usage_in_bytes"]);
    [v2, v1].into_iter().flatten().min_by_key(|headroom| headroom.bytes)
}

/// A limit of any ancestor holds, so the walk is up to the root.
fn tightest(root: &str, path: &str, [limit, used]: [&str; 2]) -> Option<Headroom> {
    let number = |path: String| fs::read_to_string(path).ok()?.trim().parse::<u128>().ok();
    // Files in the page cache count as used, but make room when it is needed.
    let reclaimable = |path: String| -> u128 {
        let stat = fs::read_to_string(path).unwrap_or_default();
        let line = stat.lines().find_map(|l| l.strip_prefix("inactive_file "));
        line.and_then(|n| n.trim().parse().ok()).unwrap_or(0)
    };
    let mut folder = path.trim_end_matches('/').to_string();
    let mut tightest: Option<Headroom> = None;
    loop {
        let base = format!("{root}{folder}");
        let (limit, used) = (number(format!("{base}/{limit}")), number(format!("{base}/{used}")));
        if let (Some(limit), Some(used)) = (limit, used) {
            let cached = reclaimable(format!("{base}/memory.stat"));
            let bytes = limit.saturating_sub(used.saturating_sub(cached));
            if tightest.is_none_or(|tightest| bytes < tightest.bytes) {
                tightest = Some(Headroom { bytes, limit: Limit::Cgroup(limit) });
            }
        }
        match folder.rfind('/') {
            Some(cut) => folder.truncate(cut),
            None => return tightest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_bytes() {
        let text = "VmPeak:\t    9999 kB\nVmSize:\t    3896 kB\n";
        assert_eq!(field(text, "VmSize:"), Some(3896 << 10));
        assert_eq!(field(text, "VmData:"), None);
    }

    #[test]
    fn a_limit_of_the_process_is_named() {
        let limit = |limit| Headroom { bytes: 1, limit }.reason();
        assert_eq!(limit(Limit::Machine), None);
        let space = limit(Limit::AddressSpace(300 << 20)).unwrap();
        assert!(space.contains("300 MiB") && space.contains("ulimit -v"), "{space}");
        assert!(limit(Limit::Data(1 << 20)).unwrap().contains("ulimit -d"));
        assert!(limit(Limit::Cgroup(1 << 20)).unwrap().contains("cgroup"));
    }
}
