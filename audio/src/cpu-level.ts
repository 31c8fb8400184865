/** What this machine's CPU can, as far as programs choose their code by it. */
import { readFile } from 'node:fs/promises';

/**
 * Linux' names of what x86-64-v3 has above older CPUs (x86-64 psABI §3.1.1). Encoders choose code by it (of FFmpeg 7.1's AAC and Opus,
 * and of our LAME), and what they make is not the same bytes.
 */
const V3 = ['avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe'];

/** @param cpuinfo what stands in /proc/cpuinfo. */
export function levelOf(cpuinfo: string): 'x86-64-v3' | 'other' {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return V3.every((flag) => flags.has(flag)) ? 'x86-64-v3' : 'other';
}

/** Of this machine. */
export async function cpuLevel(): Promise<string> {
  return levelOf(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''));
}
