/** Begun uploads as S3 tells of them, a thousand at a time; the embedded S3 has them all on one page. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { type BegunUpload, PartStore } from './parts.ts';

const begunAt = '2026-01-02T03:04:05.000Z';
const upload = (key: string, id: string) =>
  `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begunAt}</Initiated></Upload>`;
const page = (facts: string) => `<ListMultipartUploadsResult>${facts}</ListMultipartUploadsResult>`;
const cut = (key: string, id: string) =>
  `<IsTruncated>true</IsTruncated><NextKeyMarker>${key}</NextKeyMarker><NextUploadIdMarker>${id}</NextUploadIdMarker>`;

test('uploads that were begun come page by page, each after the last one of the page before', async () => {
  const asked: URLSearchParams[] = [];
  const pages = [
    page(`${upload('uploads/a', 'one')}${upload('uploads/b', 'two')}${cut('uploads/b', 'two')}`),
    page(`${upload('uploads/b', 'three')}${cut('uploads/b', 'three')}`),
    page('<IsTruncated>false</IsTruncated>'),
  ];
  const server = createServer((request, answer) => {
    asked.push(new URL(request.url ?? '', 'http://s3').searchParams);
    answer.end(pages.shift());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const s3 = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  onTestFinished(() => {
    s3.destroy();
    server.close();
  });
  const parts = new PartStore({ s3, s3Streams: s3, s3Public: s3 }, 'bucket');
  const initiatedAtMs = Date.parse(begunAt);
  const begun: BegunUpload[][] = [];
  for await (const each of parts.begun('uploads/')) begun.push(each);
  expect(begun).toEqual([
    [
      { key: 'uploads/a', multipartId: 'one', initiatedAtMs },
      { key: 'uploads/b', multipartId: 'two', initiatedAtMs },
    ],
    [{ key: 'uploads/b', multipartId: 'three', initiatedAtMs }],
    [],
  ]);
  const markers = asked.map((query) => [
    query.get('prefix'),
    query.get('key-marker'),
    query.get('upload-id-marker'),
  ]);
  expect(markers).toEqual([
    ['uploads/', null, null],
    ['uploads/', 'uploads/b', 'two'],
    ['uploads/', 'uploads/b', 'three'],
  ]);
});
