/** The process and Redis are touched where they may be, and nowhere else. */
import { expect, test } from 'vitest';
import { processUse, redisUse } from './confined.ts';

test.each(['contracts', 'client', 'platform', 'api', 'worker', 'cli'])(
  '%s has its settings handed in',
  (room) => {
    const text = 'const x = process.env.X;';
    expect(processUse({ path: `${room}/src/a.ts`, text })).toEqual([
      `${room}/src/a.ts reads process.*: only a main.ts does; hand the value in from there`,
    ]);
    expect(processUse({ path: `${room}/src/main.ts`, text })).toEqual([]);
    expect(processUse({ path: `${room}/src/a.test.ts`, text })).toEqual([]);
  },
);

test('a comment may name it, and localstack is made of processes', () => {
  expect(processUse({ path: 'api/src/a.ts', text: '/** never process.env */\n// process.env' })).toEqual([]);
  expect(processUse({ path: 'localstack/src/a.ts', text: 'process.kill(1);' })).toEqual([]);
});

test.each(['ioredis', 'redis', 'ioredis/built/x.js'])('%s is for progress and health alone', (name) => {
  const text = `import { Redis } from '${name}';`;
  expect(redisUse({ path: 'platform/src/progress/redis.ts', text })).toEqual([]);
  expect(redisUse({ path: 'platform/src/health.ts', text })).toEqual([]);
  expect(redisUse({ path: 'tests/e2e/a.test.ts', text })).toEqual([]);
  expect(redisUse({ path: 'platform/src/jobs/store.ts', text })).toEqual([
    `platform/src/jobs/store.ts imports ${name}: the fleet must work without Redis; what knows it belongs to platform/src/progress/`,
  ]);
});
