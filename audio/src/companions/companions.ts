/** The files that go into an encode beside the source: tags and cover. */
import { join } from 'node:path';
import type { Warning } from '@wavefleet/contracts/job.ts';
import { encoderOf } from '../encoders.ts';
import { type EncodeFiles, folderFiles } from '../folder-files.ts';
import { openOwnFile, writeOwnFile } from '../own-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { chapterComments } from '../tags/chapters.ts';
import { renderTags } from '../tags/tags-file.ts';
import { nameFrames, needsFrames } from '../tags/values/id3-frames.ts';
import { asOneText } from '../tags/values/one-text.ts';
import { splitValues } from '../tags/values/split-values.ts';
import type { FolderTools } from '../tools.ts';
import { coverBlock, extractCover } from './cover.ts';
import { carrierFile } from './flac-picture.ts';

/** Which companions there are; the tags file always is. */
interface Companions {
  /** Whether there is a carrier file with the cover. */
  readonly hasCarrier: boolean;
  /** COVER_DROPPED, or none. */
  readonly warnings: readonly Warning[];
}

/**
 * Writes them, and gives the folder to the children's uid. A cover that cannot be carried never fails the job; it is
 * dropped with a warning. @throws Failure DISK_FULL, or CONVERSION_FAILED when something of a child's is in the way.
 */
export async function writeCompanions(
  tools: FolderTools,
  plan: ConversionPlan,
  files: EncodeFiles,
): Promise<Companions> {
  const block = await coverOf(tools, plan, files);
  const asTag = encoderOf(plan.format).cover === 'tag';
  const hasCarrier = block !== undefined && !asTag;
  if (hasCarrier) await writeOwnFile(join(tools.cwd, files.carrier), carrierFile(block));
  const pictureTag: [string, string][] =
    block !== undefined && asTag ? [['METADATA_BLOCK_PICTURE', block.toString('base64')]] : [];
  await writeOwnFile(join(tools.cwd, files.tags), tagsFileOf(plan, pictureTag));
  await tools.sandbox.prepareFolder(tools.cwd);
  return {
    hasCarrier,
    warnings: hasCover(plan) && block === undefined ? [planWarning('COVER_DROPPED')] : [],
  };
}

/** Whether the plan gives the result a cover. */
const hasCover = ({ coverStream, setsCover }: ConversionPlan): boolean =>
  setsCover || coverStream !== undefined;

/** The picture block of the cover; undefined for none, and for one that cannot be carried. */
async function coverOf(
  tools: FolderTools,
  { coverStream, setsCover }: ConversionPlan,
  files: EncodeFiles,
): Promise<Buffer | undefined> {
  if (setsCover) return await coverBlock(join(tools.cwd, folderFiles.cover));
  return coverStream === undefined ? undefined : await extractCover(tools, coverStream, files.cover);
}

/**
 * The last touch to a result: tags of several values, which FFmpeg wrote as one text each, become several, and frames of ID3
 * that it does not know to write become what they are.
 * @throws Failure CONVERSION_FAILED when it is no plain file.
 */
export async function finishTags(
  tools: FolderTools,
  { format, tags, severalValues }: ConversionPlan,
  files: EncodeFiles,
): Promise<void> {
  const { values } = encoderOf(format);
  const hasFrames = values === 'id3' && needsFrames(tags.keys());
  if (values === 'none' || !(severalValues || hasFrames)) return;
  const file = await openOwnFile(join(tools.cwd, files.result), 'change');
  try {
    if (file === undefined) return;
    if (hasFrames) await nameFrames(file);
    if (severalValues) await splitValues(file, values);
  } finally {
    await file?.close();
  }
}

function tagsFileOf({ format, tags, chapters, language }: ConversionPlan, more: [string, string][]): string {
  const encoder = encoderOf(format);
  const texts = [...tags].map(([name, values]) => asOneText(name, values, encoder.values));
  return encoder.chapters === 'comments'
    ? renderTags([...texts, ...chapterComments(chapters), ...more], { language })
    : renderTags([...texts, ...more], { language, chapters });
}
