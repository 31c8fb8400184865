/** E-mails end to end: from the end of a job to a real SMTP server that takes it, refuses it, or is not there. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { jobListSchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import { type MailCatcher, startMailCatcher } from '@wavefleet/localstack/mail/catcher.ts';
import type { Caught } from '@wavefleet/localstack/mail/caught.ts';
import type { LocalProvider } from '@wavefleet/localstack/sign-in.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { type RunningNotifier, startNotifier } from '@wavefleet/worker/notifier/notifier.ts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ByHand } from '../bring-up/by-hand.ts';
import { Person } from '../bring-up/person.ts';
import { startWithSignIn } from '../bring-up/signing-in.ts';
import type { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

let stand: Stand;
let provider: LocalProvider;
let catcher: MailCatcher;
let notifier: RunningNotifier | undefined;

/** A mailbox that the server does not have. */
const refuses = (address: string) =>
  address.startsWith('nobody') ? { code: 550, text: `no such mailbox: ${address}` } : undefined;

beforeAll(async () => {
  catcher = await startMailCatcher({ refuses });
  ({ stand, provider } = await startWithSignIn({
    ...{ MAIL_FROM: 'wavefleet <noreply@wavefleet.test>', SMTP_URL: catcher.smtpUrl },
    ...{ MAIL_GATHER_MS: '1500', MAIL_LONGEST_GATHER_MS: '15000', MAIL_RETRY_BASE_MS: '300' },
    WEBHOOK_PRIVATE_ADDRESSES: 'true',
  }));
  notifier = startNotifier(stand.platform);
});
afterAll(async () => {
  await notifier?.stop();
  await stand?.stop();
  await provider?.stop();
  await catcher?.stop();
});

/** Somebody who has signed in, with a say in e-mails. */
class Subscriber {
  readonly person: Person;
  readonly address: string;
  readonly #byHand: ByHand;

  constructor(name: string) {
    this.person = new Person(`http://127.0.0.1:${stand.port}`);
    this.address = `${name}@example.test`;
    this.#byHand = new ByHand({
      platform: stand.platform,
      request: (path, init) => this.person.ask(path, init),
      postJson: (path, body) => this.person.post(path, body),
    });
  }

  static async signedIn(name: string, emailNotices?: string): Promise<Subscriber> {
    const subscriber = new Subscriber(name);
    await subscriber.person.signIn(name);
    if (emailNotices !== undefined) expect((await subscriber.wants(emailNotices)).status).toBe(200);
    return subscriber;
  }

  async wants(emailNotices: string): Promise<Response> {
    return await this.person.ask('/api/me', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ emailNotices }),
    });
  }

  /** A job that waits. */
  async job(fileName: string, more: object = {}): Promise<string> {
    const fileId = await this.#byHand.upload(fileName);
    const answer = await this.person.post('/api/jobs', { fileId, format: 'mp3', ...more });
    const { jobId } = submittedSchema.parse(await answer.json());
    await stand.platform.dispatches.settle();
    return jobId;
  }

  async end(jobId: string, how: 'completed' | 'failed' = 'completed'): Promise<void> {
    const claim = await this.#byHand.claim(jobId);
    if (how === 'failed') await this.#byHand.fail(claim);
    else await this.#byHand.complete(claim, Buffer.from('bytes of a result'));
    await this.tell(jobId);
  }

  /** What the platform tells the world of it. */
  async tell(jobId: string): Promise<void> {
    const job = await stand.platform.jobs.get(jobId);
    if (job === undefined) throw new Error('no such job');
    await announce(stand.platform, job);
  }

  async ended(fileName = 'song.wav', more: object = {}): Promise<string> {
    const jobId = await this.job(fileName, more);
    await this.end(jobId);
    return jobId;
  }

  get mailbox(): Caught[] {
    return catcher.caught.filter(({ to }) => to === this.address);
  }

  async got(count = 1): Promise<Caught[]> {
    return await until(`${count} e-mails for ${this.address}`, () =>
      this.mailbox.length >= count ? this.mailbox : undefined,
    );
  }

  /** Once every job of theirs that was to be told of has been seen to, whatever became of it. */
  async settled(): Promise<void> {
    const { ownerId } = meSchema.parse(await (await this.person.ask('/api/me')).json());
    const isQuiet = async () => (await stand.platform.mails.waiting(ownerId)).length === 0;
    await until('nothing waits', async () => (await isQuiet()) || undefined, 30_000);
  }
}

/** What no route would do. */
async function change(
  key: Record<string, unknown>,
  table: string,
  name: string,
  value: unknown,
): Promise<void> {
  await stand.platform.aws.dynamo.send(
    new UpdateCommand({
      TableName: table,
      Key: key,
      UpdateExpression: `SET ${name} = :value`,
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

const headerOf = ({ headerLines }: Caught, name: string) =>
  headerLines.filter(([key]) => key === name).map(([, value]) => value);
const linkIn = ({ text }: Caught) => /http:\S+\/s\/[\w-]+/.exec(text)?.[0] ?? '';
const unsubscribeOf = (mail: Caught) =>
  /<(http[^>]+)>/.exec(headerOf(mail, 'list-unsubscribe').join())?.[1] ?? '';

describe('the end of a job', () => {
  test('is told once, with facts and a link that needs no sign-in, however often the event comes', async () => {
    const ann = await Subscriber.signedIn('ann', 'all');
    const jobId = await ann.job('Lied für Ann.wav');
    await ann.end(jobId);
    const event = {
      ...{
        eventId: `${jobId}:completed`,
        kind: 'completed',
        time: new Date().toISOString(),
        attempt: 1,
        jobId,
      },
      ...{ status: 'completed' as const, format: 'mp3', fileName: 'x' },
      ownerId: (await stand.platform.jobs.get(jobId))?.ownerId ?? '',
    };
    const again = () => stand.platform.events.put([event], { onTaken: () => {} });
    await Promise.all([again(), again(), again()]);
    const [mail] = await ann.got();
    if (mail === undefined) throw new Error('nothing came');
    expect(mail).toMatchObject({
      from: '"wavefleet" <noreply@wavefleet.test>',
      subject: 'Lied für Ann.wav is ready as MP3',
    });
    for (const part of [mail.text, mail.html]) {
      for (const fact of [
        'Lied für Ann.wav',
        'Converted to MP3.',
        'Length: 0:02',
        '44.1 kHz, stereo',
        'Size: 1 kB',
      ])
        expect(part).toContain(fact);
      expect(part).toMatch(/Kept until: \d+ \w+ 20\d\d at \d\d:\d\d UTC/);
    }
    expect(mail.html).not.toMatch(/<(script|img|link)/);
    expect(mail.html).toContain(`href="${linkIn(mail)}"`);
    const stranger = await fetch(`${linkIn(mail)}/download`);
    expect(await stranger.text()).toBe('bytes of a result');
    await again();
    await ann.settled();
    await ann.ended('second.wav');
    await ann.got(2);
    expect(ann.mailbox.map(({ subject }) => subject)).toEqual([
      'Lied für Ann.wav is ready as MP3',
      'second.wav is ready as MP3',
    ]);
  });

  test('is told with the reason where it failed', async () => {
    const ben = await Subscriber.signedIn('ben', 'all');
    await ben.end(await ben.job('broken.wav'), 'failed');
    const [mail] = await ben.got();
    expect(mail?.subject).toBe('broken.wav could not be converted');
    expect(mail?.text).toContain('Not converted to MP3. Damaged.');
    expect(mail?.text).not.toContain('/s/');
  });

  test('of a batch is told in one e-mail, which waits for the last of them', async () => {
    const cleo = await Subscriber.signedIn('cleo', 'all');
    const jobs: string[] = [];
    for (const name of ['one.wav', 'two.wav', 'three.wav']) jobs.push(await cleo.job(name));
    const [one = '', two = '', three = ''] = jobs;
    await cleo.end(one);
    await cleo.end(two, 'failed');
    await until('both are noted', async () => {
      const owner = (await stand.platform.jobs.get(one))?.ownerId ?? '';
      return (await stand.platform.mails.waiting(owner)).length === 2 || undefined;
    });
    const noted = Date.now();
    await until('longer than it would wait for nobody', () => Date.now() - noted > 2_500 || undefined);
    expect(cleo.mailbox).toEqual([]);
    await cleo.end(three);
    const [mail] = await cleo.got();
    expect(mail?.subject).toBe('2 of 3 files are ready');
    for (const name of ['one.wav', 'two.wav', 'three.wav']) expect(mail?.text).toContain(name);
    await cleo.settled();
    expect(cleo.mailbox).toHaveLength(1);
  });

  test('is told in time although another job of its owner goes on', async () => {
    const dora = await Subscriber.signedIn('dora', 'all');
    await dora.job('endless.wav');
    const startedAtMs = performance.now();
    await dora.ended('quick.wav');
    const [mail] = await dora.got();
    expect(mail?.subject).toBe('quick.wav is ready as MP3');
    // As long as it gathers at most, and what a busy machine needs besides.
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  });

  test('has a name that breaks no header, turns no text round and opens no tag', async () => {
    const eve = await Subscriber.signedIn('eve', 'all');
    const jobId = await eve.job('x.wav');
    const fileName = `a\r\nBcc: all@example.test\r\n\r\n\u202egpj.<b>${'x'.repeat(500)}.wav`;
    await change({ jobId }, stand.platform.config.JOBS_TABLE, 'fileName', fileName);
    await eve.end(jobId);
    const [mail] = await eve.got();
    if (mail === undefined) throw new Error('nothing came');
    expect(mail.to).toBe(eve.address);
    expect(headerOf(mail, 'bcc')).toEqual([]);
    expect(mail.subject).toMatch(/^a Bcc: all@example\.test gpj\.<b>x+…x+\.wav is ready as MP3$/);
    expect(mail.subject.length).toBeLessThan(100);
    expect(mail.html).toContain('&lt;b&gt;x');
    expect(`${mail.text}${mail.html}`).not.toMatch(/[\u202a-\u202e]/);
  });
});

describe('who wants e-mails', () => {
  test('gets them about the jobs that they asked for, and else about none; all but those that are not to be told', async () => {
    const fay = await Subscriber.signedIn('fay');
    await fay.ended('untold.wav');
    await fay.ended('asked.wav', { email: true });
    await fay.got();
    await fay.settled();
    expect((await fay.wants('all')).status).toBe(200);
    await fay.ended('silent.wav', { email: false });
    await fay.ended('all.wav');
    await fay.got(2);
    await fay.settled();
    expect(fay.mailbox.map(({ subject }) => subject)).toEqual([
      'asked.wav is ready as MP3',
      'all.wav is ready as MP3',
    ]);
    const me = meSchema.parse(await (await fay.person.ask('/api/me')).json());
    expect(me.account).toMatchObject({ email: 'fay@example.test', emailNotices: 'all' });
  });

  test('has signed in, with an address that the provider has verified, at a service that sends e-mails', async () => {
    const fileId = await stand.byHand.upload();
    const anonymous = await stand.postJson('/api/jobs', { fileId, format: 'mp3', email: true });
    expect(await refusal(anonymous)).toBe('409 EMAIL_UNAVAILABLE');
    const gil = await Subscriber.signedIn('unverified-gil');
    expect(await refusal(await gil.wants('all'))).toBe('409 EMAIL_UNAVAILABLE');
    const me = meSchema.parse(await (await gil.person.ask('/api/me')).json());
    expect(me.account).toEqual({
      provider: 'oidc',
      name: 'unverified-gil',
      email: 'unverified-gil@example.test',
    });
    const own = await gil.job('x.wav');
    const job = await stand.platform.jobs.get(own);
    if (job?.source.kind !== 'upload') throw new Error('no upload');
    const asked = { fileId: job.source.fileId, format: 'mp3', email: true };
    expect(await refusal(await gil.person.post('/api/jobs', asked))).toBe('409 EMAIL_UNAVAILABLE');
    await gil.end(own);
    expect(gil.mailbox).toEqual([]);
  });

  test('stops them by the link of one of them, by its button or by a mail program, and not by a look', async () => {
    const hal = await Subscriber.signedIn('hal', 'all');
    await hal.ended('first.wav');
    const [mail] = await hal.got();
    if (mail === undefined) throw new Error('nothing came');
    expect(headerOf(mail, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click']);
    expect(headerOf(mail, 'auto-submitted')).toEqual(['auto-generated']);
    const url = unsubscribeOf(mail);
    expect(mail.text).toContain(`Stop these e-mails: ${url}`);
    const look = await fetch(url);
    expect([look.status, look.headers.get('x-robots-tag')]).toEqual([200, 'noindex, nofollow']);
    const asks = await look.text();
    expect(asks).toContain('<form method="post">');
    // As the page's header calls the view.
    expect(asks).toContain('sign in and choose so under “Settings”');
    await hal.ended('second.wav');
    await hal.got(2);
    await hal.ended('third.wav');
    const oneClick = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    });
    expect([oneClick.status, oneClick.headers.getSetCookie()]).toEqual([200, []]);
    expect(await oneClick.text()).toContain('sign in and choose so under “Settings”');
    await hal.settled();
    await hal.ended('fourth.wav', { email: true });
    await hal.settled();
    expect(hal.mailbox).toHaveLength(2);
    expect((await hal.wants('asked')).status).toBe(200);
  });

  test('is nobody else’s to stop: a link with another name, signature or length leads nowhere', async () => {
    const ida = await Subscriber.signedIn('ida', 'all');
    await ida.ended('song.wav');
    const [mail] = await ida.got();
    const url = mail === undefined ? '' : unsubscribeOf(mail);
    const jan = await Subscriber.signedIn('jan', 'all');
    const { ownerId } = meSchema.parse(await (await jan.person.ask('/api/me')).json());
    const [, name = '', signature = ''] = /\/unsubscribe\/([\w-]+)\.([\w-]+)$/.exec(url) ?? [];
    for (const token of [
      `${ownerId.replace('account:', '')}.${signature}`,
      `${name}.${'a'.repeat(43)}`,
      `${name}.${signature}a`,
      'x',
    ]) {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(new URL(`/unsubscribe/${token}`, url), { method });
        expect([answer.status, await answer.text()], token).toEqual([
          404,
          expect.stringContaining('This link leads nowhere'),
        ]);
      }
    }
    expect((await stand.platform.accounts.get(ownerId))?.emailNotices).toBe('all');
  });
});

describe('a mail server', () => {
  test('that is away delays e-mails and nothing else; once it is back each comes once', async () => {
    const kim = await Subscriber.signedIn('kim', 'all');
    const { port } = new URL(catcher.smtpUrl);
    await catcher.stop();
    const { ownerId } = meSchema.parse(await (await kim.person.ask('/api/me')).json());
    await kim.ended('late.wav');
    const tried = await until('it was tried twice', async () => {
      const [mail] = await stand.platform.mails.waiting(ownerId);
      return mail !== undefined && mail.tries >= 2 && mail.problem !== undefined ? mail : undefined;
    });
    expect(tried.problem).toBe('not taken: ESOCKET');
    catcher = await startMailCatcher({ smtpPort: Number(port), refuses });
    const [mail] = await kim.got();
    expect(mail?.subject).toBe('late.wav is ready as MP3');
    await kim.settled();
    expect(kim.mailbox).toHaveLength(1);
    // Each try made a link, and ended that of the one before.
    expect((await fetch(linkIn(mail as Caught))).status).toBe(200);
    const { jobs } = jobListSchema.parse(await (await kim.person.ask('/api/jobs')).json());
    const job = await stand.platform.jobs.get(jobs[0]?.jobId ?? '');
    expect(Object.keys(job?.shares ?? {})).toHaveLength(1);
  });

  test('that knows no such mailbox is not asked again', async () => {
    const nobody = await Subscriber.signedIn('nobody', 'all');
    const jobId = await nobody.ended();
    const mail = await until('it is given up', async () => {
      const found = await stand.platform.mails.ofJob(jobId);
      return found?.state === 'pending' ? undefined : found;
    });
    expect(mail).toMatchObject({ state: 'given-up', tries: 1, problem: 'not taken: EENVELOPE 550' });
  });

  test('has taken it when its notifier dies: it is sent again, under the same Message-ID', async () => {
    const leo = await Subscriber.signedIn('leo', 'all');
    const { mails } = stand.platform;
    const spy = vi.spyOn(mails, 'end').mockRejectedValueOnce(new Error('killed'));
    onTestFinished(() => spy.mockRestore());
    const jobId = await leo.ended();
    await leo.got();
    // Else the next one waits for the dead one's half minute.
    await change(
      { id: (await mails.ofJob(jobId))?.id },
      stand.platform.config.WEBHOOKS_TABLE,
      'notBefore',
      0,
    );
    const [first, second] = await until(
      'both',
      () => (leo.mailbox.length === 2 ? leo.mailbox : undefined),
      60_000,
    );
    expect(second?.messageId).toBe(first?.messageId);
    await leo.settled();
  });
});
