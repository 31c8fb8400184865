/** What suites about one result begin with: a fleet with one worker, people in front of its page, and a short recording. */
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { Visitors } from './visitors.ts';

interface ShortRecording {
  readonly fleet: Fleet;
  readonly visitors: Visitors;
  /** `short.flac`, 5 s. */
  readonly file: string;
}

/** Starts it before the tests of the calling file, and ends it after them; no page may complain meanwhile. */
export function shortRecording(): ShortRecording {
  let fleet: Fleet | undefined;
  let visitors: Visitors | undefined;
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('not started yet');
    return part;
  };
  const recording = {
    get fleet() {
      return started(fleet);
    },
    get visitors() {
      return started(visitors);
    },
    get file() {
      return started(fleet).file('short.flac');
    },
  };
  beforeAll(async () => {
    fleet = await Fleet.start({ workers: 1 });
    visitors = await Visitors.start(fleet.apiUrl);
    await makeSample(recording.file, { seconds: 5 });
  });
  afterAll(async () => {
    await visitors?.stop();
    await fleet?.stop();
  });
  afterEach(() => expect(recording.visitors.complaints.splice(0)).toEqual([]));
  return recording;
}
