/** How the API refuses, in one line. */
import { errorBodySchema } from '@wavefleet/contracts/http.ts';

/** Of no job and no upload. */
export const UNKNOWN_ID = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';

/** Status and code of a refusal, in one line; checks the envelope and that its id is the header's. */
export async function refusal(response: Response): Promise<string> {
  const { error } = errorBodySchema.parse(await response.json());
  if (error.requestId !== response.headers.get('x-request-id')) throw new Error('request ids differ');
  return `${response.status} ${error.code}`;
}
