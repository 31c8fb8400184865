/** What the bundles of the images hold of libraries: memory that each process of a fleet has for ever. */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import { beforeAll, describe, expect, test } from 'vitest';

const CONFIG = join(import.meta.dirname, '..', '..', 'rolldown.config.ts');

describe.each(['api', 'worker'])('the bundle of the %s', (room) => {
  let code = '';
  beforeAll(async () => {
    const programs = [await loadConfig(CONFIG, { configLoader: 'native' })].flat();
    const program = programs.find((one) => 'input' in one && String(one.input).includes(`/${room}/src/`));
    if (program === undefined || typeof program === 'function') throw new Error(`${room} has no bundle`);
    const { output: asWritten, ...sources } = program;
    // Nothing is written: others may be running what lies there.
    await using bundle = await rolldown(sources);
    const { output } = await bundle.generate(Array.isArray(asWritten) ? asWritten[0] : asWritten);
    code = output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n');
  });

  test('has of the AWS SDK what it uses', () => {
    const names = ['PutObject', 'PutBucketReplication', 'CreateGlobalTable', 'AddPermission'];
    expect(names.filter((name) => code.includes(name))).toEqual(['PutObject']);
  });

  // With an import come all its names, and with one of these undici: see platform/src/node-http.ts.
  test('imports Node’s HTTP nowhere', () => {
    const imports = code.match(/\b(from|import)\s*\(?\s*["'`](node:)?http["'`]/g);
    expect(imports).toBeNull();
  });
});
