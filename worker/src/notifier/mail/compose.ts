/**
 * What an e-mail says, as text and as HTML. Names of files are what strangers have written: each is one line, in one
 * direction, and of bounded length wherever it stands.
 */
import { inWords } from '@wavefleet/contracts/in-words.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { expireDaysOf, resources } from '@wavefleet/contracts/resources.ts';
import { dayAndTime, formatLabel, megabytes, soundFacts } from '@wavefleet/platform/jobs/result-facts.ts';
import { escapeHtml, inAttribute, oneLine } from './one-line.ts';

/** More are only counted: nobody reads on, and each has a link to be made. */
export const MOST_TOLD = 25;
/** The bucket keeps a result for so long, whatever is said of its job. */
const RESULT_MS =
  (expireDaysOf(resources.bucket.prefixes.conversions) ?? Number.POSITIVE_INFINITY) * 86_400_000;
const SUBJECT_NAME = 60;
const BODY_NAME = 120;

/** A job that has ended, and where its result can be had, if it can. */
export interface Told {
  readonly job: Job;
  readonly link?: string | undefined;
}

/** Addresses of the service. */
export interface Addresses {
  readonly history: string;
  readonly unsubscribe: string;
}

/** @param told at most {@link MOST_TOLD}. @param counts of all of them, told or not. */
export function compose(
  told: readonly Told[],
  counts: { readonly completed: number; readonly failed: number },
  addresses: Addresses,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const untold = counts.completed + counts.failed - told.length;
  const [only] = told;
  const isOne = told.length === 1 && untold === 0 && only !== undefined;
  const heading = isOne ? headingOf(only.job) : headingOfMany(counts);
  const sections = told.map(sectionOf);
  const after = [
    ...(untold > 0 ? [`And ${untold} more: see your history.`] : []),
    ...(told.some(({ link }) => link !== undefined)
      ? ['Anyone with a link can use it without signing in.']
      : []),
  ];
  return {
    subject: isOne ? subjectOf(only.job) : heading,
    text: asText(heading, isOne, sections, after, addresses),
    html: asHtml(heading, isOne, sections, after, addresses),
  };
}

/** What is said of one job. */
interface Section {
  readonly name: string;
  readonly lead: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly notes: readonly string[];
  readonly link?: string | undefined;
}

function sectionOf({ job, link }: Told): Section {
  const name = oneLine(job.fileName, BODY_NAME);
  const notes = job.warnings.map(({ message }) => oneLine(message, 300));
  if (job.status === 'failed') {
    const { message = 'Something went wrong.', detail } = job.error ?? {};
    const why = oneLine(inWords(message, detail), 300);
    return { name, lead: `Not converted to ${formatLabel(job.format)}. ${why}`, facts: [], notes };
  }
  const { outputS3Location: output, deleteAfterDownload } = job;
  // The bucket's own rule may be earlier than the job's end.
  const until = dayAndTime(new Date(Math.min(job.ttl * 1000, Date.parse(job.updatedAt) + RESULT_MS)));
  const kept = deleteAfterDownload === true ? `the first download, or ${until}` : until;
  return {
    name,
    lead: leadOf(job, link),
    facts: [
      ...soundFacts(job),
      ...(output === undefined ? [] : ([['Size', megabytes(output.sizeBytes)]] as const)),
      ...(job.removedAt === undefined ? ([['Kept until', kept]] as const) : []),
    ],
    notes,
    link,
  };
}

function leadOf(job: Job, link: string | undefined): string {
  if (job.removedAt !== undefined) return 'Its result has since been deleted.';
  const lead = `Converted to ${formatLabel(job.format)}.`;
  return link === undefined ? `${lead} The result is in your history.` : lead;
}

function subjectOf({ status, fileName, format }: Job): string {
  const name = oneLine(fileName, SUBJECT_NAME);
  return status === 'failed'
    ? `${name} could not be converted`
    : `${name} is ready as ${formatLabel(format)}`;
}

function headingOf({ status }: Job): string {
  return status === 'failed' ? 'Your file could not be converted' : 'Your file is ready';
}

function headingOfMany({ completed, failed }: { completed: number; failed: number }): string {
  if (failed === 0) return `${completed} files are ready`;
  return completed === 0
    ? `${failed} files could not be converted`
    : `${completed} of ${completed + failed} files are ready`;
}

const WHY = 'You get this because you asked for an e-mail when conversions end.';

function asText(
  heading: string,
  isOne: boolean,
  sections: readonly Section[],
  after: readonly string[],
  { history, unsubscribe }: Addresses,
): string {
  const blocks = sections.map(({ name, lead, facts, notes, link }) =>
    [
      name,
      lead,
      ...(link === undefined ? [] : [`Listen or download: ${link}`]),
      ...(isOne ? facts.map((fact) => fact.join(': ')) : [facts.map(([, value]) => value).join(', ')]),
      ...notes.map((note) => `Note: ${note}`),
    ]
      .filter((line) => line !== '')
      .join('\n'),
  );
  const end = [`All your conversions: ${history}`, '', '-- ', WHY, `Stop these e-mails: ${unsubscribe}`];
  return `${[heading, ...blocks, ...after, end.join('\n')].join('\n\n')}\n`;
}

const INK = 'color:#15211e';
const QUIET = 'color:#51605b;font-size:14px';
const BUTTON =
  'display:inline-block;padding:8px 18px;border-radius:999px;background:#0a665a;color:#ffffff;font-weight:600;text-decoration:none';

/** No picture, no script, nothing that is loaded: nobody learns that it was read. */
function asHtml(
  heading: string,
  isOne: boolean,
  sections: readonly Section[],
  after: readonly string[],
  { history, unsubscribe }: Addresses,
): string {
  const blocks = sections.map(({ name, lead, facts, notes, link }) => {
    const said = isOne
      ? facts.map(([what, value]) => `${escapeHtml(what)}: ${escapeHtml(value)}`).join('<br>')
      : escapeHtml(facts.map(([, value]) => value).join(', '));
    return `<div style="border-top:1px solid #d5d4c8;padding:16px 0">
<p style="margin:0;font-weight:600;overflow-wrap:anywhere"><bdi>${escapeHtml(name)}</bdi></p>
<p style="margin:4px 0">${escapeHtml(lead)}</p>
${link === undefined ? '' : `<p style="margin:12px 0"><a href="${inAttribute(link)}" style="${BUTTON}">Listen or download</a></p>\n`}${
  said === '' ? '' : `<p style="margin:4px 0;${QUIET}">${said}</p>\n`
}${notes.map((note) => `<p style="margin:4px 0;${QUIET}">Note: ${escapeHtml(note)}</p>\n`).join('')}</div>`;
  });
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(heading)}</title></head>
<body style="margin:0;background:#f3f2ec;${INK};font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:600px;margin:0 auto;padding:24px;background:#fffefa">
<h1 style="margin:0 0 16px;font-size:22px">${escapeHtml(heading)}</h1>
${blocks.join('\n')}
${after.map((line) => `<p style="margin:8px 0">${escapeHtml(line)}</p>`).join('\n')}
<p style="margin:16px 0"><a href="${inAttribute(history)}" style="color:#0a665a">All your conversions</a></p>
<p style="margin:16px 0 0;${QUIET}">${WHY} <a href="${inAttribute(unsubscribe)}" style="color:#51605b">Stop these e-mails</a></p>
</div>
</body>
</html>
`;
}
