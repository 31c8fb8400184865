/** Playing one sound. */
import type { Playback } from '@wavefleet/contracts/http.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shell/icons.tsx';
import { clock } from '../text/amounts.ts';

interface PlayerProps {
  readonly name: 'Source' | 'Result';
  readonly url: string;
  readonly playback: Playback;
  /** Of the whole sound; the player itself knows better once it has loaded. */
  readonly seconds: number | undefined;
  readonly sizeBytes: number;
}

/** Beyond these a waveform would cost more memory and data than it is worth; playing still works. */
const WAVEFORM_BYTES = 60_000_000;
const WAVEFORM_SECONDS = 40 * 60;

/** Seconds that a key moves: a slider without steps would move by a hair. */
const nudges: Partial<Record<string, number>> = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5 };

/** Play button, waveform and position of one sound. The position is a slider, so that keys move it as well. */
export function Player({ name, url, playback, seconds, sizeBytes }: PlayerProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(seconds ?? 0);
  const [wave, setWave] = useState<'loading' | 'shown' | 'none'>('loading');
  const [problem, setProblem] = useState<string>();
  const drawable =
    playback === 'preview' || (sizeBytes <= WAVEFORM_BYTES && (seconds ?? 0) <= WAVEFORM_SECONDS);

  useEffect(() => {
    const media = audio.current;
    const container = box.current;
    if (playback === 'none' || playback === 'pending' || media === null || container === null) return;
    if (!drawable) return setWave('none');
    const over = new AbortController();
    import('./waveform.ts')
      .then(({ showWaveform }) => showWaveform({ container, media, url, signal: over.signal }))
      .then(
        () => setWave('shown'),
        () => {
          if (!over.signal.aborted) setWave('none');
        },
      );
    return () => over.abort();
  }, [url, playback, drawable]);

  useEffect(() => {
    // Two sounds at once compare badly: whoever starts silences the others.
    const onPlay = (event: Event) => {
      if (event.target !== audio.current) audio.current?.pause();
    };
    document.addEventListener('play', onPlay, true);
    return () => document.removeEventListener('play', onPlay, true);
  }, []);

  if (playback === 'pending') return <p class="quiet">{name}: a preview is being made.</p>;
  if (playback === 'none')
    return <p class="quiet">{name}: browsers cannot play this kind of file. Download it to listen.</p>;
  const toggle = () => {
    const media = audio.current;
    if (media === null) return;
    if (media.paused)
      media.play().catch(() => setProblem('This browser cannot play it. Download it to listen.'));
    else media.pause();
  };
  const seek = (to: number) => {
    if (audio.current !== null) audio.current.currentTime = to;
    setAt(to);
  };
  return (
    <div class="player" data-testid={`player-${name.toLowerCase()}`} data-wave={wave}>
      {/* biome-ignore lint/a11y/useMediaCaption: the user's own sound has no captions */}
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
        onDurationChange={({ currentTarget }) => {
          if (Number.isFinite(currentTarget.duration)) setLength(currentTarget.duration);
        }}
        onError={() => setProblem('The sound could not be loaded. Download it to listen.')}
      />
      <button
        type="button"
        class="play"
        aria-label={`${playing ? 'Pause' : 'Play'} the ${name.toLowerCase()}`}
        onClick={toggle}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <div class="track">
        <div class="track-head">
          <span class="track-name">
            {name}
            {playback === 'preview' && <span class="quiet"> · MP3 preview of the first minutes</span>}
          </span>
          <span class="track-time">
            {clock(at)} / {clock(length)}
          </span>
        </div>
        <div class={`track-wave is-${wave}`}>
          <div ref={box} class="track-box" aria-hidden="true" />
          <input
            type="range"
            class="track-seek"
            min={0}
            max={length || 1}
            step="any"
            value={at}
            aria-label={`Position in the ${name.toLowerCase()}`}
            aria-valuetext={`${clock(at)} of ${clock(length)}`}
            onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
            onKeyDown={(event) => {
              const by = nudges[event.key];
              if (by === undefined) return;
              event.preventDefault();
              seek(Math.min(length, Math.max(0, at + by)));
            }}
          />
        </div>
        {problem !== undefined && <p class="field-problem">{problem}</p>}
      </div>
    </div>
  );
}
