/** The API process. The only file of this room that reads `process`. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, ConfigError, environmentOf, loadConfig } from '@wavefleet/platform/config.ts';
import { type Log, makeLog, msSince } from '@wavefleet/platform/log/log.ts';
import { makePlatform } from '@wavefleet/platform/platform.ts';
import { gaugeOf } from '@wavefleet/platform/resources/meter.ts';
import { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { startSweeper } from '@wavefleet/platform/upkeep/sweeper.ts';
import manifest from '../package.json' with { type: 'json' };
import { makeApp } from './app.ts';
import { startErasures } from './erasure/carry-on.ts';
import { nowAndThen } from './http/now-and-then.ts';
import { startLoadPublisher } from './load/load-publisher.ts';
import { loadWebPage } from './page/web-page.ts';
import { type ServerLimits, startServer } from './server/server.ts';

/** Where `npm run build:web` puts the page. */
const BUILT_PAGE = join(import.meta.dirname, '..', '..', 'web', 'dist');

function serverLimits(config: Config, log: Log): ServerLimits {
  const {
    MAX_CONNECTIONS: maxConnections,
    HEADERS_TIMEOUT_MS: headersMs,
    REQUEST_TIMEOUT_MS: requestMs,
  } = config;
  const onDropped = nowAndThen(() => log.say('connections.dropped', { limit: maxConnections }));
  return { maxConnections, headersMs, requestMs, trustedProxies: config.TRUSTED_PROXIES, onDropped };
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = makeLog('api', config.LOG_LEVEL, config.INSTANCE_NAME);
  const releasers = new Releasers();
  const platform = makePlatform(config, log);
  releasers.add(() => platform.close());
  releasers.add(() => platform.dispatches.settle());

  /** Told to stop, and still at work; the wait before the end is over; event streams end. */
  const [leaving, waited, closing] = [new AbortController(), new AbortController(), new AbortController()];
  const webPage = await loadWebPage(config.WEB_DIR ?? BUILT_PAGE);
  const resources = new ResourceMonitor(platform, {
    service: 'api',
    gauge: gaugeOf(process),
    work: () => ({ jobIds: [], slots: 0 }),
  });
  await resources.start();
  releasers.add(() => resources.stop());
  releasers.add(startSweeper(platform));
  releasers.add(startLoadPublisher(platform));
  releasers.add(startErasures(platform));
  const app = makeApp({
    platform,
    resources,
    version: manifest.version,
    webPage,
    leaving: leaving.signal,
    closing: closing.signal,
  });
  // Else who watched a job across a restart would for a moment see the percent of the table behind Redis, which is older.
  await platform.redis?.known;
  const server = await startServer(app, { host: config.HOST, port: config.PORT }, serverLimits(config, log));
  releasers.add(() => server.close(config.API_CLOSE_DEADLINE_MS));
  releasers.add(() => closing.abort());

  const stop = (cause: string, delayMs: number) => {
    // Whoever asks twice does not want to wait.
    if (leaving.signal.aborted) return waited.abort();
    const toldAtMs = performance.now();
    log.say('api.closing', { cause, delayMs });
    leaving.abort();
    server.leave();
    const close = async () => {
      await sleep(delayMs, undefined, { signal: waited.signal }).catch(() => undefined);
      await releasers.run();
    };
    void close().then(
      () => {
        log.say('api.closed', { ms: msSince(toldAtMs) });
        process.exit(0);
      },
      (error: unknown) => {
        log.say('api.close-failed', { err: error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM', config.API_CLOSE_DELAY_MS));
  process.on('SIGINT', () => stop('SIGINT', 0));
  // Started by a parent: without it nobody would ever stop us.
  process.on('disconnect', () => stop('parent is gone', 0));

  log.say('api.listening', {
    host: config.HOST,
    port: server.port,
    version: manifest.version,
    environment: environmentOf(config),
  });
  process.send?.({ listening: server.port });
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exit(1);
});
