/** What a submission asks for, with what its preset says. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { SubmitBody } from '@wavefleet/contracts/http.ts';
import { orderSchema } from '@wavefleet/contracts/job.ts';
import type { Preset } from '@wavefleet/contracts/presets.ts';
import { idOfKey } from '@wavefleet/platform/jobs/ids.ts';
import type { Owner } from '../http/context.ts';
import { failureOf } from '../http/validation.ts';
import type { JobDeps } from './deps.ts';
import type { Conversion } from './order.ts';

/**
 * What the body says goes before what the preset says, option by option. A quality belongs to its format: the preset's
 * does not survive another one, nor a null.
 * @throws Failure UNKNOWN_PRESET; INVALID_OPTION for options that do not go together.
 */
export async function conversionOf(
  deps: Pick<JobDeps, 'presets' | 'jobs'>,
  body: Omit<SubmitBody, 'fileId' | 'quality'> & { readonly quality?: string | null | undefined },
  by: { readonly owner: Owner; readonly idempotencyKey?: string | undefined },
): Promise<Conversion> {
  const { preset: name, format, quality, options, ...rest } = body;
  if (name === undefined) return { ...rest, ...together({ format, quality: quality ?? undefined, options }) };
  const asked = { preset: name, format, quality, options };
  const before = await askedBefore(deps, by);
  if (before !== undefined) return { ...rest, ...before, asked };
  const preset = (await deps.presets.find(by.owner.id, name))?.preset;
  if (preset === undefined) throw new Failure('UNKNOWN_PRESET', { detail: { preset: name } });
  const kept = format === undefined || format === preset.format ? preset.quality : undefined;
  const order = together({
    format: format ?? preset.format,
    quality: (quality === undefined ? kept : quality) ?? undefined,
    options: { ...preset.options, ...options },
  });
  return { ...rest, ...order, asked };
}

/**
 * What the job is that this key made, if it made one. The preset may have been changed since, to what does not go with this
 * body, or be gone: what was `asked` says whether it was the same request, and the job answers it once more.
 */
async function askedBefore(
  { jobs }: Pick<JobDeps, 'jobs'>,
  { owner, idempotencyKey: key }: { readonly owner: Owner; readonly idempotencyKey?: string | undefined },
): Promise<Pick<Preset, 'format' | 'quality' | 'options'> | undefined> {
  if (key === undefined) return undefined;
  const { job } = await jobs.madeBy(idOfKey(owner.id, key));
  return orderSchema.safeParse(job).data;
}

/** Each value is valid by itself; a preset's and the body's may not go together. */
function together(values: {
  format: string | undefined;
  quality: string | undefined;
  options: object | undefined;
}) {
  const asked = { ...values, options: values.options ?? {} };
  const { data, error } = orderSchema.safeParse(asked);
  if (data === undefined) throw failureOf(error.issues, asked);
  return data;
}
