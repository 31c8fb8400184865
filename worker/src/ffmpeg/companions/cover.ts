import { constants } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { Allowlists } from '../allowlists.ts';
import { type Companions, coverArgs } from '../args/encode-args.ts';
import { encoderOf } from '../encoders.ts';
import { folderFiles } from '../folder-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { runChild } from '../process/child.ts';
import type { Sandbox } from '../process/sandbox.ts';
import { carrierFile, pictureBlock } from './flac-picture.ts';
import { readPictureHeader } from './picture-header.ts';
import { writeTags } from './tags-file.ts';

/** A FLAC block's length has 24 bits, and the picture shares it with some 40 bytes of fields. */
const MAX_COVER_BYTES = 16 * 1024 * 1024 - 1_024;

export interface CompanionInput {
  readonly binary: string;
  readonly lists: Allowlists;
  readonly sandbox: Sandbox;
  readonly cwd: string;
  readonly plan: ConversionPlan;
  readonly signal: AbortSignal;
}

/**
 * Writes the files that go into the conversion beside the source: tags and cover. A cover that cannot be
 * carried never fails the job; it is dropped with a warning.
 */
export async function writeCompanions(
  input: CompanionInput,
): Promise<{ readonly companions: Companions; readonly warnings: readonly Warning[] }> {
  const { plan, cwd } = input;
  const wantsCover = plan.coverStream !== undefined;
  const block = plan.coverStream === undefined ? undefined : await extractCover(input, plan.coverStream);
  const inTags = encoderOf(plan.format).cover === 'tag';
  const carrier = block !== undefined && !inTags;
  if (carrier) await writeFile(join(cwd, folderFiles.carrier), carrierFile(block));
  const pictureTag: Record<string, string> =
    block !== undefined && inTags ? { METADATA_BLOCK_PICTURE: block.toString('base64') } : {};
  await writeTags(cwd, { ...plan.tags, ...pictureTag });
  await input.sandbox.prepareFolder(cwd);
  return {
    companions: { carrier },
    warnings: wantsCover && block === undefined ? [planWarning('COVER_DROPPED')] : [],
  };
}

/** The picture block of the source's cover; undefined when it is too large, broken or of another kind. */
async function extractCover(input: CompanionInput, pictureStream: number): Promise<Buffer | undefined> {
  await input.sandbox.prepareFolder(input.cwd);
  const end = await runChild({
    binary: input.binary,
    args: coverArgs(input.lists, pictureStream),
    cwd: input.cwd,
    sandbox: input.sandbox,
    signal: input.signal,
    limits: { memoryBytes: 2e9, fileBytes: MAX_COVER_BYTES, cpuSeconds: 30 },
    totalSeconds: 30,
  });
  if (end.exitCode !== 0) return undefined;
  const picture = await readOwnFile(join(input.cwd, folderFiles.cover));
  const header = picture && readPictureHeader(picture);
  return picture && header ? pictureBlock(header, picture) : undefined;
}

/**
 * Reads what a child wrote. The folder belongs to the child's uid, so a subverted decoder could have put a
 * link there in place of the file: links are not followed.
 */
async function readOwnFile(path: string): Promise<Buffer | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Failure('CONVERSION_FAILED', { cause: error });
  }
  try {
    const { size } = await handle.stat();
    return size > MAX_COVER_BYTES ? undefined : await handle.readFile();
  } finally {
    await handle.close();
  }
}
