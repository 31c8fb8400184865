/** Valid files of every container, made by FFmpeg on the spot: what hostile ones are made from. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** How FFmpeg makes each of them: the arguments of one output, behind the sound of input 0 and the picture of input 1. */
const recipes = {
  'wav.wav': ['-c:a', 'pcm_s16le'],
  'aiff.aiff': ['-c:a', 'pcm_s16be'],
  'caf.caf': ['-c:a', 'pcm_s16be'],
  'alac.caf': ['-c:a', 'alac'],
  'w64.w64': ['-c:a', 'pcm_s16le'],
  'au.au': ['-c:a', 'pcm_s16be'],
  'voc.voc': ['-c:a', 'pcm_u8'],
  'flac.flac': ['-c:a', 'flac'],
  'vorbis.ogg': ['-c:a', 'libvorbis', '-f', 'ogg'],
  'opus.opus': ['-c:a', 'libopus', '-ar', '48000'],
  'flac.oga': ['-c:a', 'flac', '-f', 'ogg'],
  'mp3.mp3': ['-c:a', 'libmp3lame', '-b:a', '128k'],
  'mp2.mp2': ['-c:a', 'mp2', '-b:a', '128k'],
  'adts.aac': ['-c:a', 'aac', '-f', 'adts'],
  'ac3.ac3': ['-c:a', 'ac3'],
  'eac3.eac3': ['-c:a', 'eac3'],
  'aac.m4a': ['-c:a', 'aac', '-f', 'ipod'],
  'front.m4a': ['-c:a', 'aac', '-movflags', '+faststart', '-f', 'ipod'],
  'fragments.mp4': ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4'],
  'alac.m4a': ['-c:a', 'alac', '-f', 'ipod'],
  'wma.wma': ['-c:a', 'wmav2', '-f', 'asf'],
  'wv.wv': ['-c:a', 'wavpack'],
  'tta.tta': ['-c:a', 'tta'],
  'mka.mka': ['-c:a', 'libopus', '-ar', '48000', '-f', 'matroska'],
  'webm.webm': ['-c:a', 'libopus', '-ar', '48000', '-f', 'webm'],
  'ts.ts': ['-c:a', 'mp2', '-f', 'mpegts'],
  'flv.flv': ['-c:a', 'libmp3lame', '-ar', '44100', '-f', 'flv'],
  'rm.rm': ['-c:a', 'ac3', '-f', 'rm'],
  'sox.sox': ['-c:a', 'pcm_s32le', '-f', 'sox'],
  'adx.adx': ['-c:a', 'adpcm_adx', '-f', 'adx'],
  'film.mp4': ['-map', '1:v', '-c:v', 'mpeg4', '-c:a', 'aac', '-f', 'mp4'],
  'film.mkv': ['-map', '1:v', '-c:v', 'mpeg4', '-c:a', 'libmp3lame', '-f', 'matroska'],
  'film.avi': ['-map', '1:v', '-c:v', 'mpeg4', '-c:a', 'libmp3lame', '-f', 'avi'],
  'film.mpg': ['-map', '1:v', '-c:v', 'mpeg1video', '-r', '25', '-c:a', 'mp2', '-f', 'mpeg'],
  'silent.mp4': ['-map', '1:v', '-c:v', 'mpeg4', '-an', '-f', 'mp4'],
  'silent.avi': ['-map', '1:v', '-c:v', 'mpeg4', '-an', '-f', 'avi'],
} as const;

export type SeedName = keyof typeof recipes;
/** All of them, in their order. */
export const seedNames = Object.keys(recipes) as SeedName[];

/** What a seed holds. */
export type Seeds = (name: SeedName) => Buffer;

/** Seconds of sound in each. */
const SEED_SECONDS = 2;
const sound = `sine=frequency=440:sample_rate=44100:duration=${SEED_SECONDS}`;
const film = `testsrc=size=64x48:rate=25:duration=${SEED_SECONDS}`;

/** Makes them all. The same FFmpeg makes the same bytes. */
export async function makeSeeds(): Promise<Seeds> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefleet-seeds-'));
  try {
    await execa('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', sound, '-f', 'lavfi', '-i', film],
      ...seedNames.flatMap((name) => [
        ...(recipes[name].some((word) => word === '-an') ? [] : ['-map', '0:a', '-ac', '2']),
        ...recipes[name],
        ...['-fflags', '+bitexact', '-flags:a', '+bitexact', '-metadata', 'title=seed', join(folder, name)],
      ]),
    ]);
    const made = new Map<string, Buffer>();
    for (const name of seedNames) made.set(name, await readFile(join(folder, name)));
    return (name) => made.get(name) ?? Buffer.alloc(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
