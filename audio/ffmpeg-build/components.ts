/**
 * What our FFmpeg is made of. `node components.ts configure` prints the arguments of FFmpeg's `configure`,
 * `node components.ts sbom FOLDER` the bill of materials of what was built there, and `node components.ts check FOLDER`
 * what it has too much or too little, which is nothing. Imports nothing that has to be installed: it runs where nothing
 * but Node is.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decoders, demuxers } from '../src/allowed.ts';

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Where FFmpeg's `configure` calls a thing otherwise than FFmpeg itself. */
const configureNames: Readonly<Record<string, string>> = {
  '8svx_exp': 'eightsvx_exp',
  '8svx_fib': 'eightsvx_fib',
  g722: 'adpcm_g722',
  g726: 'adpcm_g726',
  g726le: 'adpcm_g726le',
  'acelp.kelvin': 'acelp_kelvin',
  atrac3plus: 'atrac3p',
  atrac3plusal: 'atrac3pal',
  mpeg: 'mpegps',
  real_144: 'ra_144',
  real_288: 'ra_288',
  shn: 'shorten',
};

/** Names of the same demuxer as another one's. */
const aliases = new Set(words('mp4 m4a 3gp 3g2 mj2 webm'));

/**
 * Demuxers that are never opened (`src/allowed.ts` has none of them) and that others need. Where a container does not say
 * what a stream is, as MPEG's program streams and many transport streams do not, FFmpeg asks all the demuxers it has whose
 * beginning this could be (`set_codec_from_probe_data` in libavformat/demux.c): without those of pictures and subtitles it
 * takes the pictures of a film for MP3. Not `evc`, which brings a parser along. By `spdif` WAV and W64 see that their samples
 * are AC-3 or DTS, by `dv` AVI and MOV read the sound of camcorders.
 */
const usedByOthers = words('dvbsub dvbtxt h264 hevc m4v mjpeg_2000 mpegvideo vvc spdif dv');

/** What the commands of `src/args` use. Tests hold it to the catalogue of formats and to every command. */
export const components = {
  decoder: decoders,
  /** Besides those of sources: samples in a pipe and the file of tags, both our own. */
  demuxer: [
    ...demuxers.filter((name) => !aliases.has(name)),
    ...usedByOthers,
    ...words('ffmetadata pcm_f32le pcm_f64le pcm_s16le'),
  ],
  encoder: words(`
    aac ac3 alac eac3 flac libmp3lame libopus libvorbis pcm_alaw pcm_f32be pcm_f32le pcm_f64be pcm_f64le pcm_mulaw
    pcm_s16be pcm_s16le pcm_s24be pcm_s24le pcm_s32be pcm_s32le`),
  muxer: words(
    'ac3 adts aiff caf eac3 flac image2pipe ipod md5 mp3 null ogg opus pcm_f32le pcm_f64le pcm_s16le wav webm',
  ),
  parser: words(`
    aac aac_latm ac3 adx amr cook dca dolby_e dvaudio flac ftr g723_1 g729 gsm misc4 mlp mpegaudio opus sipr tak vorbis
    xma`),
  bsf: words('aac_adtstoasc null setts'),
  protocol: words('file pipe'),
  filter: words(`
    adelay aevalsrc aformat afade alimiter ametadata anull apad aresample asetnsamples asetpts astats atempo atrim concat
    ebur128 pan silencedetect volume`),
} as const;

/** FFmpeg's `configure`, without the places of the libraries. */
export function configureArguments(): string[] {
  return [
    ...words('--disable-everything --disable-autodetect --disable-network --disable-doc --disable-debug'),
    ...words('--disable-avdevice --disable-swscale --disable-postproc --disable-ffplay --disable-iamf'),
    // zlib is for what is compressed inside of MP4, Matroska and ID3.
    ...words('--enable-libmp3lame --enable-libopus --enable-libvorbis --enable-libsoxr --enable-zlib'),
    ...Object.entries(components).flatMap(([kind, names]) =>
      [...new Set(names.map((name) => configureNames[name] ?? name))].map(
        (name) => `--enable-${kind}=${name}`,
      ),
    ),
  ];
}

/** A source package that `build.sh` fetches. */
interface Source {
  readonly name: string;
  readonly release: string;
  readonly sha256: string;
  readonly path: string;
}

function readSources(): Source[] {
  return readFileSync(join(import.meta.dirname, 'sources.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', release = '', sha256 = '', path = ''] = line.split(/\s+/);
      return { name, release, sha256, path };
    });
}

const licences: Readonly<Record<string, string>> = {
  ffmpeg: 'LGPL-2.1-or-later',
  lame: 'LGPL-2.0-or-later',
  libsoxr: 'LGPL-2.1-or-later',
  libogg: 'BSD-3-Clause',
  libvorbis: 'BSD-3-Clause',
  opus: 'BSD-3-Clause',
  zlib: 'Zlib',
};

/** What is changed in FFmpeg: `patches/`, in their order. */
function readPatches(): string[] {
  const folder = join(import.meta.dirname, 'patches');
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** CycloneDX 1.6. @param built the folder with both programs. */
export function billOfMaterials(built: string): object {
  const sha256Of = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(built, name)))
      .digest('hex');
  const hash = (content: string) => [{ alg: 'SHA-256', content }];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        name: 'wavefleet-ffmpeg',
        version: readSources().find(({ name }) => name === 'ffmpeg')?.release,
        components: ['ffmpeg', 'ffprobe'].map((name) => ({
          type: 'file',
          name,
          hashes: hash(sha256Of(name)),
        })),
      },
    },
    components: readSources().map(({ name, release, sha256, path }) => ({
      type: name === 'ffmpeg' ? 'application' : 'library',
      name,
      version: release,
      purl: `pkg:deb/debian/${name}@${release}?arch=source`,
      licenses: [{ license: { id: licences[name] } }],
      hashes: hash(sha256),
      properties: [{ name: 'pool', value: path }],
      ...(name === 'ffmpeg' ? { pedigree: { patches: readPatches().map(asPatch) } } : {}),
    })),
  };
}

function asPatch(content: string): object {
  return { type: 'unofficial', diff: { text: { contentType: 'text/x-diff', content } } };
}

/** Decoders and demuxers in which a build differs from the lists. @param built the folder with both programs. */
export function differencesOf(built: string): string[] {
  const listing = (kind: string) =>
    execFileSync(join(built, 'ffmpeg'), ['-hide_banner', '-v', 'error', `-${kind}`], { encoding: 'utf8' })
      .matchAll(/^ [A-Z.]+\s+([\w.,]+)\s/gm)
      .flatMap(([, names = '']) => names.split(','));
  // Names of older versions, which is what `configure` goes by, are in the lists as well.
  const former = new Set(decoders.map((name) => configureNames[name]));
  const opened = components.demuxer.map((name) => name.replace(/^pcm_/, ''));
  return [
    ...between(
      'decoder',
      components.decoder.filter((name) => !former.has(name)),
      listing('decoders'),
    ),
    ...between('demuxer', [...new Set([...demuxers, ...opened])], listing('demuxers')),
  ];
}

function between(kind: string, wanted: readonly string[], found: Iterable<string>): string[] {
  const [listed, built] = [new Set(wanted), new Set(found)];
  return [
    ...[...listed.difference(built)].map((name) => `${kind} ${name} is missing`),
    ...[...built.difference(listed)].map((name) => `${kind} ${name} is not on the list`),
  ];
}

if (import.meta.main) {
  const [task, folder = ''] = process.argv.slice(2);
  const tasks: Readonly<Record<string, () => string>> = {
    configure: () => configureArguments().join('\n'),
    check: () => {
      const differences = differencesOf(folder);
      if (differences.length > 0) throw new Error(differences.join('; '));
      return 'as listed';
    },
    sbom: () => JSON.stringify(billOfMaterials(folder), null, 2),
  };
  const said = tasks[task ?? '']?.();
  if (said === undefined) process.exitCode = 2;
  else process.stdout.write(`${said}\n`);
}
