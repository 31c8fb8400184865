/** Requests that fetch would not send: written onto a socket as they are. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends the text and answers what came back until the other side closed, or `waitMs` passed. */
export async function sendRaw(apiUrl: string, text: string, waitMs = 5_000): Promise<string> {
  const { hostname: host, port } = new URL(apiUrl);
  const socket = connect({ host, port: Number(port) });
  const timer = setTimeout(() => socket.destroy(), waitMs);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  await once(socket, 'close');
  clearTimeout(timer);
  return answer;
}

/** The status of such an answer; 0 when there was none. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** How long the other side keeps a connection that sends this and then nothing, in seconds; `limitMs` at most. */
export async function secondsOpen(apiUrl: string, text: string, limitMs: number): Promise<number> {
  const startedAtMs = performance.now();
  await sendRaw(apiUrl, text, limitMs);
  return (performance.now() - startedAtMs) / 1000;
}
