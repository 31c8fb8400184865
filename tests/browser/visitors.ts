/** People with browsers in front of one fleet's page, and everything that their pages complained about. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { requireChromium } from './chromium.ts';

const screenshots = join(import.meta.dirname, '..', 'screenshots');

interface VisitOptions extends BrowserContextOptions {
  readonly prepare?: (context: BrowserContext) => Promise<unknown>;
}

export class Visitors {
  /** Script errors and violations of the Content-Security-Policy, from all pages. */
  readonly complaints: string[] = [];
  readonly #url: string;
  readonly #browser: Browser;

  private constructor(url: string, browser: Browser) {
    this.#url = url;
    this.#browser = browser;
  }

  /** Starts a browser. @param url where the page is. */
  static async start(url: string): Promise<Visitors> {
    // Root has no user namespace to build Chromium's own sandbox in; the pages are ours.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({ executablePath: requireChromium(), args });
    await mkdir(screenshots, { recursive: true });
    return new Visitors(url, browser);
  }

  /**
   * A fresh visitor on the page, with an empty history.
   * @param options.prepare what is done to the browser before the page is opened. Default: nothing.
   */
  async visit({ prepare, ...options }: VisitOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    await prepare?.(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) this.complaints.push(message.text());
    });
    await page.goto(this.#url);
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
