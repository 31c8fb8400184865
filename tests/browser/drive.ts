/** What a person does on the page, in one line each. Everything waits for what it needs to see. */
import type { CDPSession, Locator, Page } from 'playwright-core';

/** Chooses files by the button. */
export async function addFiles(page: Page, ...paths: string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^(Choose files|Add files)$/ }).click();
  await (await chooser).setFiles(paths);
}

/** Leaves exactly these formats chosen. Labels as the page shows them. */
export async function chooseFormats(page: Page, ...labels: string[]): Promise<void> {
  const boxes = page.getByRole('group', { name: /^Formats/ }).getByRole('checkbox');
  await boxes.first().waitFor();
  for (const box of await boxes.all()) {
    const label = (await box.evaluate((input) => input.parentElement?.textContent ?? '')).trim();
    if ((await box.isChecked()) !== labels.includes(label)) await box.press('Space');
  }
}

export const convertButton = (page: Page): Locator => page.getByRole('button', { name: /^Convert \d+ file/ });

export async function convert(page: Page, ...labels: string[]): Promise<void> {
  await chooseFormats(page, ...labels);
  await convertButton(page).click();
}

/** The card of one file. */
export const card = (page: Page, name: string): Locator =>
  page.getByTestId('card').filter({ has: page.getByRole('heading', { name, exact: true }) });

type PlanStatus = 'planned' | 'created' | 'processing' | 'completed' | 'failed' | 'cancelled';

export const plans = (scope: Page | Locator, status: PlanStatus): Locator =>
  scope.locator(`[data-testid=plan][data-status=${status}]`);

/** Waits until `count` conversions have this status. */
export async function reached(scope: Page | Locator, status: PlanStatus, count = 1): Promise<void> {
  await plans(scope, status)
    .nth(count - 1)
    .waitFor({ timeout: 60_000 });
}

const lines = new WeakMap<Page, Promise<CDPSession>>();

interface Line {
  /** Default: as fast as it goes. */
  readonly uploadBytesPerSecond?: number;
  /** Default false. */
  readonly offline?: boolean;
}

/** Makes the browser's line slow, dead, or with no arguments good again. */
export async function setLine(
  page: Page,
  { uploadBytesPerSecond = -1, offline = false }: Line = {},
): Promise<void> {
  // One session for the life of the page: every session has a say, and old ones are not overruled.
  const opening = lines.get(page) ?? page.context().newCDPSession(page);
  lines.set(page, opening);
  const session = await opening;
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: uploadBytesPerSecond,
  });
}

/** Signs in with the provider of this machine. @param name whoever that is. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Sign in with the provider of this machine' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Waits until the focus is on the element with this id. */
export async function focused(page: Page, id: string): Promise<void> {
  await page.locator(`#${id}:focus`).waitFor({ state: 'attached' });
}

/** Presses Tab until the thing with this name has the focus. @throws Error when it cannot be reached. */
export async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${most} times Tab do not lead to ${target}`);
}
