/** The components of our FFmpeg are those that our commands use: no more is built in, and nothing is missing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputFormats } from '@wavefleet/contracts/formats.ts';
import { expect, test } from 'vitest';
import { demuxers } from '../src/allowed.ts';
import { encoderOf } from '../src/encoders.ts';
import { components, configureArguments } from './components.ts';

const rooms = join(import.meta.dirname, '..', 'src');
const code = readdirSync(rooms, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.ts$/.test(name) && !/\.(test|testing)\.ts$/.test(name))
  .map((name) => readFileSync(join(rooms, name), 'utf8'))
  .join('\n');

test('every format has its muxer, and no muxer is there for nothing', () => {
  const own = Object.keys(outputFormats).map((name) => encoderOf(name as keyof typeof outputFormats).muxer);
  const between = ['image2pipe', 'md5', 'null', 'pcm_f32le', 'pcm_f64le', 'pcm_s16le'];
  expect(new Set([...own, ...between])).toEqual(new Set(components.muxer));
});

test('every encoder that the code names is built, and none that it does not name', () => {
  for (const name of components.encoder) {
    expect(code.includes(name) || /^pcm_[fs]\d+[bl]e$/.test(name), name).toBe(true);
  }
  const asked = Object.keys(outputFormats).flatMap((name) => {
    const choices = ([16, 24, 32, undefined] as const).flatMap((bitDepth) =>
      [true, false].map((float) => ({ bitDepth, float, quality: undefined, severalValues: false })),
    );
    const encoder = encoderOf(name as keyof typeof outputFormats);
    return choices.map((choice) => {
      const args = encoder.args(choice as never);
      return args[args.indexOf('-c:a') + 1] ?? '';
    });
  });
  expect(asked.filter((name) => !(components.encoder as readonly string[]).includes(name))).toEqual([]);
});

test('every filter that is built is used', () => {
  // FFmpeg itself puts `anull` where no filter is asked for.
  for (const name of components.filter.filter((filter) => filter !== 'anull')) {
    expect(code, name).toMatch(new RegExp(`['\`,]${name}[='\`,@]`));
  }
});

test('nothing opens the network, a picture, or another file', () => {
  const args = configureArguments();
  expect(args).toContain('--disable-network');
  expect(components.protocol).toEqual(['file', 'pipe']);
  for (const name of ['hls', 'dash', 'image2', 'lavfi', 'movie', 'amovie', 'png']) {
    expect(args.some((arg) => arg.endsWith(`=${name}`))).toBe(false);
  }
  // The filter of that name opens nothing.
  for (const kind of ['demuxer', 'protocol']) expect(args).not.toContain(`--enable-${kind}=concat`);
});

test('what other demuxers need is there, is not opened, and nothing decodes it', () => {
  const args = configureArguments();
  for (const name of ['h264', 'hevc', 'm4v', 'mpegvideo', 'dv', 'spdif']) {
    expect(args.filter((arg) => arg.endsWith(`=${name}`))).toEqual([`--enable-demuxer=${name}`]);
    expect(demuxers).not.toContain(name);
  }
});
