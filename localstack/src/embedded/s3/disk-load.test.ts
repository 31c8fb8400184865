/** The embedded S3 starts on what a power loss or a copy under way has left: the half is put aside, the whole is there. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { test as base, expect, onTestFinished } from 'vitest';
import { makeClients } from '../../provision/clients.ts';
import { startEmbeddedStack } from '../stack.ts';

const Bucket = 'kept';

/** Two objects and an upload of two parts lie on a disk whose stack was stopped. */
const test = base.extend<{ disk: Disk }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures from here.
  disk: async ({}, use) => {
    const disk = new Disk();
    await disk.fill();
    await use(disk);
    rmSync(disk.dataDir, { recursive: true });
  },
});

class Disk {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'wavefleet-disk-'));
  uploadId = '';

  path(...names: string[]): string {
    return join(this.dataDir, 's3', Bucket, ...names);
  }

  async open() {
    const said: string[] = [];
    const stack = await startEmbeddedStack({
      dataDir: this.dataDir,
      path: process.env.PATH,
      say: (line) => said.push(line),
    });
    const clients = makeClients({
      endpointUrl: stack.endpointUrl,
      region: 'us-east-1',
      credentials: stack.keys,
    });
    let isOpen = true;
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      clients.destroy();
      await stack.stop();
    };
    onTestFinished(close);
    return { s3: clients.s3, said, close };
  }

  async fill(): Promise<void> {
    const { s3, close } = await this.open();
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ['a', 'b'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: `${Key} is here` }));
    const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c' }));
    this.uploadId = UploadId;
    for (const PartNumber of [1, 2]) {
      await s3.send(
        new UploadPartCommand({ Bucket, Key: 'c', UploadId, PartNumber, Body: randomBytes(100) }),
      );
    }
    await close();
  }

  /** The .json of an object, and the file of its bytes. */
  object(key: string): { json: string; data: string } {
    for (const name of readdirSync(this.path('objects'))) {
      const json = this.path('objects', name);
      const saved = JSON.parse(readFileSync(json, 'utf8'));
      if (saved.key === key) return { json, data: this.path('data', saved.segments[0].file) };
    }
    return expect.fail(`no ${key}`);
  }
}

test.for<[string, (disk: Disk) => void]>([
  ['what says where its bytes are is empty', (disk) => truncateSync(disk.object('a').json)],
  ['what says where its bytes are breaks off', (disk) => truncateSync(disk.object('a').json, 40)],
  ['its bytes break off', (disk) => truncateSync(disk.object('a').data, 3)],
  ['its bytes are not there', (disk) => rmSync(disk.object('a').data)],
])('of an object %s: it is not there, and nothing else is missing', async ([, damage], { disk }) => {
  damage(disk);
  const { s3, said } = await disk.open();
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['b']);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'b' }));
  expect(await Body?.transformToString()).toBe('b is here');
  expect(said).toEqual([
    expect.stringMatching(/^S3: [12] files of kept were not whole, and are in .*damaged now$/),
  ]);
  expect(readdirSync(disk.path('damaged'))).not.toEqual([]);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'again' }));
});

test('a part of an upload that is not whole has not come; an upload of which nothing is known is none', async ({
  disk,
}) => {
  truncateSync(disk.path('uploads', disk.uploadId, '2.json'));
  mkdirSync(disk.path('uploads', randomUUID()));
  const { s3 } = await disk.open();
  const asked = { Bucket, Key: 'c', UploadId: disk.uploadId };
  expect((await s3.send(new ListPartsCommand(asked))).Parts).toMatchObject([{ PartNumber: 1 }]);
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads?.map(({ UploadId }) => UploadId)).toEqual([disk.uploadId]);
});

test('begun uploads can be listed while a full disk has taken of one no more than its folder', async ({
  disk,
}) => {
  const { s3 } = await disk.open();
  mkdirSync(disk.path('uploads', randomUUID()));
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toHaveLength(1);
});

test('it starts beside what is not its own, without what it can do without, and leaves no draft', async ({
  disk,
}) => {
  mkdirSync(disk.path('..', 'lost+found'));
  writeFileSync(disk.path('..', '.DS_Store'), '');
  rmSync(disk.path('bucket.json'));
  rmSync(disk.path('data'), { recursive: true });
  rmSync(disk.path('objects'), { recursive: true });
  mkdirSync(disk.path('objects'));
  writeFileSync(disk.path('objects', 'x.json.1.tmp'), '{');
  const { s3 } = await disk.open();
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  expect(readdirSync(disk.path('objects'))).toEqual([]);
});
