/** The faults as a table in Markdown: the one in README.md. */
import type { FaultCase } from './case.ts';

export function tableOf(cases: readonly FaultCase[]): string {
  const rows = cases.map(
    ({ id, breaks, seen, how }) => `| ${[id, breaks, seen, how].map(cell).join(' | ')} |`,
  );
  return ['| fault | what breaks | what a user sees | how it is tested |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
