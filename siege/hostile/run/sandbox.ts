/** What a program in FFmpeg's place tries to do against its sandbox. */
import { attempts } from '../../sandbox/attempts.ts';

/** How many of its attempts were refused. */
export interface SandboxFigures {
  readonly refused: number;
  readonly tried: number;
  /** What it could do, in sentences. */
  readonly shortfalls: readonly string[];
}

/** Every attempt, as whoever runs this. Needs a C compiler, and says so where there is none. */
export async function trySandbox(): Promise<SandboxFigures> {
  try {
    const { attempts: tried } = await attempts({ uid: process.getuid?.() });
    const granted = tried.filter(({ refused }) => !refused);
    return {
      refused: tried.length - granted.length,
      tried: tried.length,
      shortfalls: granted.map(({ name }) => `sandbox: granted: ${name}`),
    };
  } catch (error) {
    return { refused: 0, tried: 1, shortfalls: [`sandbox: not tried: ${(error as Error).message}`] };
  }
}
