/** What can be told from any library's error: its names, its message, and the region S3 wanted. */
import { z } from 'zod';

export interface ErrorFacts {
  /** Names and codes, outermost first: an SDK error's name, a socket's code, Redis' first word, `HTTP 403`. */
  readonly names: readonly string[];
  /** First line of the innermost message, at most 200 characters. */
  readonly message: string;
  /** Where S3 says that the bucket lies. */
  readonly bucketRegion: string | undefined;
}

const shape = z
  .object({
    name: z.string(),
    code: z.union([z.string(), z.number()]),
    message: z.string(),
    cause: z.unknown(),
    errors: z.array(z.unknown()),
    Region: z.string(),
    $metadata: z.object({ httpStatusCode: z.number().optional() }),
    $response: z.object({ headers: z.record(z.string(), z.string()) }),
  })
  .partial();
type Shape = z.infer<typeof shape>;

const LONGEST_MESSAGE = 200;
const DEEPEST_CAUSE = 5;

export function factsOf(error: unknown): ErrorFacts {
  const layers = layersOf(error);
  const redisWord = layers.flatMap(({ name, message }) =>
    name === 'ReplyError' ? (/^[A-Z]+\b/.exec(message ?? '')?.[0] ?? []) : [],
  );
  const names = layers.flatMap(({ name, code, $metadata }) => [
    ...(name === undefined ? [] : [name.replace(/^AWS\.SimpleQueueService\./, '')]),
    ...(code === undefined ? [] : [String(code)]),
    ...($metadata?.httpStatusCode === undefined ? [] : [`HTTP ${$metadata.httpStatusCode}`]),
  ]);
  const message =
    layers.findLast((layer) => layer.message !== undefined && layer.message !== '')?.message ?? '';
  return {
    names: [...redisWord, ...names],
    message: (message.split('\n')[0] ?? '').slice(0, LONGEST_MESSAGE),
    bucketRegion: layers.map(regionOf).find((region) => region !== undefined),
  };
}

/** The error, its causes, and of several tries at once (IPv6 and IPv4) the first. */
function layersOf(error: unknown): Shape[] {
  const layers: Shape[] = [];
  let next: unknown = error;
  while (next !== undefined && next !== null && layers.length < DEEPEST_CAUSE) {
    const { data } = shape.safeParse(next);
    if (data === undefined) break;
    layers.push(data);
    next = data.cause ?? data.errors?.[0];
  }
  return layers;
}

function regionOf({ $response, Region, message }: Shape): string | undefined {
  return (
    $response?.headers['x-amz-bucket-region'] ?? Region ?? /expecting '([a-z0-9-]+)'/.exec(message ?? '')?.[1]
  );
}
