/** A TCP door in front of a service, so that one test can shut it for itself, or leave it open with nobody behind. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

export interface Door {
  /** The target's URL, with this door's address. */
  readonly url: string;
  /** From now on nothing gets through either way, and no connection is closed or refused: the machine hangs. */
  freeze(): void;
  /** Cuts every connection and refuses new ones, as when the machine behind it is gone. */
  shut(): Promise<void>;
}

/** @param target an http URL with a port. */
export async function openDoor(target: string): Promise<Door> {
  const { hostname: host, port } = new URL(target);
  const open = new Set<Socket>();
  let frozen = false;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    open.add(near);
    if (frozen) {
      near.on('error', () => {}).on('close', () => open.delete(near));
      return;
    }
    const far = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    open.add(far);
    // Either end's failure destroys both; who talks through the door sees it as the other end's own.
    pipeline(near, far, near, () => {
      far.destroy();
      near.destroy();
      open.delete(near);
      open.delete(far);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    freeze() {
      frozen = true;
      for (const socket of open) socket.unpipe().pause();
    },
    async shut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
