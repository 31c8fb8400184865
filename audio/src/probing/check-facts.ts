/** The limits that every source is held to. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { inputLimits } from '@wavefleet/contracts/input-formats.ts';
import type { InputFacts } from '@wavefleet/contracts/job.ts';

/** Throws the Failure for a source that no conversion can start from. */
export function checkFacts(facts: Pick<InputFacts, 'sampleRate' | 'channels' | 'streams'>): void {
  if (facts.streams > inputLimits.maxStreams) {
    throw new Failure('TOO_MANY_STREAMS', { detail: { streams: facts.streams } });
  }
  if (facts.sampleRate < inputLimits.minSampleRate || facts.sampleRate > inputLimits.maxSampleRate) {
    throw new Failure('UNSUPPORTED_SAMPLE_RATE', { detail: { sampleRate: facts.sampleRate } });
  }
  if (facts.channels < 1 || facts.channels > inputLimits.maxChannels) {
    throw new Failure('UNSUPPORTED_CHANNELS', { detail: { channels: facts.channels } });
  }
}
