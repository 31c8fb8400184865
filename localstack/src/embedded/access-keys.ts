/** The keys of the embedded AWS. Made anew at every start, so that only who may read DATA_DIR can ask it anything. */
import { randomBytes } from 'node:crypto';

/** As an AWS SDK takes them for `credentials`. */
export interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function randomKeys(): AccessKeys {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    // As long as those of AWS.
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}
