/** What stands before the API in AWS: ends TLS, and tells whom it saw and how they came, as a load balancer does. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';

/** A load balancer of one machine. */
export interface TlsFront {
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** From then on it passes requests on to there. @param apiUrl http://HOST:PORT */
  readonly leadTo: (apiUrl: string) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Listens with a certificate that it has signed itself.
 * @param dir where its key and certificate lie; it needs the program openssl.
 */
export async function startTlsFront(dir: string): Promise<TlsFront> {
  const [key, cert] = [join(dir, 'front-key.pem'), join(dir, 'front-cert.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  let target: URL | undefined;
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (asked, answer) => {
    if (target === undefined) {
      answer.writeHead(503).end();
      return;
    }
    const headers = {
      ...asked.headers,
      'x-forwarded-for': [asked.headers['x-forwarded-for'], asked.socket.remoteAddress].flat().join(', '),
      'x-forwarded-proto': 'https',
    };
    const onward = request(new URL(asked.url ?? '/', target), { method: asked.method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.rawHeaders);
      pipeline(from, answer, () => {});
    });
    onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    pipeline(asked, onward, () => {});
    answer.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    leadTo: (apiUrl) => {
      target = new URL(apiUrl);
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
