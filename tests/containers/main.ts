/**
 * `npm run test:containers [-- FILE…]`: the end-to-end and conformance tests against AWS and Redis in containers.
 * `AWS_STACK_IMAGE` and `REDIS_IMAGE` choose other images than LocalStack and redis:8. The last line says how it went.
 */
import { imagesFrom } from './images.ts';
import { runContainerSuite } from './suite.ts';

const images = imagesFrom(process.env);
try {
  const { passed, failed, skipped } = await runContainerSuite(images, process.argv.slice(2));
  console.log(`containers (${images.aws}): ${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} catch (error) {
  console.error(`containers (${images.aws}): ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
