/** Telling AWS errors apart by name, as the SDK throws them. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** A DynamoDB condition did not hold. */
export function isConditionFailed(error: unknown): boolean {
  return nameOf(error) === 'ConditionalCheckFailedException';
}

/** The answer to a conditional write; undefined where its condition did not hold. @throws every other error. */
export async function unlessRefused<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  return await write.catch((error: unknown) => {
    if (isConditionFailed(error)) return undefined;
    throw error;
  });
}

/**
 * DynamoDB, or what turns our values into its own, does not take what was to be written. Nothing but other values helps.
 * The marshaller throws plain errors, before anything is sent.
 */
export function isUnwritable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ValidationException' || error.name === 'SerializationException') return true;
  const isPlain = error.name === 'Error' || error.name === 'TypeError' || error.name === 'RangeError';
  return isPlain && !('$metadata' in error) && !('code' in error);
}

/** The object is not there. HEAD answers `NotFound`, GET answers `NoSuchKey`. */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error));
}

/** The multipart upload is not there: joined, aborted or never begun. */
export function isMissingUpload(error: unknown): boolean {
  return nameOf(error) === 'NoSuchUpload';
}

/** A part was replaced while its upload was being joined, so that its ETag is no longer the listed one. */
export function isInvalidPart(error: unknown): boolean {
  return nameOf(error) === 'InvalidPart';
}

/** `If-Match` or `If-None-Match` did not hold: the object was replaced. */
export function isPreconditionFailed(error: unknown): boolean {
  return nameOf(error) === 'PreconditionFailed' || httpStatusOf(error) === 412;
}

/** Another write of the object got in between while the conditions of this one were looked at. */
export function isWriteConflict(error: unknown): boolean {
  return nameOf(error) === 'ConditionalRequestConflict' || httpStatusOf(error) === 409;
}

/** The asked range lies outside the object. */
export function isInvalidRange(error: unknown): boolean {
  return nameOf(error) === 'InvalidRange' || httpStatusOf(error) === 416;
}

function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
