/** Whether somebody still listens at a port of this machine, whatever it answers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long nobody may listen. */
export interface Patience {
  readonly everyMs: number;
  /** Looks in a row that find nobody. */
  readonly looks: number;
}

/** Resolves when that many looks in a row have found nobody. Keeps no process alive. */
export async function untilNobodyListens(port: number, { everyMs, looks }: Patience): Promise<void> {
  let inVain = 0;
  while (inVain < looks) {
    await sleep(everyMs, undefined, { ref: false });
    inVain = (await isListening(port)) ? 0 : inVain + 1;
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').unref();
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
