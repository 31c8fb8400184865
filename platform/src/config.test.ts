/** Settings: what is refused, and that no value is told. */
import { expect, test } from 'vitest';
import { requiredSettings } from './config.testing.ts';
import { ConfigError, environmentOf, loadConfig, shownSettings } from './config.ts';
import { newTokenKey } from './people/token-keys.ts';

const complete = requiredSettings;

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('defaults hold together', () => {
  expect(loadConfig(complete)).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    MAX_UPLOAD_BYTES: 110_100_480,
    MAX_RESUMABLE_UPLOAD_BYTES: 5 * 1024 ** 3,
    VISIBILITY_TIMEOUT_MS: 60_000,
    HEARTBEAT_MS: 20_000,
    LEASE_MS: 45_000,
    DRAIN_TIMEOUT_MS: 20_000,
    API_CLOSE_DELAY_MS: 0,
    API_CLOSE_DEADLINE_MS: 10_000,
    S3_BROWSER_ACCESS: true,
    UPLOAD_EXPIRY_HOURS: 24,
    MAX_TEMP_BYTES: 9 * 1024 ** 3,
  });
  const upload = { MAX_UPLOAD_BYTES: '5000000', MAX_RESUMABLE_UPLOAD_BYTES: '5000000' };
  const temp = { ...upload, MAX_OUTPUT_BYTES: '7000000' };
  expect(loadConfig({ ...complete, ...temp }).MAX_TEMP_BYTES).toBe(12_000_000);
  expect(loadConfig({ ...complete, S3_BROWSER_ACCESS: 'false' }).S3_BROWSER_ACCESS).toBe(false);
});

test('every problem is listed at once, by name', () => {
  const problems = problemsOf({ ...complete, S3_BUCKET: '', PORT: 'eighty', AWS_ENDPOINT_URL: 'nowhere' });
  expect(problems).toEqual([
    'AWS_ENDPOINT_URL: expected an http(s) URL',
    'S3_BUCKET: is not set',
    'PORT: expected a whole number',
  ]);
});

test('no value is printed: it may be a secret', () => {
  const problems = problemsOf({ ...complete, REDIS_URL: 'http://user:hunter2@cache' });
  expect(problems).toEqual(['REDIS_URL: expected a redis:// or rediss:// URL']);
});

test.each([
  [
    { HEARTBEAT_MS: '30000' },
    'HEARTBEAT_MS: expected less than half of VISIBILITY_TIMEOUT_MS (60000), got 30000',
  ],
  [{ HEARTBEAT_MS: '22500' }, 'HEARTBEAT_MS: expected less than half of LEASE_MS (45000), got 22500'],
  [{ LEASE_MS: '60000' }, 'LEASE_MS: expected less than VISIBILITY_TIMEOUT_MS (60000), got 60000'],
  [
    { VISIBILITY_TIMEOUT_MS: '60500' },
    'VISIBILITY_TIMEOUT_MS: expected whole seconds, as SQS counts them, got 60500',
  ],
  [
    { REDIS_URL: 'redis://:100%@cache:6379' },
    'REDIS_URL: expected user and password to be percent-encoded (a % is %25)',
  ],
  [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL: expected trace, debug, info, warn, error or silent'],
  [{ S3_BROWSER_ACCESS: 'no' }, 'S3_BROWSER_ACCESS: expected true or false'],
  // S3's lifecycle rule drops the parts after two days.
  [{ UPLOAD_EXPIRY_HOURS: '49' }, 'UPLOAD_EXPIRY_HOURS: expected a number from 2 to 48'],
  // The bucket's rule removes uploads then.
  [{ UPLOAD_KEEP_DAYS: '61' }, 'UPLOAD_KEEP_DAYS: expected a number from 0 to 60'],
  [
    { MAX_TEMP_BYTES: '5368709120' },
    'MAX_TEMP_BYTES: expected more than MAX_RESUMABLE_UPLOAD_BYTES (5368709120), got 5368709120',
  ],
  [
    { MAX_RESUMABLE_UPLOAD_BYTES: '1000' },
    'MAX_RESUMABLE_UPLOAD_BYTES: expected at least MAX_UPLOAD_BYTES (110100480), got 1000',
  ],
  [{ DRAIN_TIMEOUT_MS: '110001' }, 'DRAIN_TIMEOUT_MS: expected a number from 0 to 110000'],
])('%o is refused', (change, problem) => {
  expect(problemsOf({ ...complete, ...change })).toContain(problem);
});

test('the address of the ECS agent is taken as ECS gives it, and may be missing', () => {
  const given = 'http://169.254.170.2/api/0123456789abcdef-42';
  expect(loadConfig({ ...complete, ECS_AGENT_URI: given }).ECS_AGENT_URI).toBe(given);
  expect(loadConfig(complete).ECS_AGENT_URI).toBeUndefined();
  expect(problemsOf({ ...complete, ECS_AGENT_URI: 'agent' })).toEqual([
    'ECS_AGENT_URI: expected an http(s) URL',
  ]);
});

test.each([
  [undefined, 'aws'],
  ['http://127.0.0.1:4566', 'embedded'],
  ['http://localhost:4566', 'embedded'],
  ['http://localstack:4566', 'compose'],
])('endpoint %s means %s', (AWS_ENDPOINT_URL, environment) => {
  expect(environmentOf(loadConfig({ ...complete, AWS_ENDPOINT_URL }))).toBe(environment);
});

test('levels at which work is refused lie beyond those of the warnings', () => {
  expect(
    problemsOf({
      ...complete,
      FREE_DISK_WARN_BYTES: '10',
      FREE_DISK_REFUSE_BYTES: '11',
      FREE_MEMORY_WARN_BYTES: '10',
      FREE_MEMORY_REFUSE_BYTES: '12',
      EVENT_LOOP_WARN_MS: '20',
      EVENT_LOOP_REFUSE_MS: '19',
    }),
  ).toEqual([
    'FREE_DISK_REFUSE_BYTES: expected at most FREE_DISK_WARN_BYTES (10), got 11',
    'FREE_MEMORY_REFUSE_BYTES: expected at most FREE_MEMORY_WARN_BYTES (10), got 12',
    'EVENT_LOOP_REFUSE_MS: expected at least EVENT_LOOP_WARN_MS (20), got 19',
  ]);
});

test('settings are shown without a secret', () => {
  const shown = shownSettings(
    loadConfig({
      ...complete,
      AWS_ENDPOINT_URL: 'http://user:hidden@aws.local:4566',
      AWS_ACCESS_KEY_ID: 'hidden',
      AWS_SECRET_ACCESS_KEY: 'hidden',
      REDIS_URL: 'redis://:hidden@redis:6379',
      DEBUG_TOKEN: 'hidden-hidden-hidden',
    }),
  );
  expect(shown).toMatchObject({
    S3_BUCKET: 'audio',
    PORT: 3000,
    S3_BROWSER_ACCESS: true,
    AWS_ENDPOINT_URL: 'http://aws.local:4566',
    AWS_ACCESS_KEY_ID: '(set)',
    REDIS_URL: '(set)',
    DEBUG_TOKEN: '(set)',
  });
  expect(JSON.stringify(shown)).not.toContain('hidden');
  expect(shown).not.toHaveProperty('AWS_SESSION_TOKEN');
  // Whoever adds a secret has to say that it is one.
  const suspicious = Object.keys(shown).filter((name) => /TOKEN|SECRET|PASSWORD|_KEY|REDIS_URL/.test(name));
  expect(suspicious.map((name) => shown[name])).toEqual(suspicious.map(() => '(set)'));
});

test('dropped files have an owner, and never one that anybody is', () => {
  expect(loadConfig(complete)).toMatchObject({ DROP_OWNER: 'drops', DROP_OWNERS: {} });
  const named = loadConfig({ ...complete, DROP_OWNERS: 'radio, studio=account-7' });
  expect(named.DROP_OWNERS).toEqual({ radio: 'radio', studio: 'account-7' });
  expect(shownSettings(named).DROP_OWNERS).toBe('radio=radio,studio=account-7');
  const anybody = 'an owner other than anonymous: that is anybody';
  expect(problemsOf({ ...complete, DROP_OWNER: 'anonymous' })).toEqual([`DROP_OWNER: expected ${anybody}`]);
  for (const DROP_OWNERS of ['radio=anonymous', 'anonymous', 'flac', 'a/b=c', 'radio=', ',']) {
    expect(problemsOf({ ...complete, DROP_OWNERS })[0], DROP_OWNERS).toMatch(/^DROP_OWNERS: expected /);
  }
});

test('who lets people sign in says where, by whom, and with which keys', () => {
  const [key, other] = [newTokenKey(), newTokenKey()];
  const whole = {
    ...complete,
    ...{
      AUTH: 'required',
      PUBLIC_URL: 'https://audio.example/',
      GOOGLE_CLIENT_ID: 'id',
      GOOGLE_CLIENT_SECRET: 's',
    },
    TOKEN_KEYS: JSON.stringify({ keys: [key] }),
  };
  expect(problemsOf(whole)).toEqual([]);
  expect(loadConfig(whole).PUBLIC_URL).toBe('https://audio.example');
  expect(shownSettings(loadConfig(whole)).TOKEN_KEYS).toBe('(set)');
  expect(problemsOf({ ...complete, AUTH: 'optional' })).toEqual([
    'PUBLIC_URL: is not set, and AUTH (optional) needs it',
    'TOKEN_KEYS: is not set, and AUTH (optional) needs it',
    'GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, OIDC_ISSUER: expected one at least, for AUTH (optional)',
  ]);
  for (const keys of [[{ d: 'hunter2' }], [], [{ ...key, x: other.x }], [key, { ...other, kid: key.kid }]])
    expect(problemsOf({ ...whole, TOKEN_KEYS: JSON.stringify({ keys }) })).toEqual([
      'TOKEN_KEYS: expected a JWK Set of private Ed25519 keys, each with a kid of its own',
    ]);
  expect(problemsOf({ ...whole, TOKEN_KEYS: JSON.stringify({ keys: [other, key] }) })).toEqual([]);
  expect(problemsOf({ ...whole, PUBLIC_URL: 'http://audio.example' })).toEqual([
    'PUBLIC_URL: expected https, or this machine by its loopback address',
  ]);
});
