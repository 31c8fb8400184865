/** What was tried, for people. */
import { sandboxMeans } from '@wavefleet/audio/process/bounds.ts';
import type { Attempts } from './attempts.ts';

/** A line for each attempt; the last one counts them. */
export function tableOf({ means, attempts }: Attempts): string {
  const lines = attempts.map(
    ({ name, refused, why }) =>
      `${refused ? 'refused' : 'GRANTED'}  ${name}${why === '' ? '' : `  (${why})`}`,
  );
  const missing = sandboxMeans.filter((mean) => !means.includes(mean));
  return [
    ...lines,
    `means: ${means.join(', ') || 'none'}${missing.length === 0 ? '' : `; missing here: ${missing.join(', ')}`}`,
    inOneLine(attempts),
  ].join('\n');
}

/** `sandbox 120/120 attempts refused`. */
export function inOneLine(attempts: Attempts['attempts']): string {
  return `sandbox ${attempts.filter(({ refused }) => refused).length}/${attempts.length} attempts refused`;
}
