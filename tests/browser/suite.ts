/** The page in a real browser against the embedded fleet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePage } from '@wavefleet/localstack/page-build.ts';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import type { Figures, OptionalSuite } from '../run/suite.ts';
import { runVitest } from '../run/vitest.ts';
import { figuresOf } from '../run/vitest-report.ts';
import { requireChromium } from './chromium.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * Builds the page, then drives it.
 * @param args for vitest: files, `-t`.
 * @throws Error when the page cannot be built or vitest does not come to its end.
 */
export async function runBrowserSuite(args: readonly string[] = []): Promise<Figures> {
  requirePrograms();
  const chromium = requireChromium();
  const scratch = mkdtempSync(join(tmpdir(), 'wavefleet-browser-'));
  const config = join(import.meta.dirname, 'vitest.config.ts');
  try {
    await ensurePage();
    const env = { ...process.env, CHROMIUM_PATH: chromium };
    const { report, content } = await runVitest(['--root', root, '--config', config], args, { scratch, env });
    const figures = figuresOf(report);
    if (!content && figures.failed === 0) throw new Error('vitest fell short without a failed test');
    return figures;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What `npm test` needs to know about it. */
export const browserSuite: OptionalSuite = {
  name: 'browser',
  /** Why it cannot run here; undefined when it can. Installs Chromium when we are root on a Debian-like system. */
  async unavailable() {
    try {
      requireChromium();
      return undefined;
    } catch (error) {
      return `there is no Chromium (${error instanceof Error ? error.message : String(error)})`;
    }
  },
  run: () => runBrowserSuite(),
};
