/** How the findings read: a line a check, below it what is wrong and what to do, and one line at the end. */
import type { Config } from '@wavefleet/platform/config.ts';
import type { Finding } from './check.ts';

const STATUS_WIDTH = 4;
const MS_WIDTH = 6;

export function linesOf({ status, what, ms, remarks }: Finding): string[] {
  const below = remarks.flatMap(({ problem, fix }) => [`      ${problem}`, `      fix: ${fix}`]);
  return [`${status.padEnd(STATUS_WIDTH)} ${String(ms).padStart(MS_WIDTH)} ms  ${what}`, ...below];
}

export function summaryOf(findings: readonly Finding[], leftOut: number): string {
  const count = (wanted: Finding['status']) => findings.filter(({ status }) => status === wanted).length;
  const warnings = count('warn');
  const counts = `${count('ok')} ok, ${warnings} warning${warnings === 1 ? '' : 's'}, ${count('FAIL')} failed`;
  return `connectivity: ${counts}${leftOut === 0 ? '' : `, ${leftOut} not run`}`;
}

/** Shorter ones, such as an emulator's `test`, are words of the language as well. */
const SHORTEST_SECRET = 6;

/** The second line of defence: no message here should hold a secret, and services sometimes quote one. */
export function hideSecrets(line: string, config: Config): string {
  const passwords = [config.REDIS_URL, config.SMTP_URL].flatMap((url) => {
    const password = url === undefined ? '' : new URL(url).password;
    return [password, decoded(password)];
  });
  const secrets = [config.AWS_SECRET_ACCESS_KEY, config.AWS_SESSION_TOKEN, ...passwords].filter(
    (secret) => secret !== undefined && secret.length >= SHORTEST_SECRET,
  );
  return secrets.reduce<string>((text, secret) => text.replaceAll(secret ?? '', '(hidden)'), line);
}

/** What is no percent-encoding stays: mail servers' passwords may hold a bare `%`. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
