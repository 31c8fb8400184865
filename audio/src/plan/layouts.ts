/** Which channels a result has: the layouts of FFmpeg, and how a source's is fitted into a format's. */
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import { encoderOf } from '../encoders.ts';

/** The speakers of FFmpeg's named layouts, from libavutil/channel_layout.c. */
const speakers: Readonly<Record<string, string>> = {
  mono: 'FC',
  stereo: 'FL FR',
  downmix: 'FL FR',
  '2.1': 'FL FR LFE',
  '3.0': 'FL FR FC',
  '3.0(back)': 'FL FR BC',
  '4.0': 'FL FR FC BC',
  quad: 'FL FR BL BR',
  'quad(side)': 'FL FR SL SR',
  '3.1': 'FL FR FC LFE',
  '5.0': 'FL FR FC BL BR',
  '5.0(side)': 'FL FR FC SL SR',
  '4.1': 'FL FR FC LFE BC',
  '5.1': 'FL FR FC LFE BL BR',
  '5.1(side)': 'FL FR FC LFE SL SR',
  '6.0': 'FL FR FC BC SL SR',
  hexagonal: 'FL FR FC BL BR BC',
  '6.1': 'FL FR FC LFE BC SL SR',
  '6.1(back)': 'FL FR FC LFE BL BR BC',
  '7.0': 'FL FR FC BL BR SL SR',
  '7.1': 'FL FR FC LFE BL BR SL SR',
  '7.1(wide)': 'FL FR FC LFE BL BR FLC FRC',
  '7.1(wide-side)': 'FL FR FC LFE FLC FRC SL SR',
};

/** What a container that takes every layout is given when a number of channels was asked for. */
const usualLayouts = ['mono', 'stereo', '3.0', 'quad', '5.0', '5.1', '6.1', '7.1'];

/**
 * What FFmpeg itself assumes when a source (a WAV without a mask) names no layout, by channel count
 * (av_channel_layout_default). Above 8 nothing is assumed and no speaker is known.
 */
const assumedLayouts: Readonly<Record<number, string>> = {
  1: 'mono',
  2: 'stereo',
  3: '2.1',
  4: '4.0',
  5: '5.0',
  6: '5.1',
  7: '6.1',
  8: '7.1',
};

/** The channels of a result, and what has to be done to get them. */
export interface ChannelChoice {
  /** Channels of the result. */
  readonly channels: number;
  /** The layout to convert to; undefined leaves the channels as they are, also when unnamed. */
  readonly layout: string | undefined;
  /** Unnamed channels are folded to stereo by position, as no speaker is known. */
  readonly foldByPosition: boolean;
  /** Whether some speaker of the source is not in the result: its sound is mixed into others, or left out. */
  readonly downmixed: boolean;
  /** What the channels are led to before FFmpeg makes `layout` of them; undefined where it needs no help. */
  readonly led: Led | undefined;
}

/** Channels as they are, in other places. */
interface Led {
  readonly layout: string;
  /** For each channel of that layout, which one of the source it is; undefined for silence. */
  readonly places: readonly (number | undefined)[];
}

/** How many speakers a layout name has, or undefined for a name that is not in our table. */
export function channelsOfLayout(layout: string): number | undefined {
  return Object.hasOwn(speakers, layout) ? speakers[layout]?.split(' ').length : undefined;
}

/**
 * Chooses the layout of the result. The smallest one that has every speaker of the source wins (2.1 to
 * Opus becomes 5.1 with silent channels: nothing is lost); where none has, the format's mixdown. Of a number of
 * channels that was asked for, too, one with every speaker is taken where the format has it.
 */
export function chooseChannels(
  format: FormatName,
  source: { readonly channels: number; readonly layout: string | undefined },
  requested: number | undefined,
): ChannelChoice {
  const { layouts: held, mixdown } = encoderOf(format);
  const named =
    source.layout !== undefined && channelsOfLayout(source.layout) === source.channels
      ? source.layout
      : assumedLayouts[source.channels];

  const to = (layout: string): ChannelChoice => {
    const led = named === undefined ? undefined : ledTo(layout, named);
    const isKept = named !== undefined && (led !== undefined || hasAllSpeakers(layout, named));
    return {
      channels: channelsOfLayout(layout) ?? 2,
      layout: layout === named ? undefined : layout,
      foldByPosition: named === undefined && layout === 'stereo',
      downmixed: !isKept,
      led,
    };
  };

  const isHeld = held === 'any' || (named !== undefined && held.includes(named));
  if (requested !== undefined && (requested !== source.channels || !isHeld)) {
    // No speakers are known: stereo by position first; a further step to mono is FFmpeg's own.
    if (named === undefined) return { ...to('stereo'), channels: requested === 1 ? 1 : 2 };
    const layouts = (held === 'any' ? [...usualLayouts, ...Object.keys(speakers)] : held).filter(
      (name) => channelsOfLayout(name) === requested,
    );
    return to(layouts.find((name) => hasAllSpeakers(name, named)) ?? layouts[0] ?? 'stereo');
  }
  if (held === 'any' && source.channels <= outputFormat(format).maxChannels) {
    const { channels } = source;
    return { channels, layout: undefined, foldByPosition: false, downmixed: false, led: undefined };
  }
  if (held === 'any' || named === undefined) return to('stereo');
  if (held.includes(named)) return { ...to(named), layout: named };
  return to(held.find((name) => hasAllSpeakers(name, named)) ?? mixdown);
}

/**
 * Where FFmpeg would change the sound of speakers that the layout has: it takes 3 dB off one channel that two become, and
 * mixes back speakers into the back centre where there is one, although there are side speakers for them.
 */
function ledTo(target: string, source: string): Led | undefined {
  const [to, from] = [namesOf(target), namesOf(source)];
  if (source === 'mono' && !to.includes('FC')) return { layout: 'stereo', places: [0, 0] };
  const isMixed = from.includes('BL') && to.includes('BC') && to.includes('SL') && !to.includes('BL');
  if (!isMixed || !hasAllSpeakers(target, source)) return undefined;
  const places = to.map((name) => {
    const at = from.indexOf(name.replace('SL', 'BL').replace('SR', 'BR'));
    return at === -1 ? undefined : at;
  });
  return { layout: target, places };
}

/** Side speakers count as back speakers where a layout has only one such pair, as FFmpeg maps them. */
function hasAllSpeakers(target: string, source: string): boolean {
  const have = speakerSet(target);
  return [...speakerSet(source)].every((speaker) => have.has(speaker));
}

function speakerSet(layout: string): Set<string> {
  const names = namesOf(layout);
  const onlySides = names.includes('SL') && !names.includes('BL');
  return new Set(onlySides ? names.map((name) => name.replace('SL', 'BL').replace('SR', 'BR')) : names);
}

function namesOf(layout: string): string[] {
  return (speakers[layout] ?? '').split(' ');
}
