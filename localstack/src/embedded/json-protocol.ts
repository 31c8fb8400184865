/** The AWS JSON protocol as far as our own handlers speak it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** An error in the shape that the SDKs turn into a named exception. */
export class AwsJsonError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Whole body of a request that is small by its nature. */
export async function readBody(req: IncomingMessage, limitBytes = 16 * 1024 ** 2): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > limitBytes)
      throw new AwsJsonError('RequestEntityTooLargeException', 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function sendJson(res: ServerResponse, version: '1.0' | '1.1', body: object, status = 200): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': `application/x-amz-json-${version}`,
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': crypto.randomUUID(),
  });
  res.end(text);
}

export function sendJsonError(res: ServerResponse, version: '1.0' | '1.1', error: unknown): void {
  const known = error instanceof AwsJsonError;
  const message = error instanceof Error ? error.message : String(error);
  const type = known ? error.type : 'InternalFailure';
  sendJson(res, version, { __type: type, message }, known ? 400 : 500);
}
