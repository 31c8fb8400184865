/** A history as CSV (RFC 4180), for spreadsheets: one line a job. */
import type { JobView } from '@wavefleet/contracts/http.ts';

type Cell = string | number | undefined;

const columns: readonly (readonly [name: string, of: (job: JobView) => Cell])[] = [
  ['jobId', (job) => job.jobId],
  ['fileName', (job) => job.fileName],
  ['status', (job) => job.status],
  ['format', (job) => job.format],
  ['quality', (job) => job.quality],
  ['createdAt', (job) => job.createdAt],
  ['updatedAt', (job) => job.updatedAt],
  ['source', (job) => job.source],
  ['inputBytes', (job) => job.inputSizeBytes],
  ['inputSeconds', (job) => job.input?.durationSeconds ?? undefined],
  ['outputBytes', (job) => job.output?.sizeBytes],
  ['outputSeconds', (job) => job.output?.durationSeconds],
  ['errorCode', (job) => job.error?.code],
];

/** By which spreadsheets know UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

/** The first line, with its end. */
export const csvHead = `${BYTE_ORDER_MARK}${lineOf(columns.map(([name]) => name))}`;

/** A job's line, with its end. */
export function csvLine(job: JobView): string {
  return lineOf(columns.map(([, of]) => of(job)));
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(fieldOf).join(',')}\r\n`;
}

function fieldOf(cell: Cell): string {
  if (cell === undefined || typeof cell === 'number') return String(cell ?? '');
  const text = inert(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A name such as `=HYPERLINK(…)` would be a formula, and run when the table is opened. An apostrophe in front says that it
 * is text (OWASP, CSV Injection); the wide forms are formulas to some, and blanks in front do not keep one from being one.
 */
function inert(text: string): string {
  return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
}
