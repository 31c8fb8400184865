/** What a user looks for in the history, from the fields of a form to what the server is asked. */
import type { JobSearch } from '@wavefleet/client/jobs.ts';
import { type JobStatus, jobStatuses } from '@wavefleet/contracts/states.ts';

/** The fields as they stand; empty means everything. */
export interface SearchFields {
  readonly name: string;
  readonly status: string;
  readonly format: string;
  /** Days where the user is, such as `2026-11-26`; both are within. */
  readonly from: string;
  readonly to: string;
}

export const noSearch: SearchFields = { name: '', status: '', format: '', from: '', to: '' };

/** Only what is looked for: an empty one lists everything. */
export function searchOf({ name, status, format, from, to }: SearchFields): JobSearch {
  const search = {
    name: name.trim() === '' ? undefined : name.trim(),
    status: asStatus(status),
    format: format === '' ? undefined : format,
    from: beginningOf(from, 0),
    before: beginningOf(to, 1),
  };
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** The first moment of a day, or of one so many days later; undefined for what is no day (yet). */
function beginningOf(day: string, later: number): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined || Number(year) < 1970) return undefined;
  return new Date(Number(year), Number(month) - 1, Number(date) + later).toISOString();
}

const asStatus = (value: string): JobStatus | undefined => jobStatuses.find((status) => status === value);
