/**
 * `npm run test:browser [-- FILE…]`: the page in Chromium against the embedded fleet. Screenshots go to
 * `tests/screenshots/`. The last line says how it went.
 */
import { inWords } from '../run/suite.ts';
import { browserSuite, runBrowserSuite } from './suite.ts';

const reason = await browserSuite.unavailable();
if (reason !== undefined) {
  console.error(`browser: not run, ${reason}`);
  process.exitCode = 1;
} else {
  const figures = await runBrowserSuite(process.argv.slice(2));
  console.log(`browser: ${inWords(figures)}`);
  process.exitCode = figures.failed === 0 && figures.passed > 0 ? 0 : 1;
}
