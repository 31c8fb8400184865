/** Which results a job reads and sends in one piece, in memory: for those a stream takes longer to be made than to be read. */

/** A second of CD sound takes 176 KB. Of a worker with 64 slots no more than 16 MB. */
export const SMALL_FILE_BYTES = 256 * 1024;
