/** A look at the first bytes of a file before anything is sent: what certainly is no audio is not sent at all. */
import { Problem } from '@wavefleet/client/problem.ts';
import { unreadable } from '@wavefleet/client/unreadable.ts';
import { refusalOf, SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import type { FileToSend } from './transport.ts';

/** @throws Problem as the server would, FILE_UNREADABLE. */
export async function lookAtStart(file: FileToSend): Promise<void> {
  const start = await file
    .slice(0, SNIFF_BYTES)
    .arrayBuffer()
    .catch((error: unknown) => {
      throw unreadable(error);
    });
  const refusal = refusalOf(new Uint8Array(start));
  if (refusal === undefined) return;
  const { code, status, detail } = refusal;
  const message = `This is ${String(detail?.found)}, not an audio or video file that can be converted.`;
  throw new Problem(code, message, { status, detail });
}
