/**
 * Cuts off who sends or takes a file so slowly that the connection is all that is wanted. Only the other side's slowness
 * counts: while bytes wait for us, or for the storage, the clock stands still.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stream } from 'node:stream';

/** A line may stall for a moment; so long it must keep its average. */
const WINDOW_MS = 30_000;

/** Calls `cutOff` once when a body has come more slowly for a whole window. Ends with the body or the connection. */
export function leastUploadPace(request: IncomingMessage, bytesPerSecond: number, cutOff: () => void): void {
  if (bytesPerSecond === 0) return;
  const { socket } = request;
  watch(
    request,
    {
      moved: () => socket.bytesRead,
      // What lies here unread is not the sender's to hurry with.
      isTheirTurn: () => !request.complete && request.readableLength === 0,
      isOver: () => request.complete || request.destroyed,
    },
    bytesPerSecond,
    cutOff,
  );
}

/** As above for an answer that is sent: a reader so slow is hung up on. */
export function leastDownloadPace(answer: ServerResponse, bytesPerSecond: number): void {
  const { socket } = answer;
  if (socket === null) return;
  watch(
    answer,
    {
      moved: () => socket.bytesWritten,
      isTheirTurn: () => answer.writableLength > 0,
      isOver: () => answer.writableFinished || answer.destroyed,
    },
    bytesPerSecond,
    () => answer.destroy(),
  );
}

interface Line {
  /** Bytes so far. */
  readonly moved: () => number;
  readonly isTheirTurn: () => boolean;
  readonly isOver: () => boolean;
}

/** @param stream at whose `close` nothing is to be watched any more: a timer that goes on would keep all that it knows. */
function watch(
  stream: Stream,
  { moved, isTheirTurn, isOver }: Line,
  bytesPerSecond: number,
  cutOff: () => void,
): void {
  if (isOver()) return;
  const least = (bytesPerSecond * WINDOW_MS) / 1000;
  let before = moved();
  const timer = setInterval(() => {
    const now = moved();
    const isTooSlow = now - before < least && isTheirTurn();
    before = now;
    if (!isTooSlow) return;
    clearInterval(timer);
    cutOff();
  }, WINDOW_MS);
  timer.unref();
  stream.once('close', () => clearInterval(timer));
}
