/** Source and result in figures. */
import type { JobView } from '@wavefleet/contracts/http.ts';
import type { Track } from '@wavefleet/contracts/tracks.ts';
import { minus } from '../convert/loudness-choice.ts';
import { bytes, channels, clock, hertz, kbps } from '../text/amounts.ts';

/** What was found in the source and what became of it, side by side. */
export function Facts({ view }: { readonly view: JobView }) {
  const { input, output, inputSizeBytes } = view;
  const rows: (readonly [name: string, source: string, result: string])[] = [
    ['Size', bytes(inputSizeBytes), output === undefined ? '–' : bytes(output.sizeBytes)],
    ['Codec', input?.codec ?? '–', output?.codec ?? '–'],
    [
      'Bitrate',
      bitrate(inputSizeBytes, input?.durationSeconds),
      bitrate(output?.sizeBytes, output?.durationSeconds),
    ],
    ['Length', lengthOf(input?.durationSeconds), lengthOf(output?.durationSeconds)],
    [
      'Sample rate',
      input === undefined ? '–' : hertz(input.sampleRate),
      output === undefined ? '–' : hertz(output.sampleRate),
    ],
    [
      'Channels',
      input === undefined ? '–' : channels(input.channels),
      output === undefined ? '–' : channels(output.channels),
    ],
  ];
  const { before, after } = view.loudness ?? {};
  if (before !== undefined && after !== undefined) {
    rows.push(['Loudness', level(before.integratedLufs, 'LUFS'), level(after.integratedLufs, 'LUFS')]);
    rows.push(['True peak', level(before.truePeakDbtp, 'dBTP'), level(after.truePeakDbtp, 'dBTP')]);
  }
  const tracks = input?.tracks ?? [];
  if (tracks.length > 1) {
    rows.push(['Audio track', tracks.map(trackText).join('; '), `track ${input?.track ?? 1}`]);
  }
  return (
    <table class="facts">
      <caption class="only-heard">Source and result of {view.fileName}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Source</th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, source, result]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{source}</td>
            <td>{result}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `2: eng, Commentary, ac3 6 channels`. */
function trackText({ track, language, title, codec, channels: count }: Track): string {
  const parts = [language, title, `${codec} ${channels(count)}`].filter((part) => part !== null);
  return `${track}: ${parts.join(', ')}`;
}

/** `−16.1 LUFS`; a dash for what is too quiet or too short to be measured. */
function level(value: number | null, unit: string): string {
  return value === null ? '–' : `${minus(Math.round(value * 10) / 10)} ${unit}`;
}

/** The average, with tags and pictures in it. */
function bitrate(sizeBytes: number | undefined, seconds: number | null | undefined): string {
  return sizeBytes === undefined || !seconds ? '–' : kbps((sizeBytes * 8) / seconds / 1000);
}

const lengthOf = (seconds: number | null | undefined): string =>
  seconds === undefined || seconds === null ? '–' : clock(seconds);
