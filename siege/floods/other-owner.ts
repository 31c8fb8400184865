/**
 * Somebody else who wants one job done, in a process of its own: what the flood costs its sender is not what the other
 * waits for. `other-owner.ts URL FILE`; told `go`, it orders and answers the wait in ms.
 */
import { Caller } from './caller.ts';

const [url = '', file = ''] = process.argv.slice(2);
const caller = new Caller(url);
const fileId = await caller.upload(file);
process.on('message', () => {
  void caller.waitOfOneJob(fileId).then((ms) => process.send?.(ms));
});
process.send?.('here');
