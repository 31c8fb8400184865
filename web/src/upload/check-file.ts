/** Looks at a file before anything is sent. The server has the last word; this only spares useless uploads. */
import type { Catalogue } from '@wavefleet/contracts/http.ts';
import { bytes } from '../text/amounts.ts';

/** Why a file is not sent, as a sentence for the user. */
export interface Refusal {
  readonly message: string;
  /** Whether the user may send it all the same: names and types lie, sizes do not. */
  readonly mayInsist: boolean;
}

type Limits = Pick<Catalogue, 'inputs'> & {
  readonly limits: Pick<Catalogue['limits'], 'maxResumableUploadBytes'>;
};

/** Endings that belong to an accepted input but are not its name. */
const otherEndings = [
  'aif',
  'aifc',
  'oga',
  'mpga',
  'm4b',
  'mka',
  'm4v',
  '3gp',
  '3g2',
  'mpg',
  'mpeg',
  'ts',
  'flv',
  'wv',
  'mpc',
  'asf',
  'wmv',
  'snd',
  'mp2',
  'dff',
  'loas',
  'ra',
  'sf',
  'nist',
  'vob',
];

/** Undefined when the file may be sent. @param planBytes what the plan takes of one file, where one holds. */
export function checkFile(
  file: { readonly name: string; readonly size: number; readonly type: string },
  { inputs, limits }: Limits,
  planBytes = Number.POSITIVE_INFINITY,
): Refusal | undefined {
  if (file.size === 0)
    return { message: 'This file is empty. Choose a file with audio in it.', mayInsist: false };
  for (const [who, limitBytes] of [
    ['this server', limits.maxResumableUploadBytes],
    ['your plan', planBytes],
  ] as const) {
    if (file.size <= limitBytes) continue;
    return {
      message: `This file is too large: it is ${bytes(file.size)}, and ${who} allows up to ${bytes(limitBytes)}. Cut it, or save it in a smaller format first.`,
      mayInsist: false,
    };
  }
  const ending = /\.([a-z0-9]+)$/i.exec(file.name)?.[1]?.toLowerCase() ?? '';
  const soundsRight =
    /^(audio|video)\//.test(file.type) || inputs.includes(ending) || otherEndings.includes(ending);
  // No type and no known ending: it may well be audio, and only its content can tell.
  if (soundsRight || (file.type === '' && ending === '')) return undefined;
  return { message: 'This does not look like an audio or video file.', mayInsist: true };
}
