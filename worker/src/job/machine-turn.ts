/** One at a time on a machine, whichever process it is: a name that only one can have. */
import { createServer } from 'node:net';
import { platform } from 'node:os';

/**
 * Takes the turn. The name is an abstract one (unix(7)), which the kernel frees with the process, however that ends. Only
 * Linux has such names, and each container its own: elsewhere everybody has a turn.
 * @returns what gives it back; undefined while somebody else has it.
 */
export async function takeTurn(name: string): Promise<(() => void) | undefined> {
  if (platform() !== 'linux') return () => undefined;
  const server = createServer((socket) => socket.destroy()).unref();
  const isMine = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(`\0wavefleet.${name}`, () => resolve(true));
  });
  return isMine ? () => server.close() : undefined;
}
