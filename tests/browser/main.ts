/**
 * `npm run test:browser [-- FILE…]`: the page in Chromium against the embedded fleet. Screenshots go to
 * `tests/screenshots/`. The last line says how it went.
 */
import { browserSuite, runBrowserSuite } from './suite.ts';

const reason = await browserSuite.unavailable();
if (reason !== undefined) {
  console.error(`browser: not run, ${reason}`);
  process.exitCode = 1;
} else {
  const { passed, failed, skipped } = await runBrowserSuite(process.argv.slice(2));
  console.log(`browser: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
