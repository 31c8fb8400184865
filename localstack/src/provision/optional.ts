/** What AWS has and an emulator may lack. */
import { isNamed } from './clients.ts';

/** How emulators say that they do not know an operation. AWS never does. */
const UNKNOWN_OPERATION = [
  'NotImplemented',
  'NotImplementedException',
  'UnknownOperationException',
  'UnsupportedOperation',
  'InternalFailure',
];

/** Does what emulators may lack; a refusal by exactly those names becomes a note and nothing else is forgiven. */
export async function tolerate(notes: string[], what: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!isNamed(error, ...UNKNOWN_OPERATION)) throw error;
    notes.push(`${what} is not known here (${error instanceof Error ? error.name : error})`);
  }
}
