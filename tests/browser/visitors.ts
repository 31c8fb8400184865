/** A fleet and a browser for one test file, and everything that pages complained about. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fleet, type FleetOptions } from '@wavefleet/localstack/fleet.ts';
import { shortClocks } from '@wavefleet/localstack/short-clocks.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { requireChromium } from './chromium.ts';

const screenshots = join(import.meta.dirname, '..', 'screenshots');

/** Small, so that "too large" is quickly made; large enough for an upload of several parts. */
export const MAX_UPLOAD_BYTES = 64 * 1024 ** 2;

export class Stage {
  readonly fleet: Fleet;
  readonly dir: string;
  /** Script errors and violations of the Content-Security-Policy, from all pages. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #releasers: Releasers;

  private constructor(fleet: Fleet, dir: string, browser: Browser, releasers: Releasers) {
    this.fleet = fleet;
    this.dir = dir;
    this.#browser = browser;
    this.#releasers = releasers;
  }

  static async start(options: Partial<FleetOptions> = {}): Promise<Stage> {
    const releasers = new Releasers();
    try {
      const dir = await mkdtemp(join(tmpdir(), 'wavefleet-browser-'));
      releasers.add(() => rm(dir, { recursive: true, force: true }));
      const env = { ...shortClocks, MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES), ...options.env };
      const fleet = new Fleet({ workers: 1, port: 0, ...options, dataDir: join(dir, 'data'), env });
      releasers.add(() => fleet.stop());
      await fleet.start();
      // Root has no user namespace to build Chromium's own sandbox in; the pages are ours.
      const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const browser = await chromium.launch({ executablePath: requireChromium(), args });
      releasers.add(() => browser.close());
      await mkdir(screenshots, { recursive: true });
      return new Stage(fleet, dir, browser, releasers);
    } catch (error) {
      await releasers.run();
      throw error;
    }
  }

  /** A fresh visitor on the page, with an empty history. */
  async visit(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) this.complaints.push(message.text());
    });
    await page.goto(this.fleet.apiUrl);
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    return page;
  }

  file(name: string): string {
    return join(this.dir, name);
  }

  async stop(): Promise<void> {
    await this.#releasers.run();
  }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
