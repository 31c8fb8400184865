/** What a call was about, in the words that a policy or a setting would need. */

export interface Subject {
  /** As IAM calls it, e.g. `s3:PutObject`; for Redis the commands. */
  readonly action: string;
  /** The ARN, as a policy would say it. */
  readonly resource: string;
  /** The setting that names the thing, e.g. `S3_BUCKET`. */
  readonly setting: string;
  /** The thing's name or URL, as set. */
  readonly name: string;
}
