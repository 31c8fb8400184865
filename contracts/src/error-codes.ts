/**
 * The one table that says what each error means: its HTTP status, whether a retry can help, and the
 * plain sentence the user reads. Codes are stable: clients may switch on them. A code that belongs to
 * a job (`FAILED` jobs keep answering 200) still has a status, for the routes that refuse because of it.
 */

/**
 * How a worker tries a job again that failed with the code:
 * - `never`: nothing would change.
 * - `once`: it may be the file's fault, and then the second time shows it.
 * - `thrice`: it is ours, and may have been a moment's.
 * - `later`: it is a service's or a machine's trouble, not the job's. It costs none of its tries, however often it comes; it is
 *   tried until the trouble has lasted TROUBLE_DEADLINE_MS.
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
    'The id is not valid. Ids are letters, digits and dashes, as this API returned them.',
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
  PRESET_NOT_FOUND: entry(404, 'never', 'You have no preset of that name.'),
  DELIVERY_NOT_FOUND: entry(404, 'never', 'The webhook has no such delivery. They are kept for 30 days.'),
  SHARE_NOT_FOUND: entry(404, 'never', 'The job has no such link. It may have been revoked already.'),
  NOT_FOUND: entry(
    404,
    'never',
    'There is nothing at this address. See /api/openapi.json for what there is.',
  ),
  UNAUTHENTICATED: entry(
    401,
    'never',
    'This needs to know who asks. Send an API key (Authorization: Bearer), or open the page in a browser.',
  ),
  INVALID_TOKEN: entry(401, 'never', 'The key is not valid, or was revoked. Use another one, or none.'),
  TOKEN_EXPIRED: entry(401, 'never', 'The key has expired. Make a new one.'),
  OAUTH_STATE_INVALID: entry(
    400,
    'never',
    'This sign-in was not begun here, is too old, or has been finished already. Begin again from the page.',
  ),
  SIGN_IN_FAILED: entry(
    400,
    'never',
    'The provider did not say who you are. Begin again from the page, or choose another provider.',
  ),
  INSUFFICIENT_SCOPE: entry(
    403,
    'never',
    'The key may not do this. Use one with every scope in detail.scope.',
  ),
  KEY_NOT_FOUND: entry(404, 'never', 'There is no such key.'),
  KEYS_LIMIT: entry(409, 'never', 'You have as many keys as one owner may have. Revoke one first.'),
  CSRF_REJECTED: entry(
    403,
    'never',
    'The request came from another site. Open this service in its own tab and try again.',
  ),
  HOST_NOT_ALLOWED: entry(
    403,
    'never',
    'This service does not answer under that name. Use its address, or have whoever runs it add the name to ALLOWED_HOSTS.',
  ),
  METHOD_NOT_ALLOWED: entry(
    405,
    'never',
    'This address does not take that method. See detail.methods for those that it does.',
  ),
  JOB_NOT_READY: entry(409, 'later', 'The job has not finished yet. Ask again when its status is completed.'),
  JOB_FAILED: entry(
    409,
    'never',
    'The job failed or was cancelled, so there is no result. Run it again, or make another one.',
  ),
  JOB_NOT_RETRYABLE: entry(409, 'never', 'Only a failed or cancelled job can be run again.'),
  JOB_ACTIVE: entry(409, 'later', 'The job is still active. Cancel it, or wait for it to finish.'),
  UPLOAD_INCOMPLETE: entry(
    409,
    'never',
    'The upload is not finished. Send the parts that are missing, then complete it.',
  ),
  UPLOAD_JOBS_LIMIT: entry(
    409,
    'never',
    'As many jobs read this file as one file may have. Delete some of them, or upload the file once more.',
  ),
  WEBHOOKS_LIMIT: entry(409, 'never', 'You have as many webhooks as one may have. Delete one of them first.'),
  PRESET_EXISTS: entry(
    409,
    'never',
    'There is a preset of that name already, yours or a built-in one. Choose another name, or change yours. See detail.names.',
  ),
  PRESETS_LIMIT: entry(
    409,
    'never',
    'You have as many presets as one may have, or as much in them. Delete one of them first.',
  ),
  SHARES_LIMIT: entry(
    409,
    'never',
    'As many links lead to this result as may at once. Revoke one of them first.',
  ),
  EMAIL_UNAVAILABLE: entry(
    409,
    'never',
    'Nobody can be told by e-mail about that: it takes a service that sends some, somebody who has signed in, and an address that the provider has verified. See detail.reason.',
  ),
  UPLOAD_COMPLETE: entry(409, 'never', 'The upload is finished already and takes no more parts.'),
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
    'The file is larger than this server takes in one request. Send it in parts (POST /api/uploads). See detail.limitBytes.',
  ),
  PLAN_UPLOAD_LIMIT: entry(413, 'never', 'The file is larger than your plan takes. See detail.limitBytes.'),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'never',
    'This address does not take that Content-Type. Send one of detail.accepts.',
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
    'Webhooks go to public addresses alone: https, a host name, the usual port, no password. See detail.reason.',
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    422,
    'never',
    'This Idempotency-Key was used before with another request. Use a new key.',
  ),
  INVALID_PART_NUMBER: entry(
    422,
    'never',
    'The upload has no such part. Parts count from 1 to detail.partCount.',
  ),
  WRONG_PART_SIZE: entry(
    422,
    'never',
    'The part has the wrong size. Send exactly detail.expectedBytes, with a Content-Length.',
  ),
  EMPTY_FILE: entry(422, 'never', 'The file is empty. Choose another one.'),
  INTERNAL_ERROR: entry(
    500,
    'thrice',
    'Something went wrong on our side. Try again; quote the requestId if it stays.',
  ),
  SERVICE_UNAVAILABLE: entry(
    503,
    'later',
    'A service we depend on does not answer. Nothing was lost; try again soon.',
  ),

  OVERLOADED: entry(
    503,
    'later',
    'The service has as much to do as it can take. Nothing was stored; try again when Retry-After says.',
  ),
  RATE_LIMITED: entry(
    429,
    'later',
    'You ask more often than this service allows. Wait as long as Retry-After says, then go on.',
  ),
  JOBS_LIMIT: entry(
    429,
    'later',
    'As many of your jobs wait or run as may at once. Wait until some have ended, or cancel some.',
  ),
  OPEN_UPLOADS_LIMIT: entry(
    429,
    'later',
    'As many of your uploads are unfinished as may be at once. Finish or delete some of them first.',
  ),
  MINUTES_LIMIT: entry(
    429,
    'never',
    'Your plan has no minutes left for this month. They begin anew with the next one (UTC).',
  ),
  STORED_BYTES_LIMIT: entry(
    429,
    'later',
    'Your uploads take all the room that you have here. Delete some, or wait until they expire.',
  ),
  STREAMS_LIMIT: entry(
    429,
    'later',
    'As many event streams are open as may be at once. Close some, or ask /api/progress now and then.',
  ),
  EXPORTS_LIMIT: entry(
    429,
    'later',
    'Another export of yours is under way, or too many are of others. Wait until it has ended, then try again.',
  ),
  TOO_SLOW: entry(
    408,
    'later',
    'The file came too slowly, so the upload was stopped. Try again, or send it in parts.',
  ),
  ACCESS_DENIED: entry(
    403,
    'later',
    'This service may not use something that it needs. See detail.guidance for whoever runs it.',
  ),
  THROTTLED: entry(
    429,
    'later',
    'Too much is asked at once. Wait as long as Retry-After says, then try again.',
  ),
  QUOTA_EXCEEDED: entry(
    429,
    'later',
    'A limit of the account is used up. Try again later; whoever runs this service can raise the limit.',
  ),

  // Jobs: the input
  COVER_NOT_RECOGNISED: entry(
    400,
    'never',
    'This is not a JPEG or PNG picture. Choose another one as cover.',
  ),
  UNRECOGNISED_FORMAT: entry(400, 'never', 'This is not an audio or video file that we recognise.'),
  FORMAT_NOT_ALLOWED: entry(
    400,
    'never',
    'This kind of file is not accepted. Convert it to a common audio format first.',
  ),
  NO_AUDIO_STREAM: entry(422, 'never', 'The file has no audio in it.'),
  NO_DECODABLE_AUDIO: entry(422, 'never', 'The file has an audio track but no sound could be read from it.'),
  CORRUPT_INPUT: entry(422, 'never', 'The file is damaged and could not be read. Export or upload it again.'),
  DRM_PROTECTED: entry(422, 'never', 'The file is copy-protected, so it cannot be converted.'),
  UNSUPPORTED_SAMPLE_RATE: entry(422, 'never', 'The sample rate of the file is outside 1,000 to 768,000 Hz.'),
  UNSUPPORTED_CHANNELS: entry(
    422,
    'never',
    'The file says that it has no channels, or more than we can convert (1 to 16).',
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
    'There is no preset of that name. See /api/formats for those that are built in and /api/presets for yours; files are dropped below drops/{preset}/.',
  ),
  INPUT_MISSING: entry(410, 'never', 'The uploaded file is no longer there. Upload it again.'),
  INPUT_CHANGED: entry(
    409,
    'never',
    'The file was replaced after the job was made. Make a new job for the new file.',
  ),

  // Jobs: the conversion
  DECODER_CRASHED: entry(500, 'once', 'The decoder stopped unexpectedly on this file.'),
  CONVERSION_TIMEOUT: entry(408, 'once', 'The conversion made no progress and was stopped.'),
  CONVERSION_FAILED: entry(500, 'once', 'The conversion failed.'),
  FFMPEG_MISSING: entry(
    500,
    'later',
    'The worker has no FFmpeg. Whoever runs it installs it (Debian: apt-get install ffmpeg, macOS: brew install ffmpeg) or sets FFMPEG_PATH and FFPROBE_PATH.',
  ),
  RESOURCE_LIMIT: entry(422, 'never', 'The file needs more memory or time than a conversion may use.'),
  OUTPUT_TOO_LARGE: entry(422, 'never', 'The result would be larger than a conversion may write.'),
  TEMP_SPACE_LIMIT: entry(
    422,
    'never',
    'The conversion needs more temporary space than one job may use. Choose a smaller format or a shorter part.',
  ),
  OUTPUT_INVALID: entry(500, 'once', 'The converted file did not pass our check.'),
  DISK_FULL: entry(507, 'later', 'The worker had no room for the file. It is tried again elsewhere.'),
  STORAGE_UNAVAILABLE: entry(503, 'later', 'The storage did not answer. The job is tried again.'),
  UNDELIVERABLE: entry(
    503,
    'later',
    'No worker could take the job in many tries, so it was given up. Run it again; if that does not help, whoever runs this service finds it with wavefleet dlq list.',
  ),
  RECORD_REFUSED: entry(
    500,
    'never',
    'What was found in the file could not be kept. Remove its tags and upload it again.',
  ),
  WORKER_CRASHED: entry(500, 'never', 'The worker stopped three times on this file, so it was given up.'),
} as const satisfies Record<string, ErrorCodeEntry>;

/** A stable code of the table. */
export type ErrorCode = keyof typeof errorCodes;

/** Narrows an outside string (a stored record, a child's answer) to a code of this table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
