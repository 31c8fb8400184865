/**
 * The one table that says what each error means: its HTTP status, whether a retry can help, and the
 * plain sentence the user reads. Codes are stable: clients may switch on them. A code that belongs to
 * a job (`FAILED` jobs keep answering 200) still has a status, for the routes that refuse because of it.
 */

/**
 * How often a worker retries a job that failed with the code:
 * - `never`: nothing would change.
 * - `once`: it may be the file's fault; a second failure shows that it is.
 * - `thrice`: it is our fault, and may pass.
 * - `later`: a service or machine is in trouble, and the job is not to blame. Costs none of the job's retries; goes on until the
 *   trouble has lasted TROUBLE_DEADLINE_MS.
 */
type Again = 'never' | 'once' | 'thrice' | 'later';

interface ErrorCodeEntry {
  readonly status: number;
  /** Whether the same request or job, unchanged, can succeed later. */
  readonly retryable: boolean;
  readonly again: Again;
  /** What happened and what the user can do, in one or two sentences. */
  readonly sentence: string;
}

const entry = (status: number, again: Again, sentence: string): ErrorCodeEntry => ({
  status,
  retryable: again !== 'never',
  again,
  sentence,
});

export const errorCodes = {
  // Requests
  VALIDATION_ERROR: entry(400, 'never', 'The request is not valid. See detail for the fields to correct.'),
  INVALID_JSON: entry(400, 'never', 'The body is not valid JSON. Send one JSON object in UTF-8.'),
  INVALID_ID: entry(
    400,
    'never',
    'The id is not valid. Send it exactly as this API returned it: letters, digits and dashes.',
  ),
  INVALID_CURSOR: entry(
    400,
    'never',
    'The cursor is not valid. Use nextCursor from the previous page unchanged.',
  ),
  INVALID_IDEMPOTENCY_KEY: entry(
    400,
    'never',
    'The Idempotency-Key is not valid. Use 1 to 255 printable ASCII characters.',
  ),
  JOB_NOT_FOUND: entry(404, 'never', 'There is no such job.'),
  UPLOAD_NOT_FOUND: entry(404, 'never', 'There is no such upload. Upload the file first and use its fileId.'),
  WEBHOOK_NOT_FOUND: entry(404, 'never', 'There is no such webhook.'),
  PRESET_NOT_FOUND: entry(404, 'never', 'You have no preset with that name.'),
  DELIVERY_NOT_FOUND: entry(
    404,
    'never',
    'The webhook has no such delivery. Deliveries are kept for 30 days.',
  ),
  SHARE_NOT_FOUND: entry(404, 'never', 'The job has no such link. It may have been revoked already.'),
  NOT_FOUND: entry(
    404,
    'never',
    'There is nothing at this address. See /api/openapi.json for the addresses there are.',
  ),
  UNAUTHENTICATED: entry(
    401,
    'never',
    'This request must say who you are. Send an API key (Authorization: Bearer), or open the page in a browser.',
  ),
  INVALID_TOKEN: entry(401, 'never', 'The key is not valid or has been revoked. Use another key, or none.'),
  TOKEN_EXPIRED: entry(401, 'never', 'The key has expired. Make a new one.'),
  OAUTH_STATE_INVALID: entry(
    400,
    'never',
    'This sign-in was not started here, is too old, or has already been completed. Start again from the page.',
  ),
  SIGN_IN_FAILED: entry(
    400,
    'never',
    'The provider did not confirm who you are. Start again from the page, or choose another provider.',
  ),
  INSUFFICIENT_SCOPE: entry(
    403,
    'never',
    'The key may not do this. Use one that has every scope that this takes. See detail.scope.',
  ),
  KEY_NOT_FOUND: entry(404, 'never', 'There is no such key.'),
  KEYS_LIMIT: entry(409, 'never', 'You have the maximum number of keys. Revoke one first.'),
  CSRF_REJECTED: entry(
    403,
    'never',
    'The request came from another site. Open this service in its own tab and try again.',
  ),
  HOST_NOT_ALLOWED: entry(
    403,
    'never',
    'This service does not answer to that host name. Use its address, or ask its operator to add the name to ALLOWED_HOSTS.',
  ),
  METHOD_NOT_ALLOWED: entry(
    405,
    'never',
    'This address does not accept that method. See detail.methods for those that it does.',
  ),
  JOB_NOT_READY: entry(409, 'later', 'The job has not finished yet. Ask again when its status is completed.'),
  JOB_FAILED: entry(
    409,
    'never',
    'The job failed or was cancelled, so there is no result. Run it again, or create another one.',
  ),
  JOB_NOT_RETRYABLE: entry(409, 'never', 'Only a failed or cancelled job can be run again.'),
  JOB_ACTIVE: entry(409, 'later', 'The job is still active. Cancel it, or wait for it to finish.'),
  UPLOAD_INCOMPLETE: entry(
    409,
    'never',
    'The upload is not finished. Send the missing parts, then complete it.',
  ),
  UPLOAD_JOBS_LIMIT: entry(
    409,
    'never',
    'This file has the maximum number of jobs. Delete some of them, or upload the file again.',
  ),
  WEBHOOKS_LIMIT: entry(409, 'never', 'You have the maximum number of webhooks. Delete one first.'),
  PRESET_EXISTS: entry(
    409,
    'never',
    'A preset with that name already exists: yours, or a built-in one. Choose another name, or change your preset. See detail.names.',
  ),
  PRESETS_LIMIT: entry(
    409,
    'never',
    'You have the maximum number of presets, or they are as large as they may be together. Delete one first.',
  ),
  SHARES_LIMIT: entry(409, 'never', 'This result has the maximum number of links. Revoke one first.'),
  EMAIL_UNAVAILABLE: entry(
    409,
    'never',
    'No e-mail can be sent about this: the service must be set up to send e-mails, and you must be signed in, with an address that your provider has verified. See detail.reason.',
  ),
  UPLOAD_COMPLETE: entry(409, 'never', 'The upload is already complete and takes no more parts.'),
  OUTPUT_EXPIRED: entry(410, 'never', 'The result is no longer stored. Convert the file again.'),
  OUTPUT_DELETED: entry(
    410,
    'never',
    'The result was deleted, after its download or by a clean-up. Convert the file again.',
  ),
  NOT_PLAYABLE: entry(
    409,
    'never',
    'Browsers cannot play this file, and there is no preview of it. Download it to listen.',
  ),
  PAYLOAD_TOO_LARGE: entry(413, 'never', 'The request body is too large. See detail.limitBytes.'),
  UPLOAD_TOO_LARGE: entry(
    413,
    'never',
    'The file is larger than this server accepts. See detail.limitBytes.',
  ),
  REQUEST_TOO_LARGE: entry(
    413,
    'never',
    'The file is larger than this server accepts in one request. Send it in parts (POST /api/uploads). See detail.limitBytes.',
  ),
  PLAN_UPLOAD_LIMIT: entry(413, 'never', 'The file is larger than your plan allows. See detail.limitBytes.'),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'never',
    'This address does not accept that Content-Type. See detail.accepts for those that it does.',
  ),
  RANGE_INVALID: entry(416, 'never', 'The Range header asks for bytes that the file does not have.'),
  UNSUPPORTED_OUTPUT_FORMAT: entry(422, 'never', 'That output format is not offered. See /api/formats.'),
  INVALID_OPTION: entry(
    422,
    'never',
    'An option or quality is not possible for this file or format. See detail.',
  ),
  WEBHOOK_URL_FORBIDDEN: entry(
    422,
    'never',
    'Webhooks may only go to public addresses: https, a host name, the default port, no password. See detail.reason.',
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    422,
    'never',
    'This Idempotency-Key was used before with another request. Use a new key.',
  ),
  INVALID_PART_NUMBER: entry(
    422,
    'never',
    'The upload has no such part. Parts are numbered from 1 on. See detail.partCount.',
  ),
  WRONG_PART_SIZE: entry(
    422,
    'never',
    'The part has the wrong size, or was sent without a Content-Length. See detail.expectedBytes.',
  ),
  EMPTY_FILE: entry(422, 'never', 'The file is empty. Choose another one.'),
  INTERNAL_ERROR: entry(
    500,
    'thrice',
    'Something went wrong on our side. Try again; if that does not help, report it with the requestId.',
  ),
  SERVICE_UNAVAILABLE: entry(
    503,
    'later',
    'A service we depend on is not answering. Nothing was lost; try again soon.',
  ),

  OVERLOADED: entry(
    503,
    'later',
    'The service is at capacity. Nothing was stored; try again after the time in Retry-After.',
  ),
  RATE_LIMITED: entry(
    429,
    'later',
    'You are sending requests faster than this service allows. Wait for the time in Retry-After, then continue.',
  ),
  JOBS_LIMIT: entry(
    429,
    'later',
    'You have the maximum number of jobs waiting or running. Wait until some have ended, or cancel some.',
  ),
  OPEN_UPLOADS_LIMIT: entry(
    429,
    'later',
    'You have the maximum number of unfinished uploads. Finish or delete some first.',
  ),
  MINUTES_LIMIT: entry(
    429,
    'never',
    'Your plan has no minutes left this month. The count starts again next month (UTC).',
  ),
  STORED_BYTES_LIMIT: entry(
    429,
    'later',
    'Your uploads use all the storage you may have here. Delete some, or wait until they expire.',
  ),
  STREAMS_LIMIT: entry(
    429,
    'later',
    'The maximum number of event streams is open. Close some, or poll /api/progress instead.',
  ),
  EXPORTS_LIMIT: entry(
    429,
    'later',
    'Another export of yours is running, or too many exports of others are. Wait until it has ended, then try again.',
  ),
  TOO_SLOW: entry(
    408,
    'later',
    'The file arrived too slowly, so the upload was stopped. Try again, or send it in parts.',
  ),
  ACCESS_DENIED: entry(
    403,
    'later',
    'This service lacks a permission that it needs, which its operator can add. See detail.guidance.',
  ),
  THROTTLED: entry(
    429,
    'later',
    'Too many requests at once. Wait for the time in Retry-After, then try again.',
  ),
  QUOTA_EXCEEDED: entry(
    429,
    'later',
    'A quota of this service is used up. Try again later; its operator can have it raised.',
  ),

  // Jobs: the input
  COVER_NOT_RECOGNISED: entry(
    400,
    'never',
    'This is not a JPEG or PNG picture. Choose another picture for the cover.',
  ),
  UNRECOGNISED_FORMAT: entry(400, 'never', 'This is not an audio or video file that we recognise.'),
  FORMAT_NOT_ALLOWED: entry(
    400,
    'never',
    'This kind of file is not accepted. Convert it to a common audio format first.',
  ),
  NO_AUDIO_STREAM: entry(422, 'never', 'The file has no audio in it.'),
  NO_DECODABLE_AUDIO: entry(422, 'never', 'The file has an audio track, but no sound could be read from it.'),
  CORRUPT_INPUT: entry(422, 'never', 'The file is damaged and could not be read. Export or upload it again.'),
  DRM_PROTECTED: entry(422, 'never', 'The file is copy-protected, so it cannot be converted.'),
  UNSUPPORTED_SAMPLE_RATE: entry(422, 'never', 'The sample rate of the file is outside 1,000 to 768,000 Hz.'),
  UNSUPPORTED_CHANNELS: entry(
    422,
    'never',
    'The file declares no channels, or more than can be converted (1 to 16).',
  ),
  TOO_MANY_STREAMS: entry(422, 'never', 'The file has more than 64 streams.'),
  TOO_MANY_PARTS: entry(
    422,
    'never',
    'The file has more than 10,000 comments, chapters or attachments. Remove some of them and upload it again.',
  ),
  INPUT_TOO_LONG: entry(
    422,
    'never',
    'The audio is longer than this server accepts. See detail.limitSeconds.',
  ),
  UNKNOWN_PRESET: entry(
    422,
    'never',
    'There is no preset with that name. See /api/formats for the built-in ones and /api/presets for yours; dropped files go into drops/{preset}/.',
  ),
  INPUT_MISSING: entry(410, 'never', 'The uploaded file is no longer there. Upload it again.'),
  INPUT_CHANGED: entry(
    409,
    'never',
    'The file was replaced after the job was created. Create a new job for the new file.',
  ),

  // Jobs: the conversion
  DECODER_CRASHED: entry(500, 'once', 'The decoder stopped unexpectedly on this file.'),
  CONVERSION_TIMEOUT: entry(408, 'once', 'The conversion made no progress and was stopped.'),
  CONVERSION_FAILED: entry(500, 'once', 'The conversion failed.'),
  FFMPEG_MISSING: entry(
    500,
    'later',
    'The worker has no FFmpeg. Its operator can install it (Debian: apt-get install ffmpeg, macOS: brew install ffmpeg) or set FFMPEG_PATH and FFPROBE_PATH.',
  ),
  RESOURCE_LIMIT: entry(422, 'never', 'The file needs more memory or time than a conversion may use.'),
  OUTPUT_TOO_LARGE: entry(422, 'never', 'The result would be larger than a conversion may write.'),
  TEMP_SPACE_LIMIT: entry(
    422,
    'never',
    'The conversion needs more temporary space than one job may use. Choose a smaller format or a shorter part.',
  ),
  OUTPUT_INVALID: entry(500, 'once', 'The converted file did not pass our check.'),
  DISK_FULL: entry(
    507,
    'later',
    'The worker had no disk space for the file. The job is tried again elsewhere.',
  ),
  STORAGE_UNAVAILABLE: entry(503, 'later', 'The storage did not answer. The job is tried again.'),
  UNDELIVERABLE: entry(
    503,
    'later',
    'No worker could take the job in many attempts, so it was given up. Run it again; if that does not help, the operator of this service can find it with wavefleet dlq list.',
  ),
  RECORD_REFUSED: entry(
    500,
    'never',
    'What was found in the file could not be stored. Remove its tags and upload it again.',
  ),
  WORKER_CRASHED: entry(500, 'never', 'The worker stopped three times on this file, so it was given up.'),
} as const satisfies Record<string, ErrorCodeEntry>;

/** A stable code of the table. */
export type ErrorCode = keyof typeof errorCodes;

/** Narrows an outside string (a stored record, a child's answer) to a code of this table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
