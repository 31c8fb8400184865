/** Imports against the direction of rooms and topics are found, and the sentence says where the line belongs. */
import { expect, test } from 'vitest';
import { wrongRooms, wrongTopics } from './directions.ts';

const file = (path: string, text: string) => ({ path, text });

test('imports along the direction of rooms are fine', () => {
  const text =
    "import { x } from '@wavefleet/platform/x.ts';\nimport y from './y.ts';\nimport { z } from 'zod';";
  expect(wrongRooms(file('worker/src/a.ts', text))).toEqual([]);
  expect(wrongRooms(file('vitest.config.ts', "import x from './api/src/x.ts';"))).toEqual([]);
});

test.each([
  [
    'api/src/a.ts',
    "import { x } from '@wavefleet/worker/x.ts';",
    'api/src/a.ts imports @wavefleet/worker/x.ts: api is from the HTTP request to the job record; what knows worker belongs to localstack/',
  ],
  [
    'contracts/src/a.ts',
    "import type { x } from '@wavefleet/platform/x.ts';",
    'contracts/src/a.ts imports @wavefleet/platform/x.ts: contracts is what all sides agree on; what knows platform belongs to platform/',
  ],
  [
    'client/src/a.ts',
    "export * from '@wavefleet/platform/x.ts';",
    'client/src/a.ts imports @wavefleet/platform/x.ts: client is the HTTP interface as a caller sees it; what knows platform belongs to cli/',
  ],
  [
    'worker/src/a.ts',
    "const x = await import('@wavefleet/localstack/x.ts');",
    'worker/src/a.ts imports @wavefleet/localstack/x.ts: worker is from the message to the result; what knows localstack belongs to localstack/',
  ],
  [
    'localstack/src/a.test.ts',
    "import { startServices } from '@wavefleet/tests/x.ts';",
    'localstack/src/a.test.ts imports @wavefleet/tests/x.ts: localstack is the fleet on one machine; what knows tests belongs to tests/',
  ],
])('%s: %s', (path, text, sentence) => {
  expect(wrongRooms(file(path, text))).toEqual([sentence]);
});

test('another room is imported by its package name', () => {
  expect(wrongRooms(file('api/src/jobs/a.ts', "import x from '../../../platform/src/x.ts';"))).toEqual([
    "api/src/jobs/a.ts imports '../../../platform/src/x.ts': another room is imported by its package name",
  ]);
});

test.each([
  ['platform/src/jobs/a.ts', "import { x } from '../aws/x.ts';"],
  ['platform/src/platform.ts', "import { x } from './jobs/store.ts';"],
  ['api/src/app.ts', "import { x } from './jobs/x.ts';\nimport y from './page/y.ts';"],
  ['audio/src/probing/a.ts', "import { x } from '../process/child.ts';\nimport y from '../args.ts';"],
  ['web/src/shell/header.tsx', "import { useServices } from '../services.ts';"],
  ['web/src/services.ts', "import type { Desk } from './files/desk.ts';"],
  ['localstack/src/embedded/a.test.ts', "import { makeClients } from '../provision/clients.ts';"],
  ['tests/e2e/a.test.ts', "import { x } from '../bring-up/x.ts';"],
])('topics may: %s: %s', (path, text) => {
  expect(wrongTopics(file(path, text))).toEqual([]);
});

test.each([
  [
    'api/src/http/x.ts',
    "import { y } from '../jobs/y.ts';",
    'api/src/http/x.ts imports jobs/y.ts: http is what every route stands on; what knows jobs belongs to api/src/jobs/',
  ],
  [
    'api/src/page/x.ts',
    "import type { Y } from '../service/y.ts';",
    'api/src/page/x.ts imports service/y.ts: page is the built page; what knows service belongs to api/src/app.ts or api/src/main.ts',
  ],
  [
    'platform/src/storage/x.ts',
    "import { y } from '../progress/store.ts';",
    'platform/src/storage/x.ts imports progress/store.ts: storage is what lies in S3; what knows progress belongs to platform/src/jobs/',
  ],
  [
    'platform/src/trace.ts',
    "import { y } from './aws/errors.ts';",
    'platform/src/trace.ts imports aws/errors.ts: settings and log is what every topic stands on; what knows aws belongs to platform/src/aws/',
  ],
  [
    'worker/src/queue/x.ts',
    "import { y } from '../upkeep/y.ts';",
    'worker/src/queue/x.ts imports upkeep/y.ts: queue is how jobs come in; what knows upkeep belongs to worker/src/notifier/',
  ],
  [
    'audio/src/process/x.ts',
    "import { y } from '../plan.ts';",
    'audio/src/process/x.ts imports plan.ts: process is a child process and its bounds, whatever it runs; what knows plans and arguments belongs to audio/src/',
  ],
  [
    'worker/src/job/x.ts',
    "import { y } from '../queue/y.ts';",
    'worker/src/job/x.ts imports queue/y.ts: job is the way of one job, however it came; what knows queue belongs to worker/src/queue/',
  ],
  [
    'localstack/src/embedded/x.ts',
    "import { y } from '../fleet.ts';",
    'localstack/src/embedded/x.ts imports fleet.ts: embedded is AWS and Redis for one machine, whatever runs on them; what knows fleet belongs to localstack/src/fleet.ts or localstack/src/standing-fleet.ts',
  ],
  [
    'web/src/upload/slots.ts',
    "import type { AddedFile } from '../files/desk.ts';",
    'web/src/upload/slots.ts imports files/desk.ts: upload is one upload; what knows files belongs to web/src/files/',
  ],
])('topics may not: %s: %s', (path, text, sentence) => {
  expect(wrongTopics(file(path, text))).toEqual([sentence]);
});

test('a folder that has no place yet is told to get one', () => {
  expect(wrongTopics(file('api/src/billing/x.ts', ''))).toEqual([
    'api/src/billing/x.ts has no topic: give it one in tests/rooms/topics.ts',
  ]);
});
