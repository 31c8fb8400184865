/** Which IAM actions the reader of our source finds. */
import { expect, test } from 'vitest';
import { compareTaskActions } from './task-actions.ts';
import { type SourceFile, usedActions } from './used-actions.ts';

const platform: SourceFile[] = [
  { path: 'platform/src/platform.ts', text: 'export interface Platform {\n  readonly jobs: JobStore;\n}\n' },
  {
    path: 'platform/src/job-store.ts',
    text: [
      'export class JobStore {',
      '  async get(id: string) {',
      '    await this.#dynamo.send(new GetCommand({}));',
      '  }',
      '',
      '  async getOwned(id: string) {',
      '    return await this.get(id);',
      '  }',
      '',
      '  async remove(id: string) {',
      '    await this.#dynamo.send(new DeleteCommand({}));',
      '  }',
      '}',
    ].join('\n'),
  },
  {
    path: 'platform/src/set-aside.ts',
    text: 'export async function setAside() {\n  await sqs.send(new SendMessageCommand({}));\n}\n',
  },
];
const worker = (text: string): SourceFile[] => [...platform, { path: 'worker/src/x.ts', text }];

test('only the methods that a service calls count, with what they call in turn', () => {
  expect(usedActions('worker', worker('await platform.jobs.getOwned(id);'))).toEqual(['dynamodb:GetItem']);
  expect(usedActions('worker', worker('const { jobs } = platform;\nawait jobs\n  .remove(id);'))).toEqual([
    'dynamodb:DeleteItem',
  ]);
});

test('what a class has from its base counts, and what the base does behind it', () => {
  const text = [
    'class Records {',
    '  async take(id: string) {',
    '    await this.update(id);',
    '  }',
    '',
    '  protected async update(id: string) {',
    '    await this.dynamo.send(new UpdateCommand({}));',
    '  }',
    '}',
    'export class JobStore extends Records {',
    '}',
  ].join('\n');
  const store = { path: 'platform/src/job-store.ts', text };
  const use = { path: 'worker/src/x.ts', text: 'await jobs.take(id);' };
  const sources = [...platform.filter(({ path }) => path !== store.path), store, use];
  expect(usedActions('worker', sources)).toEqual(['dynamodb:UpdateItem']);
});

test('an imported platform function counts, and so does a command of the service itself', () => {
  const text = "import { setAside } from '@wavefleet/platform/set-aside.ts';\nnew HeadObjectCommand({});";
  expect(usedActions('worker', worker(text))).toEqual(['s3:GetObject', 's3:ListBucket', 'sqs:SendMessage']);
});

test('tests and the other service do not count', () => {
  const sources = [...platform, { path: 'worker/src/x.test.ts', text: 'jobs.get(id)' }];
  expect(usedActions('worker', [...sources, { path: 'api/src/y.ts', text: 'jobs.get(id)' }])).toEqual([]);
});

test('a command that nobody has looked up is an error', () => {
  expect(() => usedActions('worker', worker('new RestoreObjectCommand({})'))).toThrow('RestoreObjectCommand');
});

test('task-actions.json grants each service what its code calls, and nothing else', async () => {
  expect(await compareTaskActions()).toEqual([]);
});
