/** What the bundles of the images hold of libraries: memory that each process of a fleet has for ever. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundledEntries } from '@wavefleet/localstack/bundled.ts';
import { beforeAll, describe, expect, test } from 'vitest';

let entries: Awaited<ReturnType<typeof bundledEntries>>;
beforeAll(async () => {
  entries = await bundledEntries();
});

describe.each(['api', 'worker'] as const)('the bundle of the %s', (room) => {
  const code = () => {
    const folder = dirname(entries[room]);
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
  };

  test('has of the AWS SDK what it uses', () => {
    const names = ['PutObject', 'PutBucketReplication', 'CreateGlobalTable', 'AddPermission'];
    expect(names.filter((name) => code().includes(name))).toEqual(['PutObject']);
  });

  // With an import come all its names, and with one of these undici: see platform/src/node-http.ts.
  test('imports Node’s HTTP nowhere', () => {
    const imports = code().match(/\b(from|import)\s*\(?\s*["'`](node:)?http["'`]/g);
    expect(imports).toBeNull();
  });
});
