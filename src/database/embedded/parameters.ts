/**
 * Command-line parameters of the embedded PostgreSQL, which runs as a single-user backend. Durability: WebAssembly's
 * file system has no fsync, so PostgreSQL is told not to call it. An acknowledged commit is with the operating system
 * and survives a kill of the process, but perhaps not a power failure. `synchronous_commit` stays on: without it the
 * WAL of a commit would wait in the process's memory. `full_page_writes` stays on: a kill can interrupt a write in
 * the middle of an 8 kB page.
 */
export const startParameters: readonly string[] = [
  "--single", // must come first
  "-F", // fsync=off
  "-j", // newlines do not end a query; the protocol frames them
  ...settings({
    exit_on_error: "off",
    full_page_writes: "on",
    synchronous_commit: "on",
    // The engine is a single process: no parallel workers, no replication, no I/O workers.
    io_method: "sync",
    max_worker_processes: "0",
    max_parallel_workers: "0",
    max_parallel_workers_per_gather: "0",
    max_parallel_maintenance_workers: "0",
    max_wal_senders: "0",
    max_connections: "10",
    // Shared memory is ordinary memory of this process, and the page cache of the system is one call away.
    shared_buffers: "8MB",
    log_checkpoints: "off",
  }),
];

/** Parameters of initdb: small WAL files, and case conversion for every script without the host's locales. */
export const initdbParameters: readonly string[] = [
  "--wal-segsize=1",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-sync",
];

function settings(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
