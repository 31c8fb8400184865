/** What image files and Compose must repeat from the code, since they cannot import it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { frugalNode } from '@wavefleet/localstack/child.ts';
import { resourceNames } from '@wavefleet/localstack/provision/names.ts';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

test.each(['api', 'worker'])('the image of the %s runs Node with the flags of the fleet', (room) => {
  const flags = /NODE_FLAGS="([^"]*)"/.exec(read(`${room}/Dockerfile`))?.[1]?.split(' ');
  expect(new Set(flags)).toEqual(new Set(frugalNode));
});

test('Compose uses the names that provisioning makes', () => {
  const { bucket, tables, queues, bus } = resourceNames();
  const queueUrl = (name: string) => `http://localstack:4566/000000000000/${name}`;
  const settings = {
    S3_BUCKET: bucket,
    JOBS_TABLE: tables.jobs,
    PROGRESS_TABLE: tables.progress,
    UPLOADS_TABLE: tables.uploads,
    JOBS_QUEUE_URL: queueUrl(queues.jobs.name),
    JOBS_DLQ_URL: queueUrl(queues.jobs.deadLetter),
    DROPS_QUEUE_URL: queueUrl(queues.drops.name),
    DROPS_DLQ_URL: queueUrl(queues.drops.deadLetter),
    EVENT_BUS: bus,
  };
  const lines = new Set(read('docker-compose.yml').split('\n'));
  for (const [name, value] of Object.entries(settings)) expect(lines).toContain(`  ${name}: ${value}`);
});
