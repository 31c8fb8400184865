/** The faults as tables in Markdown: those in README.md. */
import type { FaultCase } from './case.ts';
import type { ShownElsewhere } from './shown-elsewhere.ts';

/** Of the faults that are brought about here. */
export function tableOf(cases: readonly FaultCase[]): string {
  const rows = cases.map(({ id, breaks, seen, how }) => [id, breaks, seen, how]);
  return markdown(['fault', 'what breaks', 'what a user sees', 'how it is tested'], rows);
}

/** Of the others, with the tests that show them as documents name tests. */
export function elsewhereTableOf(faults: readonly ShownElsewhere[]): string {
  const rows = faults.map(({ id, breaks, file, test }) => [id, breaks, `\`${file}\` "${test}"`]);
  return markdown(['fault', 'what breaks', 'shown by'], rows);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
