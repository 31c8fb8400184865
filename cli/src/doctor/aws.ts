/** What all AWS services have in common: credentials, a way to the endpoint, and a clock that agrees. */
import http from 'node:http';
import https from 'node:https';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';

/** AWS refuses requests that are signed 5 min (S3: 15) off; long before that something is wrong with the clock. */
const WORRYING_SKEW_MS = 60_000;

/** Before any service is asked. */
export function awsChecks({ config, aws }: World): Check[] {
  const endpoint = config.AWS_ENDPOINT_URL;
  const credentials: Check = {
    what: 'AWS credentials: found',
    thing: 'credentials',
    async run() {
      const { sessionToken, expiration } = await aws.s3.config.credentials();
      if (expiration !== undefined) return `temporary, until ${expiration.toISOString()}`;
      return sessionToken === undefined ? 'long-lived keys' : 'temporary keys';
    },
  };
  if (endpoint === undefined) return [credentials];
  return [
    credentials,
    {
      what: `AWS endpoint ${endpoint}: answers`,
      thing: 'endpoint',
      async run(signal) {
        await answers(endpoint, signal);
        return [];
      },
    },
  ];
}

/** Any HTTP answer will do. Not `fetch`, which refuses some ports that the SDK does not mind. */
async function answers(url: string, signal: AbortSignal): Promise<void> {
  const { get } = url.startsWith('https:') ? https : http;
  await new Promise<void>((resolve, reject) => {
    get(url, { signal, agent: false }, (answer) => {
      answer.resume().once('close', resolve);
    }).once('error', reject);
  });
}

/** After the services have been asked: their answers carry the time. Empty when none answered. */
export function clockChecks({ clockSkews }: World): Check[] {
  const [first, ...rest] = clockSkews;
  if (first === undefined) return [];
  // The Date header counts whole seconds and ages on the way: the smallest difference is the nearest to the truth.
  const skew = rest.reduce((best, next) => (Math.abs(next) < Math.abs(best) ? next : best), first);
  return [
    {
      what: "AWS clock: agrees with this machine's",
      thing: 'clock',
      run: async () => clockRemarks(skew),
    },
  ];
}

function clockRemarks(skewMs: number): Remark[] {
  if (Math.abs(skewMs) <= WORRYING_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    {
      status: 'warn',
      problem: `this machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}`,
      fix: 'Set it (NTP): AWS refuses requests that are signed more than 5 minutes off, and presigned URLs end at the wrong time.',
    },
  ];
}
