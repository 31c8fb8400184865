/** Where a stack does otherwise than AWS, as we know and can live with. The tests assert it, so that a change is seen. */
import type { StackName } from '../bring-up/services.ts';

export interface Difference {
  readonly stack: StackName;
  /** The sentence of the behaviour, as in its test. */
  readonly behaviour: string;
  readonly instead: string;
  readonly harmless: string;
}

export const differences: readonly Difference[] = [
  {
    stack: 'embedded',
    behaviour: 'an event for a bus that is not there is taken and lost',
    instead: 'the entry fails',
    harmless: 'stricter: a wrong EVENT_BUS is seen at once and the outbox keeps the event',
  },
  {
    stack: 'localstack',
    behaviour: 'pages may begin and end at any key',
    instead: 'a page after a key beyond ASCII is an InternalError',
    harmless: 'we list one page, below prefixes and keys of our own making',
  },
  {
    stack: 'localstack',
    behaviour: 'the key of a drop is encoded as HTML forms do it',
    instead: 'a space is %20',
    harmless: 'decoding gives the same key, since a plus sign is %2B in both',
  },
  {
    stack: 'localstack',
    behaviour: 'two versions of one key are told with different sequencers',
    instead: 'every notification has the same one',
    harmless:
      'the ETag is part of a drop’s identity too; only the very same bytes, dropped again, make no new job',
  },
  {
    stack: 'localstack',
    behaviour: 'a poll whose client is gone takes no message along',
    instead: 'the message stays hidden for its visibility timeout',
    harmless: 'only workers that are killed leave a poll; their message comes back, later',
  },
  {
    stack: 'ministack',
    behaviour: 'a part below 5 MiB that is not the last is refused at the end',
    instead: 'parts of any size are joined',
    harmless: 'ours are of 5 MiB, which lib-storage insists on',
  },
  {
    stack: 'ministack',
    behaviour: 'deleting twice is no error',
    instead: 'the second time the handle is refused',
    harmless: 'only a delete whose answer was lost is sent twice; the consumer logs it, the message is gone',
  },
  {
    stack: 'ministack',
    behaviour: 'deleting with the handle of an earlier receive is no error',
    instead: 'the handle is refused',
    harmless: 'the consumer logs it; the record has settled who did the work',
  },
  {
    stack: 'ministack',
    behaviour: 'an entry whose detail is no JSON fails by itself, in the answer',
    instead: 'it is taken',
    harmless: 'our details are made by JSON.stringify',
  },
  {
    stack: 'ministack',
    behaviour: 'an event that is too large is refused',
    instead: 'it is taken',
    harmless: 'our events are below 2 KB: ids, a format and a file name of at most 255 characters',
  },
];
