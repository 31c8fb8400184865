import { Failure } from '@wavefleet/contracts/failure.ts';
import { ClientGone } from '../http/errors.ts';
import type { ByteMeter } from './body-stream.ts';

/**
 * Hands a request's body on to S3.
 * @param send gets a signal for when the body breaks off: one long request would wait for a rest that never comes.
 * @throws what broke the body off; else Failure SERVICE_UNAVAILABLE with S3's error as its cause.
 */
export async function deliver<T>(body: ByteMeter, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  body.once('error', () => controller.abort());
  try {
    return await send(controller.signal);
  } catch (error) {
    // What broke our stream off says more than how S3's client took it. Without that, S3 did not take the file,
    // whatever error the SDK's stream handling makes of it.
    const { errored } = body;
    // Nobody reads it any more: the request must be able to run dry, or the client never sees the answer.
    body.destroy();
    throw errored instanceof Failure || errored instanceof ClientGone
      ? errored
      : new Failure('SERVICE_UNAVAILABLE', { cause: error });
  }
}
