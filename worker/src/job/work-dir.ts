/**
 * WORK_DIR, which several worker processes may share. Each has a socket there and listens on it as long as it lives:
 * the kernel closes it with the process, however that ends, so that nobody takes the living for dead (a process id
 * would be somebody else's in another container, and an age is a guess). What lies there under other names is not ours.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DiskRoom } from './disk-room.ts';

const ownerPattern = '[0-9a-f]{8}';
const socketName = new RegExp(`^worker\\.(${ownerPattern})$`);
/** `{jobId}.{attempt}.{owner}`, and `{jobId}.{attempt}-{segment}.{owner}` of who helps. */
const folderName = new RegExp(`^([0-9a-f-]{36})\\.\\d+(?:-\\d+)?\\.(${ownerPattern})$`);

export class WorkDir {
  readonly #root: string;
  readonly #owner: string;
  readonly #server: Server;
  readonly #room = new DiskRoom();
  /** Jobs whose folders a dead worker had left; they are gone now. */
  readonly abandoned: readonly string[];

  private constructor(root: string, owner: string, server: Server, abandoned: readonly string[]) {
    this.#root = root;
    this.#owner = owner;
    this.#server = server;
    this.abandoned = abandoned;
  }

  /**
   * Makes the folder when it is not there, and removes what workers left in it that live no more.
   * @throws Error when it cannot be used, or its path is too long for a socket.
   */
  static async open(root: string): Promise<WorkDir> {
    // FFmpeg may run as somebody else, who passes through on the way to the folder of its attempt.
    await mkdir(root, { recursive: true, mode: 0o711 });
    const owner = randomBytes(4).toString('hex');
    // First of all, so that no folder of ours is ever without its owner.
    const server = await listen(root, owner);
    return new WorkDir(root, owner, server, await sweep(root));
  }

  /** Makes an empty folder with mode 0700, for one attempt, or for a segment that somebody makes for it. */
  async makeFolder(jobId: string, attempt: number, segment?: number): Promise<string> {
    const place = segment === undefined ? attempt : `${attempt}-${segment}`;
    const folder = join(this.#root, `${jobId}.${place}.${this.#owner}`);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /**
   * Promises an attempt the room that its job will need.
   * @throws Failure DISK_FULL when it is not there.
   */
  async requireRoom(folder: string, inputSizeBytes: number): Promise<void> {
    await this.#room.require(folder, inputSizeBytes);
  }

  /** As above for an attempt that needs so many bytes, whatever its source is. */
  async requireBytes(folder: string, bytes: number): Promise<void> {
    await this.#room.requireBytes(folder, bytes);
  }

  /** Whether an attempt may write so much more than it has by now; see `DiskRoom.allows`. */
  async allowsRoom(folder: string, moreBytes: number): Promise<boolean> {
    return await this.#room.allows(folder, moreBytes);
  }

  /** What was to blame for an error of a conversion in that folder; see `DiskRoom.blame`. */
  async blame(folder: string, error: unknown): Promise<unknown> {
    return await this.#room.blame(folder, error);
  }

  /** Removes the folder of an attempt that is over. */
  async removeFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    this.#room.release(folder);
  }

  /** Call it when no folder is in use any more. */
  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Names of what jobs have below a WORK_DIR, all levels; none when it is not there. */
export async function jobFilesBelow(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true }).catch(() => []);
  return names.filter((name) => !socketName.test(name));
}

async function listen(root: string, owner: string): Promise<Server> {
  const path = socketOf(root, owner);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      // Linux takes 107 bytes, macOS 103 (unix(7): sun_path).
      const isLong = cause.code === 'EINVAL' || cause.code === 'ENAMETOOLONG';
      reject(isLong ? new Error(`WORK_DIR is too long a path, choose a shorter one: ${root}`) : cause);
    });
    server.listen(path, resolve);
  });
  return server.unref();
}

/** Answers the jobs whose folders went. */
async function sweep(root: string): Promise<string[]> {
  const names = await readdir(root);
  const folders = names.flatMap((name) => {
    const [, jobId, owner] = folderName.exec(name) ?? [];
    return jobId === undefined || owner === undefined ? [] : [{ name, jobId, owner }];
  });
  const sockets = names.flatMap((name) => socketName.exec(name)?.[1] ?? []);
  const swept: string[] = [];
  for (const owner of new Set([...sockets, ...folders.map((folder) => folder.owner)])) {
    if (await isAlive(root, owner)) continue;
    for (const { name, jobId } of folders.filter((folder) => folder.owner === owner)) {
      await rm(join(root, name), { recursive: true, force: true });
      swept.push(jobId);
    }
    await rm(socketOf(root, owner), { force: true });
  }
  return swept;
}

/** Whoever cannot be asked (another user's worker, say) counts as alive. */
async function isAlive(root: string, owner: string): Promise<boolean> {
  const socket = connect(socketOf(root, owner));
  return await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  }).finally(() => socket.destroy());
}

function socketOf(root: string, owner: string): string {
  return join(root, `worker.${owner}`);
}
