/** The topics inside the rooms and their direction. */

export interface Topic {
  readonly name: string;
  /** Its folders and files below `area.root`; `*` takes what no other topic names. Default: the folder of its name. */
  readonly paths?: readonly string[];
  /** Completes "NAME is …", for whoever put a line into the wrong topic. */
  readonly is: string;
  /** The topics of this area that it may import besides itself. */
  readonly may: readonly string[];
}

/** A folder whose parts have a direction. */
export interface Area {
  /** With a slash at the end. */
  readonly root: string;
  /** From the bottom up: what two topics have to do with each other belongs to the first that may import both. */
  readonly topics: readonly Topic[];
}

/** Each topic may import itself and those before it. */
function inOrder(topics: readonly Omit<Topic, 'may'>[]): Topic[] {
  return topics.map((topic, index) => ({ ...topic, may: topics.slice(0, index).map(({ name }) => name) }));
}

export const areas: readonly Area[] = [
  {
    root: 'platform/src/',
    topics: [
      {
        name: 'settings and log',
        paths: [
          'config.ts',
          'settings',
          'secret.ts',
          'log',
          'trace.ts',
          'shutdown.ts',
          'backoff.ts',
          'parse-json.ts',
          'node-http.ts',
          'every.ts',
          'gathering.ts',
          'litter.ts',
          'recent-map.ts',
          'local-settings.ts',
        ],
        is: 'what every topic stands on',
        may: [],
      },
      {
        name: 'trouble',
        is: 'what errors of the outside mean, and what to do about them',
        may: ['settings and log'],
      },
      { name: 'aws', is: 'how AWS is called, whatever is asked of it', may: ['settings and log', 'trouble'] },
      { name: 'storage', is: 'what lies in S3', may: ['settings and log', 'aws'] },
      { name: 'uploads', is: 'the record of an uploaded file', may: ['settings and log', 'aws'] },
      { name: 'progress', is: 'how far jobs are', may: ['settings and log', 'trouble', 'aws'] },
      { name: 'limits', is: 'how much anybody may ask for', may: ['settings and log', 'progress'] },
      {
        name: 'jobs',
        is: 'the record of a job and its way',
        may: ['settings and log', 'aws', 'storage', 'uploads', 'progress'],
      },
      { name: 'notices', is: 'who is told of the end of jobs', may: ['settings and log', 'aws', 'jobs'] },
      {
        name: 'resources',
        is: 'how processes and their machines are doing',
        may: ['settings and log', 'aws', 'progress'],
      },
      { name: 'people', is: 'who is who, and what is whose', may: ['settings and log', 'aws'] },
      {
        name: 'platform',
        paths: ['platform.ts', 'health.ts'],
        is: 'all topics put together',
        may: [
          'settings and log',
          'aws',
          'storage',
          'uploads',
          'progress',
          'limits',
          'jobs',
          'notices',
          'resources',
          'people',
        ],
      },
      {
        name: 'plans',
        is: 'how much one owner may have',
        may: ['settings and log', 'limits', 'jobs', 'platform'],
      },
      {
        name: 'upkeep',
        is: 'what one process does for the whole fleet, be it API or worker',
        may: ['settings and log', 'aws', 'jobs', 'platform'],
      },
    ],
  },
  {
    root: 'api/src/',
    topics: [
      { name: 'http', is: 'what every route stands on', may: [] },
      { name: 'server', is: 'connections, and when their requests begin', may: ['http'] },
      { name: 'load', is: 'how much more can be taken in', may: ['http'] },
      { name: 'limits', is: 'how much one caller may have', may: ['http', 'server'] },
      { name: 'people', is: 'who asks, and by which keys', may: ['http', 'server', 'limits'] },
      { name: 'uploads', is: 'how files come in', may: ['http', 'load', 'limits'] },
      { name: 'jobs', is: 'orders and their results', may: ['http', 'load', 'limits', 'uploads'] },
      { name: 'history', is: 'all jobs of one owner', may: ['http', 'limits', 'jobs'] },
      { name: 'progress', is: 'how far jobs are', may: ['http', 'limits', 'uploads', 'jobs'] },
      { name: 'webhooks', is: 'who is told of the end of jobs', may: ['http'] },
      { name: 'presets', is: 'settings that a caller has saved', may: ['http'] },
      { name: 'shares', is: 'what others may see of a result', may: ['http', 'jobs'] },
      {
        name: 'erasure',
        is: 'deleting everything of one owner',
        may: ['http', 'limits', 'people', 'uploads', 'jobs'],
      },
      { name: 'page', is: 'the built page', may: ['http'] },
      { name: 'service', is: 'what the service says of itself', may: ['http', 'load'] },
      { name: 'debug', is: 'what operators may see', may: ['http', 'load'] },
      {
        name: 'app',
        paths: ['app.ts', 'main.ts'],
        is: 'all routes put together',
        may: [
          'http',
          'server',
          'load',
          'limits',
          'people',
          'uploads',
          'jobs',
          'history',
          'progress',
          'shares',
          'webhooks',
          'presets',
          'erasure',
          'page',
          'service',
          'debug',
        ],
      },
    ],
  },
  {
    root: 'worker/src/',
    topics: [
      { name: 'job', is: 'the way of one job, however it came', may: [] },
      { name: 'queue', is: 'how jobs come in', may: ['job'] },
      { name: 'upkeep', is: 'what goes on beside the jobs', may: ['job'] },
      { name: 'notifier', is: 'what a process does that delivers webhooks', may: ['queue', 'upkeep'] },
      {
        name: 'worker',
        paths: ['worker.ts', 'main.ts'],
        is: 'all of it put together',
        may: ['job', 'queue', 'upkeep', 'notifier'],
      },
    ],
  },
  {
    root: 'audio/src/',
    topics: [
      { name: 'process', is: 'a child process and its bounds, whatever it runs', may: [] },
      {
        name: 'plans and arguments',
        paths: ['*'],
        is: 'what is to be done, and how FFmpeg is told',
        may: ['process', 'probing'],
      },
      { name: 'probing', is: 'what a file is', may: ['process', 'plans and arguments'] },
      { name: 'companions', is: 'tags and cover beside the sound', may: ['process', 'plans and arguments'] },
      { name: 'measuring', is: 'what FFmpeg found in the sound', may: ['process', 'plans and arguments'] },
      {
        name: 'shape',
        is: 'the shapes that the sound of one stream has',
        may: ['process', 'plans and arguments'],
      },
      {
        name: 'split',
        is: 'one result made by several processes at once',
        may: ['process', 'plans and arguments', 'probing', 'measuring'],
      },
      {
        name: 'results',
        is: 'what has come out',
        may: ['process', 'plans and arguments', 'probing', 'split'],
      },
      {
        name: 'encode',
        paths: ['encode.ts'],
        is: 'one run of FFmpeg put together',
        may: ['process', 'plans and arguments', 'probing', 'companions', 'measuring', 'split'],
      },
      {
        name: 'loudness',
        is: 'an encode that has to be listened to first',
        may: ['process', 'plans and arguments', 'probing', 'companions', 'measuring', 'encode'],
      },
      {
        name: 'convert',
        paths: ['convert.ts', 'convert-segment.ts'],
        is: 'one conversion put together, or a segment of one',
        may: [
          ...['process', 'plans and arguments', 'probing', 'companions', 'shape'],
          ...['measuring', 'split', 'encode', 'loudness'],
        ],
      },
      {
        name: 'streaming',
        is: 'one conversion of a source that is no file',
        may: ['process', 'plans and arguments', 'probing', 'split', 'encode', 'convert'],
      },
    ],
  },
  {
    root: 'localstack/src/',
    topics: [
      { name: 'embedded', is: 'AWS and Redis for one machine, whatever runs on them', may: [] },
      {
        name: 'provision',
        paths: ['provision', 'provision.ts'],
        is: 'the resources, wherever they are made',
        may: [],
      },
      {
        name: 'tools',
        paths: [
          'child.ts',
          'log-file.ts',
          'node-flags.ts',
          'compose.ts',
          'generous-limits.ts',
          'launcher-build.ts',
          'local-env.ts',
          'mail',
          'nobody-listens.ts',
          'page-build.ts',
          'passed-settings.ts',
          'programs.ts',
          'provider-memory.ts',
          'provider-page.ts',
          'short-clocks.ts',
          'sign-in.ts',
          'waiting.ts',
        ],
        is: 'what brings single things up',
        may: ['embedded'],
      },
      { name: 'people', paths: ['people.ts'], is: 'a command of containers', may: ['tools'] },
      { name: 'dev-services', paths: ['dev-services.ts'], is: 'a command', may: ['provision', 'tools'] },
      {
        name: 'fleet',
        paths: ['fleet.ts', 'standing-fleet.ts'],
        is: 'stack, API and workers as processes',
        may: ['embedded', 'provision', 'tools'],
      },
      { name: 'bundled', paths: ['bundled.ts'], is: 'the programs of images', may: ['fleet'] },
      {
        name: 'start',
        paths: ['start.ts'],
        is: 'a command',
        may: ['fleet', 'provision', 'embedded', 'tools'],
      },
      { name: 'demo', is: 'a command', may: ['fleet', 'provision', 'embedded', 'tools'] },
    ],
  },
  {
    root: 'web/src/',
    topics: inOrder([
      { name: 'text', is: 'amounts in words' },
      { name: 'store', paths: ['store.ts', 'use-store.ts', 'attempt.ts'], is: 'how views follow models' },
      { name: 'shell', is: 'what is around every view' },
      { name: 'upload', is: 'one upload' },
      { name: 'presets', is: 'settings that were saved' },
      { name: 'convert', is: 'what may be asked of a file' },
      { name: 'progress', is: 'how far jobs are' },
      { name: 'result', is: 'one finished job' },
      { name: 'files', is: 'the files of this visit' },
      { name: 'history', is: 'the jobs of all visits' },
      { name: 'notices', is: 'who is told of the end of jobs' },
      { name: 'keys', is: 'who may ask besides this page' },
      { name: 'settings', is: 'what somebody sets for themselves' },
      { name: 'session', is: 'who looks at this page' },
      { name: 'services', paths: ['services.ts'], is: 'the models, handed down to all views' },
      { name: 'app', paths: ['app.tsx', 'assemble.ts', 'main.tsx'], is: 'the whole page' },
    ]),
  },
  {
    root: 'cli/src/',
    topics: [
      {
        name: 'command',
        paths: ['command.ts', 'settings.ts', 'on-platform.ts'],
        is: 'what a command is',
        may: [],
      },
      { name: 'doctor', is: 'one command among others', may: ['command'] },
      { name: 'dlq', is: 'one command among others', may: ['command'] },
      { name: 'keys', is: 'one command among others', may: ['command'] },
      { name: 'token-keys', is: 'one command among others', may: ['command'] },
      {
        name: 'wavefleet',
        paths: ['wavefleet.ts', 'main.ts'],
        is: 'the list of commands',
        may: ['command', 'doctor', 'dlq', 'keys', 'token-keys'],
      },
    ],
  },
  {
    root: 'siege/',
    topics: [
      { name: 'command', is: 'what the commands have in common', may: [] },
      { name: 'sandbox', is: 'what a decoder that was taken over tries', may: ['command'] },
      { name: 'faults', is: 'what services and machines do', may: ['command'] },
      { name: 'floods', is: 'what one caller does to the others', may: ['command'] },
      { name: 'hostile', is: 'what strangers send', may: ['command', 'sandbox', 'faults'] },
    ],
  },
];
