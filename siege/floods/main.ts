/**
 * `npm run floods [-- --share 0.2]`: what one caller can do to everybody else. Prints one table; exits with 1 when a
 * bound does not hold.
 */
import { parseArgs } from 'node:util';
import { ownBuild } from '@wavefleet/audio/own-build.ts';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { numberOf, runCommand } from '../command/command.ts';
import { bounds, shortfallsOf } from './bounds.ts';
import { floods } from './floods.ts';
import { type Row, runFloods } from './run.ts';

const columns = [
  'flood',
  'asked',
  'let in',
  'kept',
  'liveness p99 (idle)',
  'bystander p99',
  'API computed',
  'waited',
  'API RSS',
  'breakers',
  'another owner, idle',
  'in it',
  'slower',
];

/** See README.md. */
const OTHER_FFMPEG =
  'With the FFmpeg of this machine a job takes seven times the processor time that it takes with ours (npm run ffmpeg:build): on few cores another owner waits for those.';

/** @returns whether all bounds hold. */
async function floodAll(args: readonly string[], interrupted: AbortSignal): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options: { share: { type: 'string' } } });
  const share = numberOf(values.share, 'share', 1);
  requirePrograms();
  if (ownBuild(process.getuid?.()) === undefined) console.log(OTHER_FFMPEG);
  console.log(`| ${columns.join(' | ')} | refused |`);
  console.log(`|${'---|'.repeat(columns.length + 1)}`);
  let failed = 0;
  const tell = (row: Row) => {
    console.log(`| ${cells(row).join(' | ')} |`);
    const shortfalls = shortfallsOf(row, bounds);
    for (const shortfall of shortfalls) console.log(`  ${row.name}: ${shortfall}`);
    failed += shortfalls.length;
  };
  const rows = await runFloods({ share, signal: interrupted }, {}, tell);
  const isWhole = rows.length === floods.length;
  const verdict = failed === 0 ? 'all bounds hold' : `${failed} bounds do not hold`;
  console.log(`floods: ${verdict}${isWhole ? '' : `, after ${rows.length} of ${floods.length}`}`);
  return failed === 0 && isWhole;
}

function cells(row: Row): string[] {
  return [
    row.name,
    String(row.asked),
    String(row.letIn),
    String(row.kept),
    `${row.livenessP99Ms.toFixed(0)} ms (${row.idleLivenessP99Ms.toFixed(0)})`,
    `${row.bystanderP99Ms.toFixed(0)} ms`,
    inPercent(row.busy),
    inPercent(row.waiting),
    `${(row.rssBytes / 1e6).toFixed(0)} MB`,
    String(row.breakers),
    `${row.idleMs.toFixed(0)} ms`,
    `${row.floodedMs.toFixed(0)} ms`,
    `${row.slower.toFixed(1)} ×`,
    Object.entries(row.refused)
      .map(([code, count]) => `${count} ${code}`)
      .join(', '),
  ];
}

function inPercent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

await runCommand('floods', floodAll);
