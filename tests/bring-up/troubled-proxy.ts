/** A proxy before the services that fails chosen calls as S3 and the network before it do, and passes the others on. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

/** What becomes of one call. */
export type Trouble =
  /** S3's own error, after the whole request was read. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** The connection is reset in the middle of the request's body. */
  | { readonly kind: 'reset' }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

export interface TroubledProxy {
  readonly url: string;
  /** `PUT /bucket/key?query` of every call, in order. */
  readonly calls: string[];
  /** Decides about each call from now on. Default: all pass. */
  trouble: (call: string) => Trouble | undefined;
  stop(): Promise<void>;
}

/** @param target the services' URL. */
export async function startTroubledProxy(target: string): Promise<TroubledProxy> {
  const calls: string[] = [];
  const proxy = { calls, trouble: (_call: string): Trouble | undefined => undefined };
  const server = createServer((req, res) => {
    const call = `${req.method} ${req.url}`;
    calls.push(call);
    const trouble = proxy.trouble(call);
    if (trouble?.kind === 'error') return void fail(req, res, trouble);
    if (trouble?.kind === 'reset') return void req.once('data', () => req.socket.resetAndDestroy());
    pass(req, res, target, trouble?.afterBytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function fail(req: IncomingMessage, res: ServerResponse, { status, code }: { status: number; code: string }) {
  req.resume().once('end', () => {
    res.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
  });
}

function pass(req: IncomingMessage, res: ServerResponse, target: string, cutAfterBytes = Infinity): void {
  const { method, url, headers } = req;
  const onward = request(new URL(url ?? '/', target), { method, headers, agent: false }, (answer) => {
    res.writeHead(answer.statusCode ?? 500, answer.headers);
    let sent = 0;
    const cut = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const rest = chunk.subarray(0, cutAfterBytes - sent);
        sent += chunk.length;
        if (sent < cutAfterBytes) return done(null, rest);
        res.write(rest, () => res.destroy());
        onward.destroy();
      },
    });
    answer.pipe(cut).pipe(res);
  });
  onward.once('error', () => res.destroy());
  res.once('close', () => onward.destroy());
  req.pipe(onward);
}
