/** One command to Redis, past all doors: what an operator would type. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** Answers the first line of Redis' answer. @throws when Redis says no. */
export async function tellRedis(url: string, ...command: readonly string[]): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port) });
  try {
    const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.write(`*${command.length}\r\n${words.join('')}`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const [line = ''] = answer.toString().split('\r\n');
    if (line.startsWith('-')) throw new Error(`Redis: ${line}`);
    return line;
  } finally {
    socket.destroy();
  }
}
