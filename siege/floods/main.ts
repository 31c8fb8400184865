/**
 * `npm run floods [-- --share 0.2]`: what one caller can do to everybody else. Prints one table; exits with 1 when a
 * bound does not hold.
 */
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { bounds, shortfallsOf } from './bounds.ts';
import { type Row, runFloods } from './run.ts';

const { values } = parseArgs({ options: { share: { type: 'string', default: '1' } } });
requirePrograms();

const columns = [
  'flood',
  'asked',
  'let in',
  'kept',
  'liveness p99 (idle)',
  'API RSS',
  'breakers',
  'another owner, idle',
  'in it',
];
console.log(`| ${columns.join(' | ')} | refused |`);
console.log(`|${'---|'.repeat(columns.length + 1)}`);
let failed = 0;
await runFloods(Number(values.share), {}, (row) => {
  console.log(`| ${cells(row).join(' | ')} |`);
  const shortfalls = shortfallsOf(row, bounds);
  for (const shortfall of shortfalls) console.log(`  ${row.name}: ${shortfall}`);
  failed += shortfalls.length;
});
console.log(failed === 0 ? 'floods: all bounds hold' : `floods: ${failed} bounds do not hold`);
process.exit(failed === 0 ? 0 : 1);

function cells(row: Row): string[] {
  return [
    row.name,
    String(row.asked),
    String(row.letIn),
    String(row.kept),
    `${row.livenessP99Ms.toFixed(0)} ms (${row.idleLivenessP99Ms.toFixed(0)})`,
    `${(row.rssBytes / 1e6).toFixed(0)} MB`,
    String(row.breakers),
    `${row.idleMs.toFixed(0)} ms`,
    `${row.floodedMs.toFixed(0)} ms`,
    Object.entries(row.refused)
      .map(([code, count]) => `${count} ${code}`)
      .join(', '),
  ];
}
