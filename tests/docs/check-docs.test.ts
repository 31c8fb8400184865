/** What a document may name, and what is told of what it may not. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemsIn, type Repository, repositoryIn } from './check-docs.ts';

const sources: Record<string, string> = {
  'README.md': '',
  'docs/guide.md': '# The guide\n\n## `part`, and what is in it\n\n```sh\n# no heading\n```\n',
  'api/src/jobs/get-job.ts': '',
  'terraform/tests/network.tftest.hcl': 'run "plain_http" {\n',
  'worker/src/lease.test.ts': [
    "test('a beat that hangs', async () => {});",
    'test.each([1])(',
    "  'what is sent %s is kept',",
    '  async () => {},',
    ');',
    "expect(say('a beat that hangs twice')).toBe(1);",
  ].join('\n'),
};
const repository: Repository = {
  files: Object.keys(sources),
  scripts: ['check'],
  read: (file) => sources[file] ?? '',
  isMade: (path) => path === 'web/dist',
};
const problems = (text: string, doc = 'docs/guide.md') => problemsIn(doc, text, repository);

test.each([
  ['a file', '`api/src/jobs/get-job.ts`'],
  ['a folder, with its slash or without', '`api/src/jobs/` and `api/src`'],
  ['any file of a kind', '`api/src/<topic>/<route>.ts`, `{api,worker}/src/*`, `get-*.ts`'],
  ['a name alone', '`get-job.ts`'],
  [
    'a link from the document on',
    '[a](../README.md), [b](guide.md#the-guide), [c](https://example.org/x#y), [d](#part-and-what-is-in-it)',
  ],
  ['what is no path of ours', '`/api/jobs`, `application/json`, `conversions/1.mp3`, `a/b`'],
  ['a script', '`npm run check`, `npm run --silent check`'],
  ['a command in a block', '```sh\nnpx vitest run worker/src/lease.test.ts\n```'],
  [
    'a test, also of each and of Terraform',
    '`worker/src/lease.test.ts` "a beat that hangs" and "what is sent %s is kept"',
  ],
])('%s that is there is fine', (_what, text) => {
  expect(problems(text)).toEqual([]);
});

test.each([
  ['`api/src/jobs/put-job.ts`', 'there is no api/src/jobs/put-job.ts'],
  ['`api/src/<topic>/index.ts`', 'there is no api/src/<topic>/index.ts'],
  ['`put-job.ts`', 'there is no put-job.ts'],
  ['[a](gone.md)', 'there is no docs/gone.md'],
  ['[a](#gone)', 'docs/guide.md has no heading #gone'],
  ['[a](guide.md#no-heading)', 'docs/guide.md has no heading #no-heading'],
  ['`npm run chekc`', 'there is no npm run chekc'],
  ['```sh\ncat api/src/gone.ts\n```', 'there is no api/src/gone.ts'],
  ['`worker/src/gone.test.ts` "a beat"', 'there is no worker/src/gone.test.ts'],
  ['`worker/src/lease.test.ts` "a beat"', 'worker/src/lease.test.ts has no test "a beat"'],
  ['`terraform/tests/network.tftest.hcl` "https"', 'terraform/tests/network.tftest.hcl has no test "https"'],
])('%j is told', (text, problem) => {
  expect(problems(text)).toEqual([`docs/guide.md: ${problem}`]);
});

test('what git ignores is made some time, and need not be there', () => {
  expect(problems('`web/dist`', 'README.md')).toEqual([]);
});

test('in the guarantees each row names a test', () => {
  const table = [
    '| promise | shown by |',
    '|---|---|',
    '| a | `worker/src/lease.test.ts` "a beat that hangs" |',
  ];
  const doc = 'docs/guarantees.md';
  expect(problems(table.join('\n'), doc)).toEqual([]);
  expect(problems([...table, '| b | we believe it |'].join('\n'), doc)).toEqual([
    `${doc}: names no test: | b | we believe it |`,
  ]);
});

test('this repository is read as git sees it', () => {
  const here = repositoryIn(join(import.meta.dirname, '..', '..'));
  expect(here.files).toEqual(expect.arrayContaining(['README.md', 'tests/docs/check-docs.ts']));
  expect(here.files.some((file) => file.startsWith('node_modules/'))).toBe(false);
  expect(here.scripts).toContain('check');
  expect(here.read('LICENSE')).toContain('MIT');
  expect([here.isMade('web/dist'), here.isMade('web/src')]).toEqual([true, false]);
});
