/** How a job ended, and what that writes into its record beside the status. */
import type { InputFacts, JobError, JobOutput, Timings, Warning } from '@wavefleet/contracts/job.ts';
import type { LoudnessReport } from '@wavefleet/contracts/loudness.ts';
import type { JobChange } from './change.ts';

/** An end with what belongs to it. */
export type Ending =
  | {
      readonly status: 'completed';
      readonly output: JobOutput;
      /** Epoch ms until which previews may come; undefined when none is needed. */
      readonly previewsUntil?: number | undefined;
      /** Epoch ms (`upload-keeping.ts`); undefined when the job holds no upload, or holds it as long as it lives. */
      readonly uploadKeptUntil?: number | undefined;
      readonly warnings: Warning[];
      /** Undefined when it was not asked for. */
      readonly loudness?: LoudnessReport | undefined;
      readonly input: InputFacts;
      readonly timings: Timings;
    }
  | { readonly status: 'failed'; readonly error: JobError; readonly input?: InputFacts | undefined };

/** The part of the finishing update that depends on the end. `set` begins with a comma, or is empty. */
export function endingChange(ending: Ending): Pick<JobChange, 'set' | 'names' | 'values'> {
  const attributes: Record<string, unknown> =
    ending.status === 'completed'
      ? {
          uploadKeptUntil: ending.uploadKeptUntil,
          outputS3Location: ending.output,
          warnings: ending.warnings,
          loudness: ending.loudness,
          timings: ending.timings,
          previewsUntil: ending.previewsUntil,
          input: ending.input,
        }
      : { error: ending.error, input: ending.input };
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    set: known.map(([name]) => `, #${name} = :${name}`).join(''),
    names: Object.fromEntries(known.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(known.map(([name, value]) => [`:${name}`, value])),
  };
}

/**
 * The same end without what a file or its damage put into it: texts of strangers, which are not worth the job when the
 * table refuses them.
 */
export function withoutTexts(ending: Ending): Ending {
  const input = ending.input && plainFacts(ending.input);
  if (ending.status === 'failed') {
    const { detail, ...error } = ending.error;
    return { ...ending, error, input };
  }
  const warnings = [
    ...ending.warnings.map(({ code, message }) => ({ code, message: plain(message) })),
    UNRECORDED,
  ];
  return { ...ending, input: plainFacts(ending.input), warnings };
}

const UNRECORDED: Warning = {
  code: 'TAGS_UNRECORDED',
  message: 'The tags of the file could not be stored with the job. The result has them.',
};

function plainFacts({ tagValues, tracks, ...facts }: InputFacts): InputFacts {
  const { container, codec, durationSeconds: seconds } = facts;
  const durationSeconds = seconds !== null && seconds > 1e-6 && seconds < 1e10 ? seconds : null;
  return { ...facts, container: plain(container), codec: plain(codec), durationSeconds, tags: {} };
}

const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
