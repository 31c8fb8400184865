/** One log line per AWS call: what was called on what, how long it took, how it ended. */
import type { MiddlewareStack } from '@smithy/types';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { isCallersFault } from './breaker.ts';

/** The parameters that name the thing called upon. Bodies, attributes and signed URLs never appear. */
const named = z
  .object({
    Bucket: z.string(),
    Key: z.string(),
    TableName: z.string(),
    QueueUrl: z.string(),
    PartNumber: z.number(),
  })
  .partial();
const metadata = z.object({ attempts: z.number().optional(), requestId: z.string().optional() });

/**
 * Calls that end well or by the caller's fault are logged at `debug`, the others at `warn`.
 * @param service short name for the line, e.g. `s3`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the SDK's own MiddlewareStack type is invariant in its generics
export function logCalls(stack: MiddlewareStack<any, any>, service: string, log: Log): void {
  stack.add(
    // biome-ignore lint/suspicious/noExplicitAny: handler types are per command; the middleware passes them through
    (next: any, context: { commandName?: string }) => async (args: any) => {
      const startedAt = performance.now();
      const line = (outcome: string, meta: unknown) => ({
        service,
        operation: context.commandName?.replace(/Command$/, ''),
        ...named.safeParse(args.input).data,
        ms: Math.round(performance.now() - startedAt),
        ...metadata.safeParse(meta).data,
        outcome,
      });
      try {
        const result = await next(args);
        if (log.isLevelEnabled('debug')) log.debug(line('ok', result.output?.$metadata), 'aws call');
        return result;
      } catch (error) {
        const outcome = error instanceof Error ? error.name : 'unknown';
        const meta =
          typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : {};
        log[isCallersFault(error) ? 'debug' : 'warn'](line(outcome, meta), 'aws call failed');
        throw error;
      }
    },
    { step: 'initialize', name: 'callLog', priority: 'high', override: true },
  );
}
