/** Puts the page together: the only place that hands the browser's own things to the parts that do the work. */

import type { Client } from '@wavefleet/client/client.ts';
import { sleep } from '@wavefleet/client/wait.ts';
import type { Catalogue } from '@wavefleet/contracts/http.ts';
import { loadChoice } from './convert/choice-memory.ts';
import { CoverChoice } from './convert/cover-choice.ts';
import { readFacts } from './convert/file-facts.ts';
import { Adder } from './files/adder.ts';
import { Desk } from './files/desk.ts';
import { DeskMemory } from './files/desk-memory.ts';
import { FileHandles } from './files/file-handles.ts';
import { Pager } from './history/pager.ts';
import { Totals } from './history/totals.ts';
import { Keys } from './keys/keys.ts';
import { Webhooks } from './notices/webhooks.ts';
import { SavedPresets } from './presets/saved-presets.ts';
import { EventStreams } from './progress/event-streams.ts';
import { Jobs } from './progress/jobs.ts';
import { reasonOf } from './result/next-step.ts';
import type { Services } from './services.ts';
import { Session } from './session/session.ts';
import { Announcer } from './shell/announcer.ts';
import { browserStorage } from './shell/browser-storage.ts';
import { watchRoute } from './shell/route.ts';
import { Store } from './store.ts';
import { checkFile } from './upload/check-file.ts';
import { HttpTransport } from './upload/http-transport.ts';
import { Slots } from './upload/slots.ts';

/** Parts on their way at once, all files together. */
const PARTS_AT_ONCE = 3;
/** Files that are looked into at once: each takes a player, and hundreds of them would hold up the uploads. */
const LOOKS_AT_ONCE = 4;
const never = new AbortController().signal;

/**
 * Makes the services and lets them begin: they restore the desk and watch the jobs while somebody looks.
 * @param catalogue what this server takes, makes and limits.
 */
export function assemble(client: Client, catalogue: Catalogue, session: Session): Services {
  const storage = browserStorage();
  const streams = new EventStreams((jobId) => client.progress.eventsUrl(jobId));
  const jobs = new Jobs({
    openStream: (jobId, onView, onBroken) => streams.open(jobId, onView, onBroken),
    poll: (jobId, signal) => client.progress.get(jobId, { signal }),
    list: (query) => client.jobs.list(query),
    get: (jobId) => client.jobs.get(jobId),
    remove: (jobId) => client.jobs.remove(jobId),
    sleep,
  });
  const looks = new Slots(LOOKS_AT_ONCE);
  const desk = new Desk({
    jobs,
    memory: new DeskMemory(storage),
    handles: new FileHandles(),
    transport: new HttpTransport(client.uploads),
    slots: new Slots(PARTS_AT_ONCE),
    sleep,
    now: () => performance.now(),
    random: Math.random,
    check: (file) => checkFile(file, catalogue, session.me.value?.plan?.uploadBytes),
    readFacts: (file) => looks.use(never, () => readFacts(file)),
    submit: (fileId, conversion, idempotencyKey) => {
      session.lookSoon();
      return client.jobs.submit({ fileId, ...conversion }, { idempotencyKey });
    },
    retry: (jobId, changes, idempotencyKey) => client.jobs.retry(jobId, changes, { idempotencyKey }),
    newId: randomId,
  });
  const pager = new Pager({ list: (query) => client.jobs.list(query), take: (views) => jobs.take(views) });
  const totals = new Totals((search, signal) => client.jobs.totals(search, { signal }));
  const announcer = new Announcer(
    () => performance.now(),
    (work, ms) => setTimeout(work, ms),
  );
  jobs.onListed = (views) => desk.adopt(views);
  jobs.onEnded = ({ fileName, status, format, error }) => {
    const label = catalogue.outputs[format]?.label ?? format;
    session.lookSoon();
    if (status === 'completed') announcer.say(`${fileName} to ${label}: done.`, 'done');
    if (status === 'failed') announcer.say(`${fileName} to ${label} failed. ${reasonOf({ error })}`, status);
  };
  const adder = new Adder({
    desk,
    looksLikeSound: (file) => checkFile(file, catalogue)?.mayInsist !== true,
    say: (sentence) => announcer.say(sentence),
  });
  watchVisibility(jobs, desk);
  const choice = new Store(loadChoice(storage, Object.keys(catalogue.outputs)));
  const cover = new CoverChoice({
    choice,
    send: (picture) => client.uploads.sendCover(picture),
    remove: (fileId) => client.uploads.remove(fileId),
    say: (sentence) => announcer.say(sentence),
  });
  return {
    session,
    keys: new Keys(client.keys),
    webhooks: new Webhooks(client.webhooks),
    presets: new SavedPresets(client.presets),
    desk,
    jobs,
    pager,
    totals,
    announcer,
    catalogue,
    results: client.results,
    shares: client.shares,
    exportUrl: (as, search) => client.jobs.exportUrl(as, search),
    choice,
    cover,
    route: watchRoute(),
    adder,
    chooseFiles: fileDialogue((files) => adder.add({ files: files.map((file) => ({ file })) })),
  };
}

/** @param client one that renews nothing by itself. */
export function browserSession({ keys, auth }: Client): Session {
  return new Session({
    me: () => keys.me(),
    changeMe: (change) => keys.changeMe(change),
    refresh: () => auth.refresh(),
    signOut: () => auth.signOut(),
    eraseEverything: () => keys.eraseEverything(),
    // Pages over plain HTTP from another machine have no locks: then the server's patience with two tabs has to do.
    alone: (work) => ('locks' in navigator ? navigator.locks.request('wavefleet-session', work) : work()),
    later: (work, ms) => setTimeout(work, ms),
  });
}

/** Nobody looks: nothing is polled and no connection is held. Uploads go on. */
function watchVisibility(jobs: Jobs, desk: Desk): void {
  const look = () => (document.visibilityState === 'visible' ? jobs.watch() : jobs.rest());
  document.addEventListener('visibilitychange', look);
  window.addEventListener('online', () => {
    desk.wake();
    void jobs.look();
  });
  window.addEventListener('storage', () => desk.catchUp());
  void desk.restore().finally(look);
}

/** One hidden field for the life of the page, so that choosing the same file twice works. */
function fileDialogue(onFiles: (files: File[]) => void): () => void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.hidden = true;
  input.setAttribute('aria-label', 'Choose files');
  document.body.append(input);
  input.addEventListener('change', () => {
    onFiles([...(input.files ?? [])]);
    input.value = '';
  });
  return () => {
    if (location.hash.length > 2) location.hash = '#/';
    input.click();
  };
}

/** `crypto.randomUUID` exists on secure origins only; a fleet in a private network may be plain HTTP. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
