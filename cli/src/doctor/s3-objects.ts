/** Reading and writing in the bucket as api and worker do. Every probe object is deleted again. */
import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { resources } from '@wavefleet/contracts/resources.ts';
import { explain } from '@wavefleet/platform/trouble/explain.ts';
import type { Subject } from '@wavefleet/platform/trouble/subject.ts';
import { whereIs } from '@wavefleet/platform/trouble/where.ts';
import { need, orNothing } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';

const { prefixes } = resources.bucket;

/** Deleting a probe has its own time: the check's may be over by then. */
const DELETE_LIMIT_MS = 1_500;

export function s3ObjectChecks(world: World): Check[] {
  const { aws, config } = world;
  const Bucket = config.S3_BUCKET;
  const bucket = bucketSubject(Bucket, 's3:ListBucket');
  const check = (what: string, run: Check['run']): Check => ({
    what: `S3 ${Bucket}: ${what}`,
    thing: Bucket,
    run,
  });
  return [
    check('is there, can be listed', async (abortSignal) => {
      await need(bucket, () =>
        aws.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal }),
      );
      return [];
    }),
    check(`put, get a range, delete in ${prefixes.uploads}`, (signal) =>
      roundTrip(world, prefixes.uploads, signal),
    ),
    check(`multipart upload in ${prefixes.uploads}`, (signal) => multipart(world, prefixes.uploads, signal)),
    check(`put, get a range, delete in ${prefixes.conversions}`, (signal) =>
      roundTrip(world, prefixes.conversions, signal),
    ),
    check(`put in ${prefixes.results}`, (signal) => replace(world, prefixes.results, signal)),
    check(`list and get in ${prefixes.drops}`, (signal) => readOnly(world, prefixes.drops, signal)),
  ];
}

/** A call about the bucket itself. */
export function bucketSubject(bucket: string, action: string): Subject {
  return { action, resource: `arn:aws:s3:::${bucket}`, setting: 'S3_BUCKET', name: bucket };
}

function objectSubject(bucket: string, action: string, prefix: string): Subject {
  return { ...bucketSubject(bucket, action), resource: `arn:aws:s3:::${bucket}/${prefix}*` };
}

function probeKey(prefix: string): string {
  return `${prefix}connectivity-${randomUUID()}`;
}

async function roundTrip(
  { aws, config }: World,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<Remark[]> {
  const probe = { Bucket: config.S3_BUCKET, Key: probeKey(prefix) };
  const about = (action: string) => objectSubject(config.S3_BUCKET, action, prefix);
  await need(about('s3:PutObject'), () =>
    aws.s3.send(new PutObjectCommand({ ...probe, Body: 'connectivity' }), { abortSignal }),
  );
  let failed: { error: unknown } | undefined;
  const remarks: Remark[] = [];
  try {
    const part = await need(about('s3:GetObject'), async () => {
      const { Body } = await aws.s3.send(new GetObjectCommand({ ...probe, Range: 'bytes=2-4' }), {
        abortSignal,
      });
      return await Body?.transformToString();
    });
    if (part !== 'nne') {
      remarks.push({
        status: 'FAIL',
        problem: `bytes 2-4 of "connectivity" came back as "${part?.slice(0, 20)}"`,
        fix: 'The server ignores Range: check AWS_ENDPOINT_URL, and proxies in between.',
      });
    }
  } catch (error) {
    failed = { error };
  }
  await need(about('s3:DeleteObject'), () => remove({ aws }, probe));
  if (failed !== undefined) throw failed.error;
  return remarks;
}

/** What is there is read before it is replaced. The fleet never deletes there: a probe that must stay is no failure, but said. */
async function replace(world: World, prefix: string, abortSignal: AbortSignal): Promise<Remark[]> {
  const { aws, config } = world;
  const probe = { Bucket: config.S3_BUCKET, Key: probeKey(prefix) };
  await readMissing(world, prefix, abortSignal);
  await need(objectSubject(config.S3_BUCKET, 's3:PutObject', prefix), () =>
    aws.s3.send(new PutObjectCommand({ ...probe, Body: '{}' }), { abortSignal }),
  );
  try {
    await remove(world, probe);
    return [];
  } catch (error) {
    return [
      {
        status: 'warn',
        problem: `the probe ${probe.Key} could not be deleted (${explain(error, whereIs(world.config, 'S3')).problem})`,
        fix: "The fleet never deletes there. Delete it with an operator's credentials, or leave it to the lifecycle rule.",
      },
    ];
  }
}

async function remove({ aws }: Pick<World, 'aws'>, probe: { Bucket: string; Key: string }): Promise<void> {
  await aws.s3.send(new DeleteObjectCommand(probe), { abortSignal: AbortSignal.timeout(DELETE_LIMIT_MS) });
}

async function multipart(
  { aws, config }: World,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<Remark[]> {
  const probe = { Bucket: config.S3_BUCKET, Key: probeKey(prefix) };
  const { UploadId } = await need(objectSubject(config.S3_BUCKET, 's3:PutObject', prefix), () =>
    aws.s3.send(new CreateMultipartUploadCommand(probe), { abortSignal }),
  );
  try {
    await need(objectSubject(config.S3_BUCKET, 's3:ListMultipartUploadParts', prefix), () =>
      aws.s3.send(new ListPartsCommand({ ...probe, UploadId }), { abortSignal }),
    );
    await need(bucketSubject(config.S3_BUCKET, 's3:ListBucketMultipartUploads'), () =>
      aws.s3.send(
        new ListMultipartUploadsCommand({ Bucket: config.S3_BUCKET, Prefix: prefix, MaxUploads: 1 }),
        { abortSignal },
      ),
    );
  } finally {
    await need(objectSubject(config.S3_BUCKET, 's3:AbortMultipartUpload', prefix), () =>
      aws.s3.send(new AbortMultipartUploadCommand({ ...probe, UploadId }), {
        abortSignal: AbortSignal.timeout(DELETE_LIMIT_MS),
      }),
    );
  }
  return [];
}

/** What is written there starts a job: a missing object proves as much, since S3 asks who may read it first. */
async function readOnly({ aws, config }: World, prefix: string, abortSignal: AbortSignal): Promise<Remark[]> {
  const { S3_BUCKET: Bucket } = config;
  await need(bucketSubject(Bucket, 's3:ListBucket'), () =>
    aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 1 }), { abortSignal }),
  );
  await readMissing({ aws, config }, prefix, abortSignal);
  return [];
}

async function readMissing(
  { aws, config }: Pick<World, 'aws' | 'config'>,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const { S3_BUCKET: Bucket } = config;
  await orNothing(['NoSuchKey'], () =>
    need(objectSubject(Bucket, 's3:GetObject', prefix), () =>
      aws.s3.send(new GetObjectCommand({ Bucket, Key: probeKey(prefix) }), { abortSignal }),
    ),
  );
}
