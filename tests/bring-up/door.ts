/** A TCP door in front of a service: open, shut as if nobody were there, or open with somebody behind who hangs. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';

export interface Door {
  /** The target's URL, with this door's address. */
  readonly url: string;
  /** From now on nothing gets through either way, and no connection is closed or refused: the machine hangs. */
  freeze(): void;
  /** Cuts every connection, and lets every answer on later ones come so much later. */
  delay(ms: number): void;
  /** Cuts every connection and refuses new ones, as when the machine behind it is gone. */
  shut(): Promise<void>;
  /** Opens it again, at the same address. What was frozen is cut, as by a machine that has come back. */
  open(): Promise<void>;
}

/** @param target a URL with a port. */
export async function openDoor(target: string): Promise<Door> {
  const { hostname: host, port } = new URL(target);
  const open = new Set<Socket>();
  let frozen = false;
  let delayMs = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    open.add(near);
    if (frozen) {
      near.on('error', () => {}).on('close', () => open.delete(near));
      return;
    }
    const far = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    open.add(far);
    // Either end's failure destroys both; who talks through the door sees it as the other end's own.
    const ended = () => {
      far.destroy();
      near.destroy();
      open.delete(near);
      open.delete(far);
    };
    if (delayMs === 0) pipeline(near, far, near, ended);
    else pipeline(near, far, late(delayMs), near, ended);
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the door has no port');
    return address.port;
  };
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  const own = await listen(0);
  return {
    url: `${new URL(target).protocol}//127.0.0.1:${own}`,
    freeze() {
      frozen = true;
      for (const socket of open) socket.unpipe().pause();
    },
    delay(ms) {
      delayMs = ms;
      cutAll();
    },
    async shut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      cutAll();
      await closed;
    },
    async open() {
      const wasFrozen = frozen;
      frozen = false;
      delayMs = 0;
      if (wasFrozen) cutAll();
      if (!server.listening) await listen(own);
    },
  };
}

/** Holds everything back for so long, in its order. */
function late(ms: number): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => done(null, chunk), ms);
    },
  });
}
