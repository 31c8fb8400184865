/** Settings of how much one caller may have, and one process holds. */
import { MIB, whole } from './kinds.ts';

/** By their environment names. */
export const limitSettings = {
  /** How many proxies in front add to X-Forwarded-For what they saw; 0: nobody is believed. */
  TRUSTED_PROXIES: whole(0, 0, 10),
  /** Of one owner; one address may have four times as many, since several people may share it. */
  REQUESTS_PER_MINUTE: whole(6_000, 6),
  /** What makes something that stays; as above. */
  SUBMISSIONS_PER_MINUTE: whole(600, 6),
  /** Jobs of one owner that wait or run. */
  MAX_ACTIVE_JOBS: whole(1_000, 1),
  /** Uploads of one owner that are begun and not finished. */
  MAX_OPEN_UPLOADS: whole(100, 1),
  /** Bytes of one owner's uploads, finished or not. */
  MAX_STORED_BYTES: whole(100 * 1024 * MIB, 1),
  /** Event streams of one owner, and of one process. */
  MAX_STREAMS_PER_OWNER: whole(100, 1),
  MAX_STREAMS: whole(400, 1),
  /** Of one process. More are closed at once. */
  MAX_CONNECTIONS: whole(1_000, 1),
  /** Bytes of uploads that one process holds until S3 has them. */
  UPLOAD_BUFFER_BYTES: whole(64 * MIB, 8 * MIB),
  /** Who sends or takes a file more slowly for half a minute is cut off; what waits for us does not count. */
  MIN_UPLOAD_BYTES_PER_SECOND: whole(1_024, 0),
  MIN_DOWNLOAD_BYTES_PER_SECOND: whole(1_024, 0),
  /** The headers of a request, and a whole request with its body, may take so long. */
  HEADERS_TIMEOUT_MS: whole(10_000, 100),
  REQUEST_TIMEOUT_MS: whole(3_600_000, 1_000),
} as const;
