//! The heap that threads share.

/// Makes all threads of the process allocate from one heap. By default glibc reserves 64 MiB of
/// address space for each thread's own, and where a limit leaves no room for that, every small
/// allocation of the thread becomes a mapping of its own: slow, and 4 KiB each. To be called before
/// threads start; elsewhere it does nothing.
pub fn share_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: `mallopt` takes two numbers and changes a setting of the allocator under its lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1)
    };
}
