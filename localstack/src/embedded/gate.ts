/**
 * Who may ask the embedded AWS: programs that have its keys, and the page by URLs that were signed with them. A browser
 * goes everywhere, so names and origins are looked at as well: another name for this machine is how a foreign page
 * would have a browser ask it as its own (DNS rebinding), and an Origin is where a script came from.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessKeys } from './access-keys.ts';
import { AwsJsonError, sendJson } from './json-protocol.ts';
import { S3Fault, sendFault } from './s3/answers.ts';
import type { S3Router } from './s3/router.ts';
import { checkSignature, SignatureFault, sha256Hex } from './signature.ts';

const MOST_SIGNED_BYTES = 16 * 1024 ** 2;

export class Gate {
  readonly #keys: AccessKeys;
  readonly #s3: Pick<S3Router, 'welcomes'>;
  /** Where the stack listens. */
  readonly #host: string;

  constructor(keys: AccessKeys, s3: Pick<S3Router, 'welcomes'>, host: string) {
    this.#keys = keys;
    this.#s3 = s3;
    this.#host = host;
  }

  /** Answers what may not pass, and what a browser asks beforehand. False: it is answered. */
  async admits(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    try {
      if (!this.#isOurs(req.headers.host))
        throw new S3Fault('AccessDenied', 'This name is not one of this machine.', 403);
      const isWelcome = this.#s3.welcomes(req, res);
      if (!isWelcome) throw new S3Fault('AccessForbidden', 'CORSResponse: no rule allows this origin.', 403);
      if (req.method === 'OPTIONS') {
        res.writeHead(204).end();
        return false;
      }
      await this.#checkSignature(req);
      return true;
    } catch (error) {
      if (!res.destroyed) refuse(req, res, error);
      return false;
    }
  }

  #isOurs(header: string | undefined): boolean {
    const name = (header ?? '').replace(/:\d+$/, '').toLowerCase();
    return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(name) || name === this.#host;
  }

  async #checkSignature(req: IncomingMessage): Promise<void> {
    const { method = 'GET', url = '/', headers } = req;
    // The JSON services' bodies say what is to be done: what was signed is what came.
    const isJson = headers['x-amz-target'] !== undefined;
    const body = isJson ? sha256Hex(await peek(req)) : undefined;
    const declared = headers['x-amz-content-sha256'];
    if (body !== undefined && declared !== undefined && declared !== body)
      throw new SignatureFault('SignatureDoesNotMatch', 'The body is not the one that was signed.');
    const bodyHash = async () => body ?? sha256Hex(await peek(req));
    await checkSignature({ method, url, headers }, this.#keys, bodyHash);
  }
}

/** The whole body, which whoever comes next reads again. */
async function peek(req: IncomingMessage): Promise<Buffer> {
  const length = Number(req.headers['content-length'] ?? 0);
  if (!(length <= MOST_SIGNED_BYTES))
    throw new AwsJsonError('RequestEntityTooLargeException', 'The request is too large.');
  const chunks: Buffer[] = [];
  for (let size = 0; size < length; ) {
    const chunk: Buffer | null = req.read();
    if (chunk === null) await once(req, 'readable');
    else size += chunks.push(chunk) && chunk.length;
  }
  const body = Buffer.concat(chunks);
  if (body.length > 0) req.unshift(body);
  return body;
}

function refuse(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  req.resume();
  const fault = error instanceof SignatureFault ? new S3Fault(error.code, error.message, 403) : error;
  if (req.headers['x-amz-target'] !== undefined && fault instanceof S3Fault)
    sendJson(res, '1.0', { __type: jsonNames[fault.code] ?? fault.code, message: fault.message }, 403);
  else sendFault(req, res, fault);
}

/** What the JSON services call the same. */
const jsonNames: Readonly<Record<string, string>> = {
  AccessDenied: 'MissingAuthenticationTokenException',
  InvalidAccessKeyId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  RequestTimeTooSkewed: 'InvalidSignatureException',
  AuthorizationHeaderMalformed: 'IncompleteSignatureException',
};
