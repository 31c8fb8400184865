/** Settings for tests that need some, and call nothing of what these name. */

const queue = 'http://127.0.0.1:1/000000000000/q';

/** Every setting that has no default, and nothing else: a new one is added here, and nowhere where tests want "any". */
export const requiredSettings = {
  S3_BUCKET: 'audio',
  JOBS_TABLE: 'jobs',
  PROGRESS_TABLE: 'progress',
  UPLOADS_TABLE: 'uploads',
  ACCOUNTS_TABLE: 'accounts',
  JOBS_QUEUE_URL: queue,
  JOBS_DLQ_URL: queue,
  DROPS_QUEUE_URL: queue,
  DROPS_DLQ_URL: queue,
  WEBHOOKS_TABLE: 'webhooks',
  NOTICES_QUEUE_URL: queue,
  NOTICES_DLQ_URL: queue,
  EVENT_BUS: 'bus',
};
