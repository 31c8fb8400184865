/** The bucket settings that fauxqs would take as CreateBucket: kept as the client sent them, and given back. */
import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../json-protocol.ts';
import { notImplemented, S3Fault, sendXml } from './answers.ts';
import { type DiskStore, readText, replaceFile } from './disk-store.ts';

/** What a GET answers when nothing was set: an empty document, or this error with 404. */
const SETTINGS: Record<string, { empty: string } | { missing: string }> = {
  notification: { empty: '<NotificationConfiguration/>' },
  versioning: { empty: '<VersioningConfiguration/>' },
  cors: { missing: 'NoSuchCORSConfiguration' },
  publicAccessBlock: { missing: 'NoSuchPublicAccessBlockConfiguration' },
  encryption: { missing: 'ServerSideEncryptionConfigurationNotFoundError' },
  policy: { missing: 'NoSuchBucketPolicy' },
  tagging: { missing: 'NoSuchTagSet' },
  ownershipControls: { missing: 'OwnershipControlsNotFoundError' },
};

/** Without these guards fauxqs would create or list the bucket, or overwrite the object with the XML. */
const UNKNOWN_TO_BUCKETS = [
  'acl',
  'logging',
  'website',
  'replication',
  'object-lock',
  'inventory',
  'analytics',
];
const UNKNOWN_TO_OBJECTS = ['acl', 'tagging', 'retention', 'legal-hold', 'torrent', 'restore', 'select'];

export function guardObject(query: URLSearchParams): void {
  const unknown = UNKNOWN_TO_OBJECTS.find((name) => query.has(name));
  if (unknown !== undefined) throw notImplemented(`an object's ?${unknown}`);
}

/** The name of the setting that the request is about; undefined when it is about none. */
export function settingOf(query: URLSearchParams): string | undefined {
  const unknown = UNKNOWN_TO_BUCKETS.find((name) => query.has(name));
  if (unknown !== undefined) throw notImplemented(`a bucket's ?${unknown}`);
  return Object.keys(SETTINGS).find((name) => query.has(name));
}

export function readSetting(disk: DiskStore, bucket: string, name: string): string | undefined {
  return readText(disk.bucketPath(bucket, `${name}.txt`));
}

/** @param of.changed told what was put, before it is stored; it may refuse by throwing. */
export async function handleSetting(
  disk: DiskStore,
  of: { readonly bucket: string; readonly name: string; readonly changed: (setting: string) => void },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { bucket, name, changed } = of;
  const file = disk.bucketPath(bucket, `${name}.txt`);
  if (req.method === 'PUT') {
    const text = (await readBody(req)).toString('utf8');
    changed(text);
    replaceFile(file, text);
    res.writeHead(name === 'policy' ? 204 : 200, { 'content-length': 0 }).end();
  } else if (req.method === 'DELETE') {
    rmSync(file, { force: true });
    res.writeHead(204).end();
  } else {
    const stored = readText(file);
    const setting = SETTINGS[name];
    if (stored !== undefined && name === 'policy') {
      res.writeHead(200, { 'content-type': 'application/json' }).end(stored);
    } else if (stored !== undefined) {
      sendXml(res, stored);
    } else if (setting !== undefined && 'empty' in setting) {
      sendXml(res, setting.empty);
    } else {
      throw new S3Fault(setting?.missing ?? 'InvalidRequest', `The bucket has no ${name}.`, 404);
    }
  }
}
