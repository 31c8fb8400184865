/** A browser with its memory and a server, for the tests of the desk. */
import { job } from '@wavefleet/client/samples.testing.ts';
import type { JobEntry } from '../progress/jobs.ts';
import { Store } from '../store.ts';
import { BadServer } from '../upload/bad-server.testing.ts';
import { Slots } from '../upload/slots.ts';
import { Desk, type DeskDeps } from './desk.ts';
import { DeskMemory } from './desk-memory.ts';

/** One browser: what it remembers outlives the desks that are opened in it, and its tabs share it. */
export function browser(server = new BadServer(5)) {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      noticed();
      kept.set(key, value);
    },
  };
  let noticed = () => {};
  /** @param notice called whenever something is to be remembered from now on; where it throws, that is not. */
  const onWrite = (notice: () => void) => {
    noticed = notice;
  };
  const submitted: { fileId: string; format: string; key: string }[] = [];
  const troubles: Error[] = [];
  const retried: string[] = [];
  const all = new Store<ReadonlyMap<string, JobEntry>>(new Map());
  const missing = new Set<string>();
  let ids = 0;
  const load = async (jobId: string) => {
    if (missing.has(jobId)) return false;
    all.set(new Map(all.value).set(jobId, { view: job({ jobId }) }));
    return true;
  };
  const deps: Omit<DeskDeps, 'slots' | 'memory'> = {
    jobs: { load, lookBack: async () => {}, all },
    handles: {
      keep: async () => {},
      drop: async () => {},
      has: async () => false,
      open: async () => undefined,
    },
    transport: server,
    sleep: async () => {},
    now: () => performance.now(),
    random: () => 1,
    check: ({ name, lastModified }) =>
      name.endsWith('.pdf') || lastModified === 2 ? { message: 'Not audio.', mayInsist: true } : undefined,
    readFacts: async () => undefined,
    submit: async (fileId, { format }, key) => {
      const trouble = troubles.shift();
      if (trouble !== undefined) throw trouble;
      submitted.push({ fileId, format, key });
      return { jobId: `${format}-job`, status: 'created', createdAt: '', links: job({ jobId: '' }).links };
    },
    retry: async (_jobId, _changes, key) => {
      retried.push(key);
      const trouble = troubles.shift();
      if (trouble !== undefined) throw trouble;
      return { jobId: 'again', status: 'created', createdAt: '', links: job({ jobId: '' }).links };
    },
    newId: () => `id-${ids++}`,
  };
  const open = async () => {
    all.set(new Map());
    const desk = new Desk({ ...deps, memory: new DeskMemory(storage), slots: new Slots(3) });
    await desk.restore();
    return desk;
  };
  return { open, submitted, retried, troubles, missing, server, all, kept, onWrite };
}
