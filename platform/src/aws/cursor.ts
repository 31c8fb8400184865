/** Places in lists, as callers carry them from one page to the next: where DynamoDB's query stood, in base64url. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { z } from 'zod';

/** Null at the end of a list. */
export function encodeCursor(place: object | undefined): string | null {
  return place === undefined ? null : Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws Failure INVALID_CURSOR for what is no place of that form. */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new Failure('INVALID_CURSOR', { cause });
  }
}
