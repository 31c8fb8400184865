/** What is damage and what only looks like it: the checksums that files carry, and tags in the midst of a stream. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from './conversion.testing.ts';
import { convert } from './convert.ts';
import { probe } from './probing/probe.ts';
import { removeSeams } from './probing/seams.ts';
import { measure } from './samples.testing.ts';
import type { FolderTools } from './tools.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const noise = ['-f', 'lavfi', '-i', 'anoisesrc=r=44100:d=2:a=0.3:seed=5', '-ac', '2'];
const strictly = (source: string): Promise<unknown> =>
  bench.convert(source, 'wav', { strict: true }).then(
    () => 'converted',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('a file whose own checksums do not agree with it', () => {
  test.concurrent.each([
    ['flip.flac', ['-c:a', 'flac']],
    ['flip.ogg', ['-c:a', 'libvorbis']],
    ['flip.opus', ['-c:a', 'libopus']],
    ['flip.ac3', ['-c:a', 'ac3']],
    ['flip.wv', ['-c:a', 'wavpack']],
    ['flip.tta', ['-c:a', 'tta']],
  ])('%s: one bit is told, and strict refuses', async (name, codec) => {
    const source = await bench.make(name, [...noise, ...codec]);
    // Who is strict gets nothing of a source that is taken for damaged.
    expect(await strictly(source)).toBe('converted');
    const bytes = await readFile(source);
    const third = Math.floor(bytes.length / 3);
    bytes[third] = (bytes[third] ?? 0) ^ 0x10;
    await writeFile(source, bytes);
    expect((await bench.convert(source, 'wav')).encoded.damaged).toBe(true);
    expect(await strictly(source)).toBe('CORRUPT_INPUT');
  });

  test.each([
    ['16 bits', 's16'],
    ['24 bits', 's32'],
  ])('the MD5 of a FLAC of %s', async (name, format) => {
    const source = await bench.make(`md5-${name}.flac`, [...noise, '-sample_fmt', format]);
    expect(await strictly(source)).toBe('converted');
    const bytes = await readFile(source);
    bytes[26] = (bytes[26] ?? 0) ^ 1;
    await writeFile(source, bytes);
    expect((await bench.convert(source, 'mp3')).encoded.damaged).toBe(true);
    // A part says nothing of the whole.
    expect((await bench.convert(source, 'mp3', { trimEnd: 1 })).encoded.damaged).toBe(false);
    expect(await strictly(source)).toBe('CORRUPT_INPUT');
  });

  test('no MD5 is no wrong one', async () => {
    const source = await bench.make('no-md5.flac', noise);
    const bytes = await readFile(source);
    bytes.fill(0, 26, 42);
    await writeFile(source, bytes);
    expect(await strictly(source)).toBe('converted');
  });
});

describe('who is strict is not told of damage where FFmpeg itself', () => {
  const cannotStart = (tools: FolderTools): FolderTools => ({
    ...tools,
    sandbox: {
      ...tools.sandbox,
      command: (...asked) => ({ ...tools.sandbox.command(...asked), file: join(tools.cwd, 'in') }),
    },
  });
  test.each<[string, ErrorCode, (tools: FolderTools) => FolderTools | Promise<FolderTools>]>([
    ['cannot be started', 'SERVICE_UNAVAILABLE', cannotStart],
    ['cannot be started by the sandbox', 'CONVERSION_FAILED', (tools) => ({ ...tools, ffmpeg: './in' })],
    ['is killed', 'CONVERSION_FAILED', (tools) => bench.scripted(tools, 'kill -TERM $$')],
  ])('%s', async (_, code, broken) => {
    const tools = await bench.folderWith(await bench.make('whole.wav', noise));
    const probed = await probe(tools);
    const converting = convert(
      await broken(tools),
      probed,
      { format: 'flac', options: { strict: true } },
      { output: 'out', input: probed.facts, limits: roomyLimits(2) },
    );
    await expect(converting).rejects.toMatchObject({ code });
  });
});

describe('files that were put behind each other with their tags', () => {
  const tone = ['-f', 'lavfi', '-i', 'sine=f=440:r=44100:d=2', '-ac', '2'];
  /** An ID3v2 tag with a picture, as hosts of podcasts write them: what looks like frames is in it. */
  function id3(pictureBytes: number): Buffer {
    const picture = Buffer.alloc(pictureBytes, Buffer.from('fffb9064', 'hex'));
    const size = [21, 14, 7, 0].map((shift) => (picture.length >> shift) & 0x7f);
    return Buffer.concat([Buffer.from('ID3\x04\0\0', 'latin1'), Buffer.from(size), picture]);
  }
  /** ID3v1 and APEv2 at the end of each part. */
  const trailer = Buffer.concat([
    ...[
      Buffer.from('APETAGEX', 'latin1'),
      Buffer.from([208, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128]),
    ],
    ...[Buffer.alloc(8), Buffer.alloc(32, 1), Buffer.from('TAG', 'latin1'), Buffer.alloc(125, 0x41)],
  ]);

  test.concurrent.each([
    ['splice.mp3', ['-b:a', '128k']],
    ['splice.aac', ['-c:a', 'aac']],
  ])('%s: no damage, all of the sound, and strict takes it', async (name, codec) => {
    trailer.writeUInt32LE(32, 12);
    const part = await readFile(await bench.make(`part-${name}`, [...tone, ...codec, '-id3v2_version', '0']));
    const source = bench.path(name);
    await writeFile(source, Buffer.concat([id3(3_000), part, trailer, id3(70_000), part, trailer]));
    for (const strict of [false, true]) {
      const { encoded, file } = await bench.convert(source, 'wav', { strict });
      const { seconds, rms } = await measure(file);
      expect(encoded.damaged).toBe(false);
      expect(seconds).toBeGreaterThan(4);
      expect(seconds).toBeLessThan(4.2);
      // The tone has 0.0884 in mono, and FFmpeg gives each of two channels half of its power.
      expect(rms).toBeGreaterThan(0.055);
      expect(rms).toBeLessThan(0.065);
    }
  });

  test('only what stands between frames is taken out; other bytes there are damage, and stay', async () => {
    const part = await readFile(
      await bench.make('bare.mp3', [...tone, '-id3v2_version', '0', '-write_xing', '0']),
    );
    const tools = await bench.folderWith(Buffer.concat([id3(500), part, id3(500), id3(9), part, trailer]));
    const path = join(tools.cwd, 'in');
    expect(await removeSeams(path, 'mp3')).toBe(1);
    expect((await readFile(path)).equals(Buffer.concat([id3(500), part, part, trailer]))).toBe(true);
    expect(await removeSeams(path, 'mp3')).toBe(0);

    const torn = Buffer.concat([part, Buffer.from('not a frame'), id3(500), part]);
    await writeFile(path, torn);
    expect(await removeSeams(path, 'mp3')).toBe(0);
    expect((await readFile(path)).equals(torn)).toBe(true);
  });
});
