/**
 * Somebody else who wants one job done, in a process of its own: what the flood costs its sender is not what the other
 * waits for. Wants API_URL and FILE; told `go`, it orders and answers the wait, or a sentence on why there was none.
 */
import { Caller } from './caller.ts';

const { API_URL = '', FILE = '' } = process.env;
const caller = new Caller(API_URL);
const fileId = await caller.upload(FILE);
process.on('message', () => {
  void caller
    .waitOfOneJob(fileId)
    .catch((error: unknown) => String(error))
    .then((answer) => process.send?.(answer));
});
process.send?.({ fileId });
