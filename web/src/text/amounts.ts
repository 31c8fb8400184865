/** Figures as people read them. Sizes are in powers of ten, as file managers and shops count. */

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `0 B`, `812 B`, `4.2 MB`, `38 MB`. */
export function bytes(count: number): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}

/** `8.1 MB/s`. */
export const perSecond = (count: number): string => `${bytes(count)}/s`;

/** Length of audio: `0:04`, `3:07`, `1:02:45`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Time left, as rough as it is known: `a moment`, `12 s`, `about 3 min`, `about 2 h`. */
export function timeLeft(seconds: number): string {
  if (seconds < 1.5) return 'a moment';
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  return `about ${Math.round(seconds / 3600)} h`;
}

/** `44.1 kHz`. */
export const hertz = (rate: number): string => `${rate / 1000} kHz`;

/** `96 kbit/s`, `1411 kbit/s`. */
export const kbps = (rate: number): string => `${Math.round(rate)} kbit/s`;

/** `mono`, `stereo`, `6 channels`. */
export function channels(count: number): string {
  if (count === 1) return 'mono';
  return count === 2 ? 'stereo' : `${count} channels`;
}

/** `1 file`, `3 files`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** How the size changed: `32 % of the size`, or `1.4 × the size`. */
export function sizeChange(before: number, after: number): string {
  if (before <= 0) return '';
  const ratio = after / before;
  if (ratio >= 0.995 && ratio < 1.05) return 'about the same size';
  return ratio < 1
    ? `${Math.max(1, Math.round(ratio * 100))} % of the size`
    : `${ratio.toFixed(1).replace(/\.0$/, '')} × the size`;
}

/** `3 December`, where the user is. @param iso a date and time. */
export function day(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}
