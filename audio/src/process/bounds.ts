/** What bounds a child can have. */

/** What a child may use up before the kernel stops it. */
export interface ResourceLimits {
  /** Address space in bytes (RLIMIT_AS). */
  readonly memoryBytes: number;
  /** The largest file the child may write, in bytes (RLIMIT_FSIZE): SIGXFSZ beyond. */
  readonly fileBytes: number;
  /** CPU seconds of all threads (RLIMIT_CPU): SIGXCPU beyond. */
  readonly cpuSeconds: number;
}

/** What holds a child in, from what it may use up to what it may not even see. SECURITY.md tells what each is worth. */
export const sandboxMeans = [
  /** Bounds of memory, file size, processor time and descriptors, and no core file. */
  'limits',
  /** The child ends when we do. */
  'deathSignal',
  /** No setuid program makes it more than it is. */
  'noNewPrivileges',
  /** A uid of its own for each attempt. */
  'ownUid',
  /** A filter of system calls: no socket, no other process, no signal to anybody. */
  'syscallFilter',
  /** It opens its folder, its program and that one's libraries alone (Landlock). */
  'fileRules',
  /** There is no file for it but those of its folder. */
  'emptyRoot',
] as const;
/** One of them. */
export type SandboxMean = (typeof sandboxMeans)[number];
