/**
 * Settings, read once from the environment. All problems are reported together, by name and expectation;
 * values are never printed, since some are secrets. `main.ts` files pass `process.env`; nothing else reads it.
 */
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import { authModeSchema, ownerIdSchema } from '@wavefleet/contracts/people.ts';
import { findPreset } from '@wavefleet/contracts/presets.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { UploadMode } from '@wavefleet/contracts/uploads.ts';
import { z } from 'zod';
import { parseJson } from './parse-json.ts';

const MIB = 1024 * 1024;

/** A whole number within bounds. Units are in the settings' names. */
const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `a number from ${min} to ${max}`).max(max, `a number from ${min} to ${max}`));
const whole = (fallback: number, min: number, max?: number) => wholeNumber(min, max).default(fallback);
const name = z.string().min(1);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'], 'true or false')
    .transform((value) => value === 'true')
    .default(fallback);
/** Never printed and never shown, whatever asks for the settings. */
const secret = <T extends z.ZodType>(setting: T): T => setting.meta({ secret: true });
const httpUrl = z.url({ protocol: /^https?$/, error: 'an http(s) URL' });

const part = z.string().regex(/^[\w-]{43}$/);
/** RFC 8037, "Curve25519 in JOSE". */
const keySet = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        kid: z.string().min(1),
        x: part,
        d: part,
      }),
    )
    .min(1),
});
/** Read here, so that what cannot sign is found at start. */
const tokenKeys = z.string().transform((text, context) => {
  const parsed = keySet.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue('a JWK Set of private Ed25519 keys, each with a kid');
  return z.NEVER;
});
const dropOwner = ownerIdSchema.refine(
  (owner) => owner !== ANONYMOUS_OWNER,
  'an owner other than anonymous: that is anybody',
);
/** Alias → owner. A preset is no alias: keys would have two meanings. */
const dropOwners = z
  .string()
  .transform((text) =>
    text.split(',').map((entry) => {
      const [alias = '', owner = alias] = entry.trim().split('=');
      return [alias, owner] as const;
    }),
  )
  .refine(
    (pairs) => pairs.every(([alias]) => /^[\w:.@-]{1,128}$/.test(alias) && findPreset(alias) === undefined),
    'names of folders that are no presets, each with =owner or alone, and commas between them',
  )
  .refine(
    (pairs) => pairs.every(([, owner]) => dropOwner.safeParse(owner).success),
    'after each = an owner, and never anonymous',
  )
  .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));

const settings = z.object({
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** What this process is called in its log lines and in the leases that it takes. Default: the machine's name. */
  INSTANCE_NAME: name.max(128, 'at most 128 characters').default(hostname()),
  AWS_REGION: name.default('us-east-1'),
  /** One endpoint for every service: an emulator. Unset means AWS itself. */
  AWS_ENDPOINT_URL: httpUrl.optional(),
  /** Long-lived keys, as emulators want them. Unset: the SDK's own chain finds the task role. */
  AWS_ACCESS_KEY_ID: secret(name.optional()),
  AWS_SECRET_ACCESS_KEY: secret(name.optional()),
  AWS_SESSION_TOKEN: secret(name.optional()),
  /** What browsers use in presigned URLs when it differs from AWS_ENDPOINT_URL (Compose). */
  S3_PUBLIC_ENDPOINT_URL: httpUrl.optional(),
  /** Whether browsers can reach S3, and so send parts of uploads there; else they go through the API. */
  S3_BROWSER_ACCESS: flag(true),
  S3_BUCKET: name,
  JOBS_TABLE: name,
  PROGRESS_TABLE: name,
  UPLOADS_TABLE: name,
  ACCOUNTS_TABLE: name,
  JOBS_QUEUE_URL: httpUrl,
  JOBS_DLQ_URL: httpUrl,
  DROPS_QUEUE_URL: httpUrl,
  DROPS_DLQ_URL: httpUrl,
  /** Whose the jobs of files in `drops/{preset}/…` are. Nobody is that by a cookie: a key of it is made by operators. */
  DROP_OWNER: dropOwner.default('drops'),
  /** Whose those in `drops/{alias}/{preset}/…` are: `alias=owner` with commas between them; an alias alone is its own owner. */
  DROP_OWNERS: dropOwners.default({}),
  EVENT_BUS: name,
  WEBHOOKS_TABLE: name,
  /** Ends of jobs and wake-ups of deliveries, for notifiers. */
  NOTICES_QUEUE_URL: httpUrl,
  NOTICES_DLQ_URL: httpUrl,
  /** Set by ECS itself in every task: the agent, which is asked for scale-in protection while jobs run. */
  ECS_AGENT_URI: httpUrl.optional(),
  /** Unset: progress goes through DynamoDB alone, coarser. Holds a password where Redis wants one. */
  REDIS_URL: secret(z.url({ protocol: /^rediss?$/, error: 'a redis:// or rediss:// URL' }).optional()),

  /** Loopback unless said otherwise: containers set 0.0.0.0. */
  HOST: name.default('127.0.0.1'),
  PORT: whole(3000, 0, 65_535),
  /** Names that the API answers for besides addresses and localhost: see `api/src/http/hosts.ts`. */
  ALLOWED_HOSTS: z
    .string()
    .regex(/^\s*(\*|(\*\.)?[\w.-]+)(\s*,\s*(\*|(\*\.)?[\w.-]+))*\s*$/, 'names with commas between them, or *')
    .optional(),
  /**
   * After SIGTERM the API takes requests for so long as before: a load balancer goes on sending some until all of it
   * knows that this process leaves. Nobody sends any to a single machine's.
   */
  API_CLOSE_DELAY_MS: whole(0, 0, 110_000),
  /** Then requests under way, such as uploads, may take so long to finish. */
  API_CLOSE_DEADLINE_MS: whole(10_000, 0, 110_000),
  /** Of a file in one request; the API has no second try at such a body. */
  MAX_UPLOAD_BYTES: whole(105 * MIB, 1),
  /** Of a file that comes in parts, or into the bucket: the largest that is converted. */
  MAX_RESUMABLE_UPLOAD_BYTES: whole(5 * 1024 * MIB, 1),
  /** A chunked upload that is not finished by then is given up. S3 itself drops its parts at last after some days. */
  UPLOAD_EXPIRY_HOURS: whole(24, 2, resources.bucket.abortIncompleteMultipartDays * 24),
  /** The built page. Default: `web/dist` of this repository; a folder that is not there means no page. */
  WEB_DIR: name.optional(),
  /** How long a result stays after the download that deletes it, for clients that lost its end on the way. */
  DELETE_GRACE_MS: whole(60_000, 0, 3_600_000),
  JOB_RETENTION_DAYS: whole(30, 1, 3650),
  /** An upload goes so long after the last of its jobs has ended; one that no job reads, by the bucket's own rule. */
  UPLOAD_KEEP_DAYS: whole(7, 0, 3650),

  /** SQS hides a received message this long; every heartbeat renews it. */
  VISIBILITY_TIMEOUT_MS: whole(60_000, 1000, 43_200_000),
  HEARTBEAT_MS: whole(20_000, 100),
  /** How long a claim on the record holds without a heartbeat. Below the visibility timeout. */
  LEASE_MS: whole(45_000, 500),
  SWEEP_INTERVAL_MS: whole(15_000, 100),
  /** A dispatched job that nobody claimed is dispatched again after this, doubling each time up to 1 h. */
  REDISPATCH_AFTER_MS: whole(300_000, 1000),
  /** After SIGTERM, jobs that end within this are finished; the others are handed over at once. */
  DRAIN_TIMEOUT_MS: whole(20_000, 0, 110_000),
  /** First delay of a transient failure's retry; it doubles, with equal jitter, up to 5 min. */
  RETRY_BASE_MS: whole(5000, 1),
  /** For so long a job is tried again whose services or machines are in trouble. */
  TROUBLE_DEADLINE_MS: whole(86_400_000, 1_000),
  /** First pause before a worker's AWS call is tried again; it doubles, with equal jitter, up to 10 s. */
  AWS_RETRY_BASE_MS: whole(1000, 1, 10_000),
  /** SQS long poll. Short on emulators, where a killed worker's poll may swallow a message. */
  POLL_WAIT_SECONDS: whole(20, 0, 20),
  /** Conversions at once in one worker process. */
  WORKER_CONCURRENCY: whole(availableParallelism(), 1, 64),
  /** What a process of the worker's image does: `notifier` delivers webhooks, and converts nothing. */
  WORKER_ROLE: z.enum(['worker', 'notifier'], 'worker or notifier').default('worker'),
  /** Webhooks that one notifier sends at once. */
  NOTIFIER_CONCURRENCY: whole(16, 1, 100),
  /** Whether webhooks may go to this machine, private networks, any port and over plain HTTP: for fleets of one's own. */
  WEBHOOK_PRIVATE_ADDRESSES: flag(false),
  /** First pause before a webhook is tried again; it doubles, with equal jitter, up to an hour, for a day. */
  WEBHOOK_RETRY_BASE_MS: whole(5_000, 1),
  WORK_DIR: name.default(join(tmpdir(), 'wavefleet')),
  /** A file that the worker touches every 5 s while it lives, for health checks of containers. Unset: none. */
  LIVENESS_FILE: name.optional(),
  FFMPEG_PATH: name.default('ffmpeg'),
  FFPROBE_PATH: name.default('ffprobe'),
  /** The launcher that holds FFmpeg in (`audio/sandbox`). Unset: setpriv and prlimit of the system, which hold less. */
  SANDBOX_LAUNCHER: name.optional(),
  /** Address space of one FFmpeg process. */
  FFMPEG_MEMORY_BYTES: whole(1_500_000_000, 100_000_000),
  MAX_OUTPUT_BYTES: whole(4 * 1024 * MIB, MIB),
  /** What one job may put on the worker's disk, its source included. Unset: the largest source and the largest result. */
  MAX_TEMP_BYTES: wholeNumber(MIB).optional(),
  MAX_DURATION_SECONDS: whole(43_200, 1),
  /** Whether several FFmpegs at once make one long result, while cores are idle and no job waits. */
  SPLIT_LONG_FILES: flag(true),
  /** Only results for which one FFmpeg would need so long, by expectation. */
  SPLIT_MIN_ENCODE_MS: whole(2_000, 0),
  /** FFmpeg is stopped when it has not moved for this long. */
  STALL_TIMEOUT_MS: whole(30_000, 1000),

  /** How many proxies in front add to X-Forwarded-For what they saw; 0: nobody is believed. */
  TRUSTED_PROXIES: whole(0, 0, 10),
  /** Of one owner; one address may have four times as many, since several people may share it. */
  REQUESTS_PER_MINUTE: whole(6_000, 6),
  /** What makes something that stays; as above. */
  SUBMISSIONS_PER_MINUTE: whole(600, 6),
  /** Jobs of one owner that wait or run. */
  MAX_ACTIVE_JOBS: whole(1_000, 1),
  /** Uploads of one owner that are begun and not finished. */
  MAX_OPEN_UPLOADS: whole(100, 1),
  /** Bytes of one owner's uploads, finished or not. */
  MAX_STORED_BYTES: whole(100 * 1024 * MIB, 1),
  /** Event streams of one owner, and of one process. */
  MAX_STREAMS_PER_OWNER: whole(100, 1),
  MAX_STREAMS: whole(400, 1),
  /** Of one process. More are closed at once. */
  MAX_CONNECTIONS: whole(1_000, 1),
  /** Bytes of uploads that one process holds until S3 has them. */
  UPLOAD_BUFFER_BYTES: whole(64 * MIB, 8 * MIB),
  /** Who sends or takes a file more slowly for half a minute is cut off; what waits for us does not count. */
  MIN_UPLOAD_BYTES_PER_SECOND: whole(1_024, 0),
  MIN_DOWNLOAD_BYTES_PER_SECOND: whole(1_024, 0),
  /** The headers of a request, and a whole request with its body, may take so long. */
  HEADERS_TIMEOUT_MS: whole(10_000, 100),
  REQUEST_TIMEOUT_MS: whole(3_600_000, 1_000),

  /** Whether people sign in: see `authModeSchema`. */
  AUTH: authModeSchema.default('off'),
  /** Where browsers find the service: providers send people back there. */
  PUBLIC_URL: httpUrl.transform((url) => new URL(url).origin).optional(),
  /** JWK Set (RFC 7517) of private Ed25519 keys: the first signs, all are believed. `wavefleet token-keys` makes it. */
  TOKEN_KEYS: secret(tokenKeys.optional()),
  /** How long an access token is good for. What it may be used for is looked up all the same. */
  ACCESS_SECONDS: whole(600, 5, 3_600),
  GOOGLE_CLIENT_ID: name.optional(),
  GOOGLE_CLIENT_SECRET: secret(name.optional()),
  GITHUB_CLIENT_ID: name.optional(),
  GITHUB_CLIENT_SECRET: secret(name.optional()),
  /** Of GitHub Enterprise Server, where it is not github.com. */
  GITHUB_URL: httpUrl.default('https://github.com'),
  /** One more provider, of OpenID Connect: its issuer, and what people call it. */
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_LABEL: name.default('Single sign-on'),
  OIDC_CLIENT_ID: name.optional(),
  OIDC_CLIENT_SECRET: secret(name.optional()),

  /** Opens the debug routes from everywhere; without it they answer this machine alone. */
  DEBUG_TOKEN: secret(z.string().min(16, 'at least 16 characters').optional()),
  /** Beyond this many waiting messages the API takes no upload and no job. SQS counts roughly. */
  MAX_WAITING_JOBS: whole(100_000, 1),
  /**
   * Under this name one API publishes how loaded the fleet is, as metrics in its log (CloudWatch's embedded metric
   * format). Unset: nobody does, since nobody scales by it.
   */
  METRICS_NAMESPACE: z
    .string()
    .regex(/^[\w.\-/#]{1,255}$/, 'letters, digits and . - _ / #, at most 255')
    .optional(),
  METRICS_EVERY_MS: whole(20_000, 100),
  /** Workers are scaled so that a waiting job starts within this time. */
  TARGET_LATENCY_SECONDS: whole(60, 1, 86_400),
  /** What a job takes, until enough of them have ended to be measured. */
  MEAN_JOB_SECONDS: whole(15, 1, 86_400),
  /** Every process measures itself and its machine this often. */
  RESOURCE_SAMPLE_MS: whole(15_000, 100),
  /** On the disk of WORK_DIR. Below REFUSE workers receive nothing, and the API takes no upload and no job. */
  FREE_DISK_WARN_BYTES: whole(2 * 1024 * MIB, 0),
  FREE_DISK_REFUSE_BYTES: whole(512 * MIB, 0),
  /** Of the container, or else of the machine; as above. */
  FREE_MEMORY_WARN_BYTES: whole(96 * MIB, 0),
  FREE_MEMORY_REFUSE_BYTES: whole(48 * MIB, 0),
  /** How late the process's timers come (99th percentile between two samples); as above. */
  EVENT_LOOP_WARN_MS: whole(500, 1),
  EVENT_LOOP_REFUSE_MS: whole(2_000, 1),
  /** Of one core, by the process itself: FFmpeg is meant to use all it can get. */
  CPU_WARN_PERCENT: whole(90, 1, 1_000),
  /** Resident memory of the process itself. */
  RSS_WARN_BYTES: whole(512 * MIB, 1),
});

/** Defaults that depend on other settings. */
const schema = settings.transform(({ MAX_TEMP_BYTES, ...given }) => ({
  ...given,
  MAX_TEMP_BYTES: MAX_TEMP_BYTES ?? given.MAX_RESUMABLE_UPLOAD_BYTES + given.MAX_OUTPUT_BYTES,
}));

/** All settings, by their environment names. */
export type Config = z.infer<typeof schema>;

/** Rules between settings: each holds or says what was expected. Numbers here are no secrets. */
function crossFieldProblems(config: Config): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, sentence: string) => {
    if (!holds) problems.push(sentence);
  };
  expect(
    config.HEARTBEAT_MS * 2 < config.VISIBILITY_TIMEOUT_MS,
    `HEARTBEAT_MS: expected less than half of VISIBILITY_TIMEOUT_MS (${config.VISIBILITY_TIMEOUT_MS}), got ${config.HEARTBEAT_MS}`,
  );
  expect(
    config.HEARTBEAT_MS * 2 < config.LEASE_MS,
    `HEARTBEAT_MS: expected less than half of LEASE_MS (${config.LEASE_MS}), got ${config.HEARTBEAT_MS}`,
  );
  expect(
    config.LEASE_MS < config.VISIBILITY_TIMEOUT_MS,
    `LEASE_MS: expected less than VISIBILITY_TIMEOUT_MS (${config.VISIBILITY_TIMEOUT_MS}), got ${config.LEASE_MS}`,
  );
  expect(
    config.VISIBILITY_TIMEOUT_MS % 1000 === 0,
    `VISIBILITY_TIMEOUT_MS: expected whole seconds, as SQS counts them, got ${config.VISIBILITY_TIMEOUT_MS}`,
  );
  for (const name of ['FREE_DISK', 'FREE_MEMORY'] as const) {
    const [warn, refuse] = [config[`${name}_WARN_BYTES`], config[`${name}_REFUSE_BYTES`]];
    expect(
      refuse <= warn,
      `${name}_REFUSE_BYTES: expected at most ${name}_WARN_BYTES (${warn}), got ${refuse}`,
    );
  }
  expect(
    config.EVENT_LOOP_REFUSE_MS >= config.EVENT_LOOP_WARN_MS,
    `EVENT_LOOP_REFUSE_MS: expected at least EVENT_LOOP_WARN_MS (${config.EVENT_LOOP_WARN_MS}), got ${config.EVENT_LOOP_REFUSE_MS}`,
  );
  expect(
    config.MAX_RESUMABLE_UPLOAD_BYTES >= config.MAX_UPLOAD_BYTES,
    `MAX_RESUMABLE_UPLOAD_BYTES: expected at least MAX_UPLOAD_BYTES (${config.MAX_UPLOAD_BYTES}), got ${config.MAX_RESUMABLE_UPLOAD_BYTES}`,
  );
  if (config.AUTH !== 'off') {
    const given = { PUBLIC_URL: config.PUBLIC_URL, TOKEN_KEYS: config.TOKEN_KEYS };
    for (const [name, value] of Object.entries(given))
      expect(value !== undefined, `${name}: is not set, and AUTH (${config.AUTH}) needs it`);
    expect(
      [config.GOOGLE_CLIENT_ID, config.GITHUB_CLIENT_ID, config.OIDC_ISSUER].some((id) => id !== undefined),
      `GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, OIDC_ISSUER: expected one at least, for AUTH (${config.AUTH})`,
    );
    for (const name of ['PUBLIC_URL', 'OIDC_ISSUER', 'GITHUB_URL'] as const)
      expect(isSafe(config[name]), `${name}: expected https, or this machine by its loopback address`);
  }
  for (const [needs, given] of clientParts) {
    expect(
      config[given] === undefined || config[needs] !== undefined,
      `${needs}: is not set, and ${given} needs it`,
    );
  }
  expect(
    config.MAX_TEMP_BYTES > config.MAX_RESUMABLE_UPLOAD_BYTES,
    `MAX_TEMP_BYTES: expected more than MAX_RESUMABLE_UPLOAD_BYTES (${config.MAX_RESUMABLE_UPLOAD_BYTES}), got ${config.MAX_TEMP_BYTES}`,
  );
  return problems;
}

/** What makes no sense without which. */
const clientParts = [
  ['GOOGLE_CLIENT_SECRET', 'GOOGLE_CLIENT_ID'],
  ['GITHUB_CLIENT_SECRET', 'GITHUB_CLIENT_ID'],
  ['OIDC_CLIENT_ID', 'OIDC_ISSUER'],
  ['OIDC_CLIENT_SECRET', 'OIDC_ISSUER'],
] as const;

/** Cookies and codes travel there: in the clear only within one machine. */
function isSafe(url: string | undefined): boolean {
  if (url === undefined) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** Thrown at start; its message lists every problem, one a line, and no value of a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings. Empty strings count as unset.
 * @throws ConfigError with every problem at once.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => {
        const setting = issue.path.join('.');
        return setting in given ? `${setting}: expected ${issue.message}` : `${setting}: is not set`;
      }),
    );
  }
  const problems = crossFieldProblems(parsed.data);
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

/** The settings without secrets, of which only is said whether they are set. */
export function shownSettings(config: Config): Record<string, string | number | boolean> {
  const shown: Record<string, string | number | boolean> = {};
  for (const [name, setting] of Object.entries(settings.shape)) {
    const value = config[name as keyof Config];
    if (value === undefined) continue;
    if (setting.meta()?.secret === true) shown[name] = '(set)';
    else if (typeof value === 'object')
      shown[name] = Object.entries(value)
        .map((pair) => pair.join('='))
        .join(',');
    else shown[name] = typeof value === 'string' ? value.replace(/^(\w+:\/\/)[^/@]*@/, '$1') : value;
  }
  return shown;
}

/** Which environment the endpoints point at; shown by `/api/health`. */
export function environmentOf(config: Pick<Config, 'AWS_ENDPOINT_URL'>): 'embedded' | 'compose' | 'aws' {
  if (config.AWS_ENDPOINT_URL === undefined) return 'aws';
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(config.AWS_ENDPOINT_URL).hostname)
    ? 'embedded'
    : 'compose';
}

/** Whether browsers send the parts of an upload straight to S3, or through the API. */
export function uploadModeOf(config: Pick<Config, 'S3_BROWSER_ACCESS'>): UploadMode {
  return config.S3_BROWSER_ACCESS ? 'direct' : 'proxy';
}
