/** What became of the tags that were to be written. */
import type { Warning } from '@wavefleet/contracts/job.ts';
import { encoderOf } from '../encoders.ts';
import type { ConversionPlan } from '../plan/plan.ts';

/** @param held the tags that the result has. */
export function tagWarnings(
  held: Readonly<Record<string, string>>,
  { tags, format }: Pick<ConversionPlan, 'tags' | 'format'>,
): Warning[] {
  const names = [...tags.keys()].sort();
  const lost = names.filter((name) => !Object.hasOwn(held, name));
  const joined =
    encoderOf(format).values === 'none'
      ? names.filter((name) => Object.hasOwn(held, name) && (tags.get(name)?.length ?? 0) > 1)
      : [];
  return [
    ...named('TAGS_LOST', 'This format could not hold these tags', lost),
    ...named(
      'TAGS_JOINED',
      'This format holds one value per tag, so the values of these tags were joined into one text',
      joined,
    ),
  ];
}

function named(code: string, sentence: string, names: readonly string[]): Warning[] {
  return names.length === 0 ? [] : [{ code, message: `${sentence}: ${names.join(', ')}.` }];
}
