/** The queues: where dead letters go, how long things last, and what the fleet may do. No message is ever moved. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { queueArnOf, queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import type { Subject } from '@wavefleet/platform/trouble/subject.ts';
import { z } from 'zod';
import { look, need, orNothing, provesPermission } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';

type UrlSetting = `${'JOBS' | 'DROPS' | 'NOTICES'}_${'QUEUE' | 'DLQ'}_URL`;
type Attributes = Partial<Record<string, string>>;

/** A deploy hands each running job back, which counts as a receive: fewer would dead-letter healthy jobs. */
const FEWEST_RECEIVES = 5;
/** No receipt handle that SQS has ever given out. */
const NO_RECEIPT = 'connectivity';
/** SQS takes no control characters, so that this is never sent. */
const UNSENDABLE = '\u0001';
const UNSENDABLE_REFUSED = ['InvalidMessageContents', 'InvalidParameterValue'];
const RECEIPT_REFUSED = [
  'ReceiptHandleIsInvalid',
  'InvalidParameterValue',
  'MessageNotInflight',
  'InvalidIdFormat',
];
const AGAIN = 'Set the queue up again: terraform apply, or npm run provision.';

export function sqsChecks(world: World): Check[] {
  return [
    ...queueChecks(world, 'JOBS_QUEUE_URL', 'JOBS_DLQ_URL'),
    ...queueChecks(world, 'DROPS_QUEUE_URL', 'DROPS_DLQ_URL'),
    ...queueChecks(world, 'NOTICES_QUEUE_URL', 'NOTICES_DLQ_URL'),
    deadLetterCheck(world, 'JOBS_DLQ_URL', 'JOBS_QUEUE_URL'),
    deadLetterCheck(world, 'DROPS_DLQ_URL', 'DROPS_QUEUE_URL'),
    deadLetterCheck(world, 'NOTICES_DLQ_URL', 'NOTICES_QUEUE_URL'),
  ];
}

function queueChecks(world: World, setting: UrlSetting, deadLetter: UrlSetting): Check[] {
  const { aws, config } = world;
  const QueueUrl = config[setting];
  const name = queueNameOf(QueueUrl);
  const isJobs = setting === 'JOBS_QUEUE_URL';
  const isNotices = setting === 'NOTICES_QUEUE_URL';
  // Who of AWS puts messages there.
  const sender = isNotices ? 'events.amazonaws.com' : 's3.amazonaws.com';
  return [
    {
      what: `SQS ${name}: dead letters, visibility`,
      thing: name,
      async run(signal) {
        // /api/health asks for the jobs queue's attributes.
        const attributes = await attributesOf(world, setting, isJobs ? need : look, signal);
        const expectedArn = queueArnOf(config[deadLetter], config.AWS_REGION);
        return [
          ...redriveRemarks(attributes, expectedArn, deadLetter),
          // A notifier's tries are short, and have a visibility of their own.
          ...(isNotices ? [] : visibilityRemarks(attributes, config.VISIBILITY_TIMEOUT_MS)),
          ...(isJobs ? [] : senderRemarks(attributes, sender)),
        ];
      },
    },
    {
      what: `SQS ${name}: receive, hide, delete${isJobs || isNotices ? ', send' : ''}`,
      thing: name,
      async run(abortSignal) {
        const send = { abortSignal };
        // More than SQS gives at once: refused, and if it were not, every message would stay where it is.
        await provesPermission(
          about(world, setting, 'ReceiveMessage'),
          ['InvalidParameterValue', 'ReadCountOutOfRange'],
          () =>
            aws.sqs.send(
              new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 99, VisibilityTimeout: 0 }),
              send,
            ),
        );
        await provesPermission(about(world, setting, 'ChangeMessageVisibility'), RECEIPT_REFUSED, () =>
          aws.sqs.send(
            new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: NO_RECEIPT, VisibilityTimeout: 0 }),
            send,
          ),
        );
        await provesPermission(about(world, setting, 'DeleteMessage'), RECEIPT_REFUSED, () =>
          aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: NO_RECEIPT }), send),
        );
        if (isJobs || isNotices) await maySend(world, setting, abortSignal);
        return [];
      },
    },
  ];
}

/** Workers put aside what they cannot read: they send there. */
function deadLetterCheck(world: World, setting: UrlSetting, source: UrlSetting): Check {
  const name = queueNameOf(world.config[setting]);
  return {
    what: `SQS ${name}: send, retention`,
    thing: name,
    async run(signal) {
      await maySend(world, setting, signal);
      const [own, sources] = await Promise.all([
        attributesOf(world, setting, look, signal),
        // That the source is missing is said where the source is checked.
        orNothing(['QueueDoesNotExist'], () => attributesOf(world, source, look, signal)),
      ]);
      return retentionRemarks(Number(own.MessageRetentionPeriod), Number(sources?.MessageRetentionPeriod));
    },
  };
}

async function maySend(world: World, setting: UrlSetting, abortSignal: AbortSignal): Promise<void> {
  await provesPermission(about(world, setting, 'SendMessage'), UNSENDABLE_REFUSED, () =>
    world.aws.sqs.send(new SendMessageCommand({ QueueUrl: world.config[setting], MessageBody: UNSENDABLE }), {
      abortSignal,
    }),
  );
}

async function attributesOf(
  world: World,
  setting: UrlSetting,
  ask: typeof need,
  abortSignal: AbortSignal,
): Promise<Attributes> {
  const { Attributes = {} } = await ask(about(world, setting, 'GetQueueAttributes'), () =>
    world.aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: world.config[setting], AttributeNames: ['All'] }),
      { abortSignal },
    ),
  );
  return Attributes;
}

function about({ config }: World, setting: UrlSetting, action: string): Subject {
  const name = config[setting];
  return { action: `sqs:${action}`, resource: queueArnOf(name, config.AWS_REGION), setting, name };
}

const redrive = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });

function redriveRemarks({ RedrivePolicy }: Attributes, expectedArn: string, setting: UrlSetting): Remark[] {
  const policy = RedrivePolicy === undefined ? undefined : redrive.parse(JSON.parse(RedrivePolicy));
  if (policy === undefined) {
    return [
      { status: 'FAIL', problem: 'no redrive policy: a poisonous message comes back for ever', fix: AGAIN },
    ];
  }
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  const remarks: Remark[] = [];
  if (deadLetterTargetArn !== expectedArn) {
    remarks.push({
      status: 'FAIL',
      problem: `dead letters go to ${deadLetterTargetArn}, expected ${expectedArn}`,
      fix: `Correct ${setting}, or set the queue's redrive policy again (terraform apply, or npm run provision).`,
    });
  }
  if (maxReceiveCount < FEWEST_RECEIVES) {
    remarks.push({
      status: 'warn',
      problem: `maxReceiveCount is ${maxReceiveCount}: a few deploys would dead-letter a healthy message`,
      fix: `Raise it to ${FEWEST_RECEIVES} or more; real crashes are counted on the job's record.`,
    });
  }
  return remarks;
}

function visibilityRemarks({ VisibilityTimeout }: Attributes, expectedMs: number): Remark[] {
  const actualMs = Number(VisibilityTimeout) * 1000;
  if (VisibilityTimeout === undefined || actualMs === expectedMs) return [];
  return [
    {
      status: 'warn',
      problem: `the queue hides messages for ${actualMs} ms, VISIBILITY_TIMEOUT_MS is ${expectedMs}`,
      fix: "Make them agree. Workers set their own timeout when they receive, so the queue's only affects other readers.",
    },
  ];
}

/** S3 refuses to be configured without the right, but the policy may have been changed since. */
function senderRemarks({ Policy }: Attributes, sender: string): Remark[] {
  if (Policy?.includes(sender) === true) return [];
  return [
    {
      status: 'warn',
      problem: `the queue's policy does not name ${sender}: ${sender.startsWith('s3') ? 'drops' : 'ends of jobs'} may not arrive`,
      fix: AGAIN,
    },
  ];
}

function retentionRemarks(deadLetterSeconds: number, queueSeconds: number): Remark[] {
  if (!(deadLetterSeconds < queueSeconds)) return [];
  return [
    {
      status: 'warn',
      problem: `it keeps messages for ${deadLetterSeconds} s, its queue for ${queueSeconds} s: dead letters age from their first sending and may be gone at once`,
      fix: 'Give the dead-letter queue 14 days (1209600 s).',
    },
  ];
}
