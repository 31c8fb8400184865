/** What the fleet of this suite takes: little, so that limits are soon reached. */

/** Seconds of the longest result. */
export const MAX_SECONDS = 600;
/** Bytes of one upload, in one request and in parts. */
export const MAX_BYTES = 80 * 1024 ** 2;
