/** Progress bars: one stretch of wave for an upload, three for the whole way. */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { overallPercent, phaseBounds } from './phases.ts';

/** How much of a stretch of the whole way is done, in percent of the stretch. */
function share(percent: number, [from, to]: readonly [number, number]): number {
  return Math.min(100, Math.max(0, ((percent - from) / (to - from)) * 100));
}

interface BarProps {
  /** What a screen reader calls it. */
  readonly label: string;
  /** 0 to 100. */
  readonly percent: number;
  /** What it says besides the percent. */
  readonly text: string;
  readonly idle?: boolean;
}

/** The attributes by which a screen reader tells it. */
function said({ label, percent, text }: Omit<BarProps, 'idle'>) {
  const whole = Math.floor(percent);
  return {
    role: 'progressbar',
    'aria-label': label,
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'aria-valuenow': whole,
    'aria-valuetext': `${whole} percent. ${text}`,
  } as const;
}

/** One stretch of wave that fills from the left. */
export function WaveBar({ label, percent, text, idle = false }: BarProps) {
  return (
    <div class={idle ? 'wave-bar is-idle' : 'wave-bar'} {...said({ label, percent, text })}>
      <span class="wave" style={{ '--done': `${percent}%` }} />
    </div>
  );
}

const phases = [
  { name: 'Upload', key: 'upload' },
  { name: 'Convert', key: 'convert' },
  { name: 'Store', key: 'store' },
] as const;

interface ThreePhasesProps {
  readonly label: string;
  /** Fraction of the file that has reached the server. */
  readonly sent: number;
  readonly view: ProgressView | undefined;
  readonly text: string;
}

/** The whole way in three stretches: to the server, through the converter, into the store. */
export function ThreePhases({ label, sent, view, text }: ThreePhasesProps) {
  const percent = overallPercent(sent, view);
  const current = phases.findIndex(({ key }) => percent < phaseBounds[key][1]);
  const idle = view?.step === 'waiting' || (view === undefined && sent >= 1);
  return (
    <div class={idle ? 'phases is-idle' : 'phases'} {...said({ label, percent, text })}>
      {phases.map(({ name, key }, index) => (
        <div key={key} class={`phase phase-${key}${index === current ? ' is-current' : ''}`}>
          <span class="wave" style={{ '--done': `${share(percent, phaseBounds[key])}%` }} />
          <span class="phase-name">{name}</span>
        </div>
      ))}
    </div>
  );
}
