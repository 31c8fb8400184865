/** A Redis client that tells the log of each command: which, on what keys, how long, with what outcome. No values. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Redis, type RedisOptions } from 'ioredis';
import { backoffMs } from '../backoff.ts';
import { type Log, msSince } from '../log/log.ts';
import type { RedisSignIn } from './redis-sign-in.ts';

/** What they talk about stands in their arguments, which are no keys. */
const CHANNELS = new Set(['publish', 'subscribe', 'unsubscribe']);

type Options = Omit<RedisOptions, 'replyMapping'>;

/** How long it waits before it asks for credentials again that could not be had. */
const NO_CREDENTIALS = { firstMs: 500, maxMs: 10_000 };

export class LoggedRedis extends Redis {
  readonly #client: 'cache' | 'subscriber';
  readonly #log: Log;
  /** A command that waited for the connection is sent twice. */
  readonly #seen = new WeakSet<Command>();
  readonly #signIn: RedisSignIn | undefined;
  #isDone = false;

  /** Connects at once. @param target.signIn asked before each connection. Default: what stands in the URL. */
  constructor(
    client: 'cache' | 'subscriber',
    { url, signIn }: { readonly url: string; readonly signIn?: RedisSignIn | undefined },
    options: Options,
    log: Log,
  ) {
    // The parent's constructor would connect before there is anything of ours.
    super(url, { ...options, ...(signIn && { username: signIn.username }), lazyConnect: true });
    this.#client = client;
    this.#log = log;
    this.#signIn = signIn;
    const tell = (status: string) => () => log.say('redis.connection', { client, status });
    this.on('connect', tell('connected'))
      .on('ready', tell('ready'))
      .on('close', tell('closed'))
      .on('reconnecting', tell('reconnecting'))
      .on('end', tell('given up'));
    this.connect().catch(() => undefined);
  }

  /** The client calls it for every connection, again and again. */
  override async connect(): Promise<void> {
    if (this.#signIn !== undefined) this.options.password = await this.#passwordOf(this.#signIn);
    await super.connect();
  }

  /** @param reconnect false: for good. */
  override disconnect(reconnect = false): void {
    if (!reconnect) this.#isDone = true;
    super.disconnect(reconnect);
  }

  async #passwordOf({ password }: RedisSignIn): Promise<string> {
    for (let times = 1; ; times += 1) {
      const found = await password().catch((error: unknown) => {
        this.silentEmit('error', error);
        return undefined;
      });
      if (this.#isDone) throw new Error('it was closed meanwhile');
      if (found !== undefined) return found;
      await sleep(backoffMs(times, NO_CREDENTIALS), undefined, { ref: false });
    }
  }

  override sendCommand(...sent: Parameters<Redis['sendCommand']>): unknown {
    const [command] = sent;
    if (this.#log.hears('debug') && !this.#seen.has(command)) this.#watch(command);
    return super.sendCommand(...sent);
  }

  #watch(command: Command): void {
    this.#seen.add(command);
    const startedAtMs = performance.now();
    const tell = (outcome: string) =>
      this.#log.say('redis.call', {
        client: this.#client,
        operation: command.name,
        keys: keysOf(command),
        ms: msSince(startedAtMs),
        outcome,
      });
    command.promise.then(
      () => tell('ok'),
      (error: unknown) => tell(error instanceof Error ? error.message.slice(0, 200) : 'unknown'),
    );
  }
}

function keysOf(command: Command): string[] {
  if (!CHANNELS.has(command.name)) return command.getKeys().map(String);
  const channels = command.name === 'publish' ? command.args.slice(0, 1) : command.args;
  return channels.map(String);
}
