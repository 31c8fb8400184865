/** What image files and Compose must repeat from the code, since they cannot import it. */
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { frugalNode, servingNode } from '@wavefleet/localstack/node-flags.ts';
import { resourceNames } from '@wavefleet/localstack/provision/names.ts';
import { CLIENT, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig, settingNames } from '@wavefleet/platform/config.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { mailSettings } from '@wavefleet/platform/settings/mail.ts';
import { peopleSettings, signInSettings } from '@wavefleet/platform/settings/people.ts';
import { planSettings } from '@wavefleet/platform/settings/plans.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

test.each([
  ['api', servingNode],
  ['worker', frugalNode],
])('the image of the %s runs Node with the flags of the fleet', (room, ofFleet) => {
  const flags = /NODE_FLAGS="([^"]*)"/.exec(read(`${room}/Dockerfile`))?.[1]?.split(' ');
  expect(new Set(flags)).toEqual(new Set(ofFleet));
});

/** The rooms that a room is made of: itself, and what its package names, all the way down. */
function roomsOf(room: string): Set<string> {
  const { dependencies } = packageSchema.parse(JSON.parse(read(`${room}/package.json`)));
  const own = Object.keys(dependencies).flatMap((name) => /^@wavefleet\/(.+)$/.exec(name)?.[1] ?? []);
  return new Set([room, ...own.flatMap((other) => [...roomsOf(other)])]);
}
const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

test.each(['api', 'worker'])('the image of the %s has every room that its code imports', (room) => {
  const file = read(`${room}/Dockerfile`);
  for (const part of roomsOf(room)) {
    expect(file).toContain(`COPY ${part}/package.json ${part}/\n`);
    expect(file).toContain(`COPY ${part}/src ${part}/src\n`);
  }
});

test('images are bundled by the rolldown that is here', () => {
  const pinned = z.object({ devDependencies: z.object({ rolldown: z.string() }) });
  const versions = ['', 'api/', 'worker/'].map(
    (room) => pinned.parse(JSON.parse(read(`${room}package.json`))).devDependencies.rolldown,
  );
  expect(new Set(versions).size).toBe(1);
});

test.each(['api', 'worker', 'localstack'])('what the image of %s copies may enter it', (room) => {
  const letIn = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...read(`${room}/Dockerfile`).matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(
    ([, sources = '']) => sources.split(' '),
  );
  // A whole folder is copied as far as parts of it may enter; what lies in a folder that may enter, may.
  const enters = (path: string) =>
    letIn.some(
      (line) => matchesGlob(path, line) || line.startsWith(`${path}/`) || path.startsWith(`${line}/`),
    );
  expect(copied.filter((path) => !enters(path))).toEqual([]);
});

test('the image of the provider and the mail catcher has every file that they import', () => {
  const [, stage = ''] = read('localstack/Dockerfile').split(/^FROM .*$/m);
  const copied = [...stage.matchAll(/^COPY (localstack\/src.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );
  const seen = new Set<string>();
  const follow = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, to = ''] of read(path).matchAll(/from '(\.[^']+)'/g)) follow(join(path, '..', to));
    expect(read(path)).not.toContain("'@wavefleet/");
  };
  follow('localstack/src/people.ts');
  const has = (path: string) => copied.some((each) => path === each || path.startsWith(`${each}/`));
  expect([...seen].filter((path) => !has(path))).toEqual([]);
});

test('no image forces packages apart, and FFmpeg, ffprobe and the launcher are those that were built for it', () => {
  for (const room of ['api', 'worker', 'localstack'])
    expect(read(`${room}/Dockerfile`)).not.toMatch(/--force/);
  const file = read('worker/Dockerfile');
  expect(file).toContain('COPY --from=ffmpeg /opt/ffmpeg /opt/ffmpeg\n');
  // What keeps the worker's environment from FFmpeg, which has its uid: proven by siege/sandbox.
  expect(file).toMatch(
    /^COPY --from=program --chmod=0711 \/usr\/local\/bin\/node \/usr\/local\/bin\/node$[\s\S]*^USER 1000:1000$/m,
  );
  const settings = { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe', SANDBOX_LAUNCHER: 'launch' };
  for (const [name, program] of Object.entries(settings))
    expect(file).toContain(` ${name}=/opt/ffmpeg/${program} `);
});

test('in Compose the number of threads is bounded: in a container FFmpeg has no uid of its own to count them by', () => {
  const [, hardening = ''] = /^x-hardening: &hardening\n((?: .*\n)+)/m.exec(read('docker-compose.yml')) ?? [];
  expect(hardening).toMatch(/^ {2}pids_limit: 256$/m);
});

test('in Compose every container that stays has a bound of memory', () => {
  const [, services = ''] = read('docker-compose.yml').split(/^services:$/m);
  const [own = ''] = services.split(/^networks:$/m);
  const blocks = own.split(/^ {2}(?=\w+:$)/m).slice(1);
  const unbounded = blocks.filter((block) => !/^ {4}mem_limit: /m.test(block));
  expect(unbounded.map((block) => /^\w+/.exec(block)?.[0])).toEqual(['provision']);
});

test('Compose passes on every setting but those that it or an image decides', () => {
  const file = read('docker-compose.yml');
  const named = new Set([...file.matchAll(/^ +([A-Z][A-Z0-9_]*):/gm)].map(([, name]) => name));
  // What is called how and where, in a container as outside of one; S3 is not published; the images' own.
  const own = [
    ...['INSTANCE_NAME', 'AWS_SESSION_TOKEN', 'S3_PUBLIC_ENDPOINT_URL', 'ECS_AGENT_URI'],
    ...['REDIS_IAM_USER', 'REDIS_IAM_CACHE', 'HOST', 'PORT', 'WEB_DIR', 'WORK_DIR', 'LIVENESS_FILE'],
    ...['FFMPEG_PATH', 'FFPROBE_PATH', 'SANDBOX_LAUNCHER'],
  ];
  expect(settingNames.filter((name) => !named.has(name))).toEqual(own);
  const people = Object.keys({ ...peopleSettings, ...mailSettings, ...planSettings });
  expect(people.filter((name) => !file.includes(`\n  ${name}:\n`))).toEqual([]);
});

test('Compose kills nobody who still does what the settings let it finish', () => {
  const longest = (name: string) => {
    const fits = (ms: number) => {
      try {
        loadConfig({ ...requiredSettings, [name]: String(ms) });
        return true;
      } catch {
        return false;
      }
    };
    let ms = 0;
    while (fits(ms + 1_000) && ms < 3_600_000) ms += 1_000;
    return ms / 1_000;
  };
  const [, api, worker] =
    /^ {2}api:\n[\s\S]*?stop_grace_period: (\d+)s\n[\s\S]*?^ {2}worker:\n[\s\S]*?stop_grace_period: (\d+)s\n/m.exec(
      read('docker-compose.yml'),
    ) ?? [];
  expect(Number(api)).toBeGreaterThan(longest('API_CLOSE_DELAY_MS') + longest('API_CLOSE_DEADLINE_MS'));
  const { POLL_WAIT_SECONDS: poll } = loadConfig(requiredSettings);
  expect(Number(worker)).toBeGreaterThan(longest('DRAIN_TIMEOUT_MS') + poll);
});

test('what signs people in is in Compose the API’s alone, and what sends e-mails is not the workers’', () => {
  const [before = '', services = ''] = read('docker-compose.yml').split(/^services:$/m);
  const groups = new Map(
    before.split(/^x-/m).map((group) => [/^[\w-]+/.exec(group)?.[0] ?? '', group] as const),
  );
  const namesFor = (service: string) => {
    const block = services.split(/^ {2}(?=\w+:$)/m).find((each) => each.startsWith(`${service}:`)) ?? '';
    const [, merged = ''] = /^ {4}environment:\n {6}<<: (.*)$/m.exec(block) ?? [];
    const own = [...block.matchAll(/^ {6}([A-Z_]+):/gm)];
    const shared = [...merged.matchAll(/\*([\w-]+)/g)].flatMap(([, group = '']) => [
      ...(groups.get(group) ?? '').matchAll(/^ {2}([A-Z_]+):/gm),
    ]);
    return new Set([...own, ...shared].map(([, setting]) => setting));
  };
  const has = (service: string, settings: object) =>
    Object.keys(settings).filter((setting) => namesFor(service).has(setting));
  expect(has('api', { ...signInSettings, ...mailSettings })).toEqual(
    Object.keys({ ...signInSettings, ...mailSettings }),
  );
  expect(has('notifier', { ...signInSettings, ...mailSettings })).toEqual(Object.keys(mailSettings));
  expect(has('worker', { ...signInSettings, ...mailSettings })).toEqual([]);
});

test('with the settings of docker-compose.people.env people sign in and get e-mails by the services of that profile', () => {
  const env = Object.fromEntries(
    read('docker-compose.people.env')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const { COMPOSE_PROFILES, SIGN_IN_PORT, ...settings } = env;
  const known = { ...peopleSettings, ...mailSettings };
  expect(Object.keys(settings).filter((name) => !Object.hasOwn(known, name))).toEqual([]);
  const TOKEN_KEYS = JSON.stringify({ keys: [newTokenKey()] });
  const config = loadConfig({ ...requiredSettings, ...settings, TOKEN_KEYS });
  expect(config).toMatchObject({ AUTH: 'optional', PUBLIC_URL: 'http://localhost:3000' });
  expect(CLIENT).toEqual({ client_id: config.OIDC_CLIENT_ID, client_secret: config.OIDC_CLIENT_SECRET });

  const [, services = ''] = read('docker-compose.yml').split(/^services:$/m);
  const blocks = new Map(
    services.split(/^ {2}(?=\w+:$)/m).map((block) => [/^\w+/.exec(block)?.[0], block] as const),
  );
  const { port } = new URL(config.OIDC_ISSUER ?? '');
  expect(port).toBe(SIGN_IN_PORT);
  // The provider listens at the port of its issuer, in the API's network, whose service publishes it.
  expect(blocks.get('api')).toContain(`'127.0.0.1:\${SIGN_IN_PORT:-}:${port}'`);
  expect(blocks.get('provider')).toContain('network_mode: service:api');
  expect(config.SMTP_URL).toBe('smtp://mail:1025');
  for (const name of ['provider', 'mail']) {
    expect(blocks.get(name)).toContain(`profiles: [${COMPOSE_PROFILES}]`);
    expect(blocks.get(name)).toContain(`command: [${name}]`);
  }
});

test('the provider of Compose is found under the address that it names, and no other', async () => {
  const issuer = `http://localhost:${await freePort()}`;
  const provider = await startProvider('http://localhost:3000', { issuer });
  try {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
    expect(provider.env.OIDC_ISSUER).toBe(issuer);
  } finally {
    await provider.stop();
  }
});

test('Compose uses the names that provisioning makes', () => {
  const { bucket, tables, queues, bus } = resourceNames();
  const queueUrl = (name: string) => `http://localstack:4566/000000000000/${name}`;
  const settings = {
    S3_BUCKET: bucket,
    JOBS_TABLE: tables.jobs,
    PROGRESS_TABLE: tables.progress,
    UPLOADS_TABLE: tables.uploads,
    ACCOUNTS_TABLE: tables.accounts,
    JOBS_QUEUE_URL: queueUrl(queues.jobs.name),
    JOBS_DLQ_URL: queueUrl(queues.jobs.deadLetter),
    DROPS_QUEUE_URL: queueUrl(queues.drops.name),
    DROPS_DLQ_URL: queueUrl(queues.drops.deadLetter),
    WEBHOOKS_TABLE: tables.webhooks,
    NOTICES_QUEUE_URL: queueUrl(queues.notices.name),
    NOTICES_DLQ_URL: queueUrl(queues.notices.deadLetter),
    EVENT_BUS: bus,
  };
  const lines = new Set(read('docker-compose.yml').split('\n'));
  for (const [name, value] of Object.entries(settings)) expect(lines).toContain(`  ${name}: ${value}`);
});
