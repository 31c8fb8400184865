/** What goes wrong during a soak: one thing at a time, for a moment, chosen by chance. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { type Fault, failing, throttled, toService } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { scaled } from '../rig/clocks.ts';
import { tellRedis } from '../rig/raw-redis.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';

/** One fault; resolves when it is over. */
export interface Trouble {
  readonly words: string;
  /** What a takeover needs is away: while it lasts nobody can have a lease, and none is missed. */
  readonly stopsTakeovers: boolean;
  readonly strike: (rig: Rig) => Promise<void>;
}

const services = ['s3', 'sqs', 'dynamodb', 'eventbridge'] as const satisfies readonly Service[];
/** A minute of production. */
const MOMENT_MS = scaled(60_000);

/** Without these a worker takes no job: it asks for a message, claims the job, and will have to store its result. */
const needed: readonly Service[] = ['s3', 'sqs', 'dynamodb'];

interface Calls {
  readonly ms?: number;
  readonly stopsTakeovers?: boolean;
}

function calls(words: string, fault: Fault, { ms = MOMENT_MS, stopsTakeovers = false }: Calls = {}): Trouble {
  return {
    words,
    stopsTakeovers,
    async strike(rig) {
      const active = rig.proxy.inject(fault);
      await sleep(ms);
      active.end();
    },
  };
}

const anyWorker = (rig: Rig, random: () => number) =>
  rig.fleet.workers.filter(({ alive }) => alive).at(random() * rig.fleet.workers.length);

/** @param random chooses among the processes. */
export function troubles(random: () => number): readonly Trouble[] {
  return [
    ...services.flatMap((service) => {
      const hits = toService(service);
      const stopsTakeovers = needed.includes(service);
      return [
        calls(`${service} is away`, { hits, effect: { kind: 'refuse' } }, { stopsTakeovers }),
        calls(`${service} hangs`, { hits, effect: { kind: 'hang' } }, { ms: MOMENT_MS / 2, stopsTakeovers }),
        calls(`${service} refuses 30 %`, { hits, effect: throttled[service], share: 0.3 }),
        calls(`${service} fails 20 %`, { hits, effect: failing[service], share: 0.2 }),
        calls(`${service} loses 10 % of its answers`, { hits, effect: { kind: 'lose-reply' }, share: 0.1 }),
      ];
    }),
    calls('everything is slower', {
      hits: () => true,
      effect: { kind: 'slow', ms: scaled(2_000) },
    }),
    {
      words: 'a worker is killed',
      stopsTakeovers: false,
      strike: async (rig) => {
        const victim = anyWorker(rig, random);
        if (victim !== undefined) await rig.kill(victim.name);
      },
    },
    {
      words: 'a worker is told to go',
      stopsTakeovers: false,
      strike: async (rig) => {
        await anyWorker(rig, random)?.stop('SIGTERM');
      },
    },
    {
      words: 'a worker freezes past its lease',
      stopsTakeovers: false,
      strike: async (rig) => {
        const frozen = anyWorker(rig, random);
        frozen?.process.kill('SIGSTOP');
        await sleep(MOMENT_MS * 1.5);
        frozen?.process.kill('SIGCONT');
      },
    },
    { words: 'the API is killed', stopsTakeovers: false, strike: (rig) => rig.kill('api') },
    {
      words: 'Redis is away',
      stopsTakeovers: false,
      strike: async (rig) => {
        await rig.redis.shut();
        await sleep(MOMENT_MS);
        await rig.redis.open();
      },
    },
    {
      words: 'Redis forgets',
      stopsTakeovers: false,
      strike: async (rig) => void (await tellRedis(rig.fleet.env.REDIS_URL ?? '', 'FLUSHALL')),
    },
    {
      words: 'FFmpeg crashes in first attempts',
      stopsTakeovers: false,
      strike: async (rig) => {
        await rig.ffmpeg.behaves(whileConverting('case "$PWD" in *.1.*) kill -SEGV $$ ;; esac'));
        await sleep(MOMENT_MS / 4);
        await rig.ffmpeg.behaves('');
      },
    },
  ];
}
