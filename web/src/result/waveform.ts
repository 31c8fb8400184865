/** Draws one sound with wavesurfer. Loaded when the first waveform is shown, and not before. */
import WaveSurfer from 'wavesurfer.js';
import { peaksOf } from './peaks.ts';

/** Enough for the widest card with bars three pixels apart. */
const PEAKS = 400;
/** A waveform needs no treble; a low rate keeps an hour of sound small in memory. */
const DECODE_RATE = 8_000;

interface WaveformOptions {
  readonly container: HTMLElement;
  /** What plays it; the waveform follows. */
  readonly media: HTMLMediaElement;
  readonly url: string;
  /** Aborted when the waveform is no longer wanted: it is taken away. */
  readonly signal: AbortSignal;
}

/** @throws Error when the sound cannot be fetched or this browser cannot decode it. */
export async function showWaveform({ container, media, url, signal }: WaveformOptions): Promise<void> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`no sound: ${answer.status}`);
  const context = new OfflineAudioContext(1, 1, DECODE_RATE);
  const sound = await context.decodeAudioData(await answer.arrayBuffer());
  signal.throwIfAborted();
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const wave = WaveSurfer.create({
    container,
    media,
    peaks: [peaksOf(channelsOf(sound), PEAKS)],
    duration: sound.duration,
    height: 56,
    barWidth: 2,
    barGap: 1.5,
    barRadius: 2,
    barMinHeight: 2,
    cursorWidth: 0,
    normalize: true,
    interact: false,
    cspNonce: nonce(),
    ...colours(container),
  });
  const repaint = () => wave.setOptions(colours(container));
  dark.addEventListener('change', repaint);
  signal.addEventListener(
    'abort',
    () => {
      dark.removeEventListener('change', repaint);
      wave.destroy();
    },
    { once: true },
  );
}

function channelsOf(sound: AudioBuffer): Float32Array[] {
  return Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel));
}

/** The waveform lives in a shadow root with a `<style>` of its own, which the page's policy lets pass by this mark. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

function colours(element: HTMLElement): { waveColor: string; progressColor: string } {
  const style = getComputedStyle(element);
  return {
    waveColor: style.getPropertyValue('--wave').trim(),
    progressColor: style.getPropertyValue('--accent').trim(),
  };
}
