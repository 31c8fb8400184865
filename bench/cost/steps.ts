/** Which step of a job a write belongs to, by the shape of the call: so that the bench says where the units go. */
import type { resources } from '@wavefleet/contracts/resources.ts';

type TableId = keyof typeof resources.tables;

/** The first that fits names the step. Calls without an update expression put or delete. */
const steps: readonly { readonly table: TableId; readonly update: RegExp; readonly step: string }[] = [
  { table: 'uploads', update: /^$/, step: 'upload-record' },
  { table: 'uploads', update: /completedAt = :now/, step: 'upload-complete' },
  { table: 'uploads', update: /ADD jobs/, step: 'upload-linked' },
  { table: 'jobs', update: /^$/, step: 'accept' },
  { table: 'jobs', update: /REMOVE unsent/, step: 'dispatched' },
  { table: 'jobs', update: /#lease = :lease/, step: 'claim' },
  { table: 'jobs', update: /#lease\.#until = :until/, step: 'beat' },
  { table: 'jobs', update: /#status = :to, crashes = crashes - :one/, step: 'finish' },
  { table: 'jobs', update: /^SET pendingEvents = :left/, step: 'announced' },
  { table: 'progress', update: /^$/, step: 'progress' },
];

/** The step's name, of letters and dashes; `other` for what this list does not know. */
export function stepOf(table: string, update = ''): string {
  return steps.find((each) => each.table === table && each.update.test(update))?.step ?? 'other';
}
