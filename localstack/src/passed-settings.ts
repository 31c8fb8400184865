/** What `npm start` hands on of the settings in its environment, and which it decides itself. */
import { settingNames } from '@wavefleet/platform/config.ts';

/** Where things are and what processes are called: the fleet's own. Nothing of it is reached from other machines. */
const own: ReadonlySet<string> = new Set([
  ...['S3_BUCKET', 'JOBS_TABLE', 'PROGRESS_TABLE', 'UPLOADS_TABLE', 'ACCOUNTS_TABLE', 'WEBHOOKS_TABLE'],
  ...['JOBS_QUEUE_URL', 'JOBS_DLQ_URL', 'DROPS_QUEUE_URL', 'DROPS_DLQ_URL'],
  ...['NOTICES_QUEUE_URL', 'NOTICES_DLQ_URL', 'EVENT_BUS'],
  ...['AWS_REGION', 'AWS_ENDPOINT_URL', 'S3_PUBLIC_ENDPOINT_URL'],
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'ECS_AGENT_URI'],
  ...['REDIS_URL', 'REDIS_IAM_USER', 'REDIS_IAM_CACHE', 'HOST'],
  ...['INSTANCE_NAME', 'WORKER_ROLE', 'WORK_DIR', 'LIVENESS_FILE'],
]);
/** Its own too, but it reads it from its environment itself. */
const READ_HERE = 'PORT';

/** The settings that reach API and workers, in the order of `config.ts`. */
export const passedSettings: readonly string[] = settingNames.filter(
  (name) => !own.has(name) && name !== READ_HERE,
);

/** What was found in an environment. */
interface SettingsFromHere {
  readonly passed: Record<string, string>;
  /** Names of those that are set and do not count. */
  readonly ignored: readonly string[];
}

/** Empty strings count as unset, as API and workers have it. */
export function settingsFrom(env: Record<string, string | undefined>): SettingsFromHere {
  const passed: Record<string, string> = {};
  for (const name of passedSettings) {
    const value = env[name];
    if (value !== undefined && value !== '') passed[name] = value;
  }
  return { passed, ignored: [...own].filter((name) => (env[name] ?? '') !== '') };
}
