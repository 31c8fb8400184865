/** Whether a worker may receive: several things may each hold it back. */
export interface Gate {
  readonly isOpen: boolean;
  /** Resolves at once while it is open, else when it may be again. @throws the signal's AbortError. */
  untilOpen(signal: AbortSignal): Promise<void>;
}

/** Resolves when all are open at once. @throws the signal's AbortError. */
export async function untilAllOpen(gates: readonly Gate[], signal: AbortSignal): Promise<void> {
  while (gates.some(({ isOpen }) => !isOpen)) {
    for (const gate of gates) await gate.untilOpen(signal);
  }
}
