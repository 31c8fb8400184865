/**
 * How much memory is left. Node's own figure counts the page cache of a container as used: a worker that writes files
 * would soon see none left. What the kernel can give back at once is free, as for the kubelet (Kubernetes:
 * "Node-pressure eviction", memory.available: the working set leaves inactive file pages out).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a container sees the limits of its own group, in both versions of cgroups. */
const groups = [
  { folder: 'sys/fs/cgroup', limit: 'memory.max', usage: 'memory.current', inactive: 'inactive_file' },
  {
    folder: 'sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    inactive: 'total_inactive_file',
  },
] as const;

/**
 * The less of what the machine has left and what the container may still use; null where there is no /proc.
 * @param root of the file system; another one in tests.
 */
export async function freeMemoryBytes(root = '/'): Promise<number | null> {
  const text = (path: string) => readFile(join(root, path), 'utf8').catch(() => '');
  const ofMachine = /^MemAvailable:\s+(\d+) kB/m.exec(await text('proc/meminfo'))?.[1];
  const left = ofMachine === undefined ? [] : [Number(ofMachine) * 1024];
  for (const { folder, limit, usage, inactive } of groups) {
    const [limitBytes, usedBytes] = await Promise.all(
      [limit, usage].map(async (name) => Number.parseInt(await text(join(folder, name)), 10)),
    );
    // Without a limit the file says `max`, or a number beyond every machine.
    if (limitBytes === undefined || usedBytes === undefined || Number.isNaN(limitBytes + usedBytes)) continue;
    const stat = new RegExp(`^${inactive} (\\d+)`, 'm').exec(await text(join(folder, 'memory.stat')))?.[1];
    left.push(Math.max(0, limitBytes - usedBytes + Number(stat ?? 0)));
  }
  return left.length === 0 ? null : Math.min(...left);
}
