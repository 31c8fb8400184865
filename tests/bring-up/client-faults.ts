/** Makes chosen calls of one SDK client fail, as a service and the way to it do. */
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';

/**
 * What becomes of one call: `refuse` it, do it and `lose` the answer at once or after some time (of a function: that
 * begins when the service has done it), let it pass after something else, or at once.
 */
export type CallFate =
  | 'refuse'
  | 'lose'
  | { readonly loseAfter: Promise<void> | (() => Promise<void>) }
  | { readonly passAfter: () => Promise<unknown> }
  | undefined;

/** Any client of the SDK. */
interface Client {
  readonly middlewareStack: Pick<S3Client['middlewareStack'], 'identify'> & {
    // biome-ignore lint/suspicious/noExplicitAny: handler types are per client
    addRelativeTo(middleware: any, options: any): void;
  };
}

/**
 * From now on `decide` is asked before every try of every call.
 * @param decide gets the command's name, e.g. `PutObjectCommand`, and its input.
 */
export function disturb(client: Client, decide: (command: string, input: unknown) => CallFate): void {
  // biome-ignore lint/suspicious/noExplicitAny: handler types are per command; they are passed through
  const middleware = (next: any, context: { commandName?: string }) => {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return async (args: any) => {
      const fate = decide(context.commandName ?? '', args.input);
      if (fate === 'refuse') throw outage();
      const isPassed = fate === undefined || (typeof fate === 'object' && 'passAfter' in fate);
      if (isPassed) await fate?.passAfter();
      const answer = await next(args);
      if (isPassed) return answer;
      if (fate !== 'lose') await (typeof fate.loseAfter === 'function' ? fate.loseAfter() : fate.loseAfter);
      throw outage();
    };
  };
  client.middlewareStack.addRelativeTo(middleware, {
    name: 'faults',
    relation: 'after',
    toMiddleware: client.middlewareStack.identify().some((name) => name.startsWith('circuitBreaker'))
      ? 'circuitBreaker'
      : 'retryMiddleware',
    override: true,
  });
}

/**
 * Loses the answer to the next write that fits: the table has it, and the SDK, which does not know, sends it again.
 * @param part of the command's name or its expressions, e.g. `#state = :complete`.
 * @param meanwhile happens between the two.
 * @returns whether it was lost yet.
 */
export function loseAnswerOf(
  client: Client,
  part: string,
  meanwhile: () => Promise<void> = async () => {},
): () => boolean {
  let isLost = false;
  disturb(client, (command, input) => {
    if (isLost || !`${command} ${expressionsOf(input)}`.includes(part)) return undefined;
    isLost = true;
    return { loseAfter: meanwhile };
  });
  return () => isLost;
}

const writeSchema = z.object({
  UpdateExpression: z.string().default(''),
  ConditionExpression: z.string().default(''),
});

function expressionsOf(input: unknown): string {
  const { UpdateExpression, ConditionExpression } = writeSchema.parse(input);
  return `${UpdateExpression} ${ConditionExpression}`;
}

function outage(): Error {
  return Object.assign(new Error('no answer'), {
    name: 'ServiceUnavailable',
    $fault: 'server',
    $metadata: { httpStatusCode: 503 },
  });
}
