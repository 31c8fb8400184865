/** One log line per AWS call: what was called on what, how long it took, how it ended, and what to do about it. */
import type { MiddlewareStack } from '@smithy/types';
import { z } from 'zod';
import { withoutSecrets } from '../log/error-text.ts';
import { type Log, msSince } from '../log/log.ts';
import type { FieldsOf } from '../log/table.ts';
import { explain } from '../trouble/explain.ts';
import type { Kind } from '../trouble/fixes.ts';
import type { Subject } from '../trouble/subject.ts';
import { type Where, whereIs } from '../trouble/where.ts';
import { isCallersFault, isOpenBreaker } from './breaker.ts';
import { type AwsService, callFacts, subjectOf } from './call-facts.ts';
import type { AwsSettings } from './settings.ts';

const metadataSchema = z
  .object({ attempts: z.number(), requestId: z.string(), httpStatusCode: z.number() })
  .partial();
/** What a batch may say of its entries although the call itself went well. */
const partlyRefused = z.union([
  z.object({ FailedEntryCount: z.number().positive() }).transform((answer) => answer.FailedEntryCount),
  z.object({ Errors: z.array(z.unknown()).min(1) }).transform((answer) => answer.Errors.length),
  z.object({ Failed: z.array(z.unknown()).min(1) }).transform((answer) => answer.Failed.length),
]);
const failed = z.object({ $metadata: z.unknown() });
const named = z.object({ name: z.string() });

const names: Readonly<Record<AwsService, Parameters<typeof whereIs>[1]>> = {
  s3: 'S3',
  sqs: 'SQS',
  dynamodb: 'DynamoDB',
  eventbridge: 'EventBridge',
};

/** Puts the log into a client made by `clients.ts`. Which line a call gets is decided in `sayFailure` alone. */
export function logCalls(
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's own MiddlewareStack type is invariant in its generics
  stack: MiddlewareStack<any, any>,
  aws: AwsService,
  settings: AwsSettings,
  log: Log,
): void {
  const where = whereIs(settings, names[aws]);
  // The SDK's own, in whose place ours is: for a logger that says nothing it would still copy input and output of each
  // call, without what is sensitive, which took a sixth of the time of a call.
  stack.remove('loggerMiddleware');
  stack.add(
    // biome-ignore lint/suspicious/noExplicitAny: handler types are per command; the middleware passes them through
    (next: any, context: { commandName?: string }) => async (args: any) => {
      const startedAtMs = performance.now();
      const command = context.commandName ?? '';
      const facts = (metadata: unknown) => ({
        aws,
        operation: command.replace(/Command$/, ''),
        ...callFacts(args.input),
        ms: msSince(startedAtMs),
        ...answerFacts(metadata),
      });
      try {
        const result = await next(args);
        if (log.hears('debug')) {
          const refusedEntries = partlyRefused.safeParse(result.output).data;
          log.say('aws.call', { ...facts(result.output?.$metadata), refusedEntries });
        }
        return result;
      } catch (error) {
        const subject = subjectOf(settings, command, args.input);
        sayFailure(log, facts(failed.safeParse(error).data?.$metadata), error, { where, subject });
        throw error;
      }
    },
    { step: 'initialize', name: 'callLog', priority: 'high', override: true },
  );
}

function answerFacts(metadata: unknown) {
  const { attempts, requestId, httpStatusCode } = metadataSchema.safeParse(metadata).data ?? {};
  return { attempts, status: httpStatusCode, awsRequestId: requestId };
}

/** Kinds of trouble that nothing but another setup ends. */
const misconfigured: ReadonlySet<Kind> = new Set(['denied', 'credentials', 'missing', 'region']);

function sayFailure(
  log: Log,
  facts: FieldsOf<'aws.call'>,
  error: unknown,
  about: { readonly where: Where; readonly subject: Subject | undefined },
): void {
  const { kind, problem, fix } = explain(error, about.where, about.subject);
  const { name: code = 'unknown' } = named.safeParse(error).data ?? {};
  const line = { ...facts, code, reason: withoutSecrets(problem) };
  if (misconfigured.has(kind)) log.say('aws.misconfigured', { ...line, fix });
  // The breaker has said why already, and says when it is over.
  else if (isOpenBreaker(error) || isCallersFault(error)) log.say('aws.declined', line);
  else log.say('aws.failed', { ...line, fix });
}
