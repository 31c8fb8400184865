/**
 * Handles of dropped files, kept in IndexedDB where the browser has them (Chromium: File System Access), so that an
 * upload can go on after a reload without choosing the file again. Everything here may fail, and nothing depends on it.
 */

/** The part of a FileSystemFileHandle that is used; the permission calls are not in TypeScript's DOM library yet. */
export interface ReopenableFile {
  getFile(): Promise<File>;
  requestPermission?(how: { mode: 'read' }): Promise<PermissionState>;
}

const DB = 'wavefleet';
const STORE = 'file-handles';

/** Handles by the id of their card. */
export class FileHandles {
  async keep(id: string, handle: ReopenableFile): Promise<void> {
    await this.#run('readwrite', (store) => store.put(handle, id)).catch(() => undefined);
  }

  async drop(id: string): Promise<void> {
    await this.#run('readwrite', (store) => store.delete(id)).catch(() => undefined);
  }

  async has(id: string): Promise<boolean> {
    const count = await this.#run('readonly', (store) => store.count(id)).catch(() => 0);
    return count === 1;
  }

  /** Asks the user for permission where the browser wants it: call it from a click. Undefined when it cannot be had. */
  async open(id: string): Promise<File | undefined> {
    try {
      const handle: unknown = await this.#run('readonly', (store) => store.get(id));
      if (!isReopenable(handle)) return undefined;
      const granted = (await handle.requestPermission?.({ mode: 'read' })) ?? 'granted';
      return granted === 'granted' ? await handle.getFile() : undefined;
    } catch {
      return undefined; // moved, deleted or refused
    }
  }

  async #run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const db = await settled(opening());
    try {
      return await settled(work(db.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      db.close();
    }
  }
}

function opening(): IDBOpenDBRequest {
  const request = indexedDB.open(DB, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return request;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

function isReopenable(value: unknown): value is ReopenableFile {
  return typeof value === 'object' && value !== null && 'getFile' in value;
}
