/** XML in and out of S3, and its errors. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

export class S3Fault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const noSuchKey = () => new S3Fault('NoSuchKey', 'The specified key does not exist.', 404);
export const noSuchUpload = () =>
  new S3Fault('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
export const notImplemented = (what: string) =>
  new S3Fault('NotImplemented', `The embedded S3 does not know ${what}.`, 501);
export const preconditionFailed = () =>
  new S3Fault('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

/** Contents of every `<tag>` element. Enough for the flat documents that S3's clients send. */
export function elements(xml: string, tag: string): string[] {
  const pattern = new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}>`, 'g');
  return [...xml.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Text of the first `<tag>`, or undefined. */
export function elementText(xml: string, tag: string): string | undefined {
  const [first] = elements(xml, tag);
  return first === undefined ? undefined : unescapeXml(first.trim());
}

export function sendXml(res: ServerResponse, xml: string, status = 200): void {
  const body = xml.startsWith('<?xml') ? xml : `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
  const headers = { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) };
  res.writeHead(status, headers).end(body);
}

/** Answers with the error; an answer already begun can only break off. */
export function sendFault(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  const fault = asFault(error);
  if (res.headersSent) {
    res.destroy();
    return;
  }
  if (req.method === 'HEAD' || fault.status === 304) {
    res.writeHead(fault.status).end();
    return;
  }
  const inner = `<Code>${fault.code}</Code><Message>${escapeXml(fault.message)}</Message>`;
  sendXml(res, `<Error>${inner}<RequestId>embedded</RequestId></Error>`, fault.status);
}

/** fauxqs' own errors. */
const foreign = z.object({ code: z.string(), statusCode: z.number(), message: z.string() });

function asFault(error: unknown): S3Fault {
  if (error instanceof S3Fault) return error;
  const { data } = foreign.safeParse(error);
  if (data !== undefined) return new S3Fault(data.code, data.message, data.statusCode);
  return new S3Fault('InternalError', error instanceof Error ? error.message : String(error), 500);
}
