/** `npm run test:terraform`: the suite by itself. The last line says how it went; not being able to run is a failure. */
import { terraformUnavailable } from './plugins.ts';
import { runTerraformSuite } from './suite.ts';

const reason = await terraformUnavailable();
if (reason !== undefined) {
  console.error(`terraform: not run: ${reason}`);
  process.exitCode = 1;
} else {
  try {
    const { passed, failed, skipped } = await runTerraformSuite();
    console.log(`terraform: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    process.exitCode = failed === 0 && skipped === 0 && passed > 0 ? 0 : 1;
  } catch (error) {
    console.error(`terraform: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
