/** What the upload engine needs of the world. The real one speaks HTTP; tests bring a bad one. */

/** An upload that the server knows. Parts are numbered from 1; all but the last have `partBytes`. */
export interface UploadSession {
  readonly fileId: string;
  readonly partBytes: number;
  readonly partCount: number;
  /** Parts that the server has already. */
  readonly present: ReadonlySet<number>;
  /** Bytes of those parts. */
  readonly receivedBytes: number;
  /** Set when the server has put the parts together already: there is nothing left to do. */
  readonly complete: boolean;
}

/** The part of a browser's File that an upload needs. */
export interface FileToSend {
  readonly name: string;
  readonly size: number;
  /** Epoch ms, as the browser tells it: with name and size it recognises the file after a reload. */
  readonly lastModified: number;
  /** A view on the bytes; nothing is read until it is sent. */
  slice(start: number, end: number): Blob;
}

/**
 * The way to the server. Every call throws a Problem when it fails, and the signal's reason when it is aborted.
 */
export interface Transport {
  /** A file up to this size is sent whole: one request, where parts need four. */
  readonly wholeBytes: number;
  /**
   * Sends a whole file; answers its id. Sent again after a lost answer, it is another upload, and the first one expires.
   * @throws Problem REQUEST_TOO_LARGE where the server takes less in one request, UNRECOGNISED_FORMAT, FORMAT_NOT_ALLOWED.
   */
  sendWhole(file: FileToSend, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string>;
  /** Begins a new upload. @throws Problem UNRECOGNISED_FORMAT, FORMAT_NOT_ALLOWED for what certainly is no audio. */
  open(file: FileToSend, signal: AbortSignal): Promise<UploadSession>;
  /** Looks at one that was begun. @throws Problem UPLOAD_NOT_FOUND when the server has forgotten it. */
  look(fileId: string, signal: AbortSignal): Promise<UploadSession>;
  /** Sends one part. `onSent` gets the bytes of this part that have left so far. */
  send(
    session: UploadSession,
    part: number,
    bytes: Blob,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Puts the parts together. Safe to repeat. */
  complete(session: UploadSession, signal: AbortSignal): Promise<void>;
  /** Throws away what was sent. */
  discard(fileId: string): Promise<void>;
}
