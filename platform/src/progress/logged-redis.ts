/** A Redis client that tells the log of each command: which, on what keys, how long, with what outcome. No values. */
import { type Command, Redis, type RedisOptions } from 'ioredis';
import { type Log, msSince } from '../log/log.ts';

/** What they talk about stands in their arguments, which are no keys. */
const CHANNELS = new Set(['publish', 'subscribe', 'unsubscribe']);

type Options = Omit<RedisOptions, 'replyMapping'>;

export class LoggedRedis extends Redis {
  readonly #client: 'cache' | 'subscriber';
  readonly #log: Log;
  /** A command that waited for the connection is sent twice. */
  readonly #seen = new WeakSet<Command>();

  constructor(client: 'cache' | 'subscriber', url: string, options: Options, log: Log) {
    super(url, options);
    this.#client = client;
    this.#log = log;
    const tell = (status: string) => () => log.say('redis.connection', { client, status });
    this.on('connect', tell('connected'))
      .on('ready', tell('ready'))
      .on('close', tell('closed'))
      .on('reconnecting', tell('reconnecting'))
      .on('end', tell('given up'));
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
