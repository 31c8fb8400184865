/** E-mails about jobs that have ended: one record a job, so that each job is told of in one e-mail, whatever it is told with. */
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type StoredMail, storedMailSchema } from '@wavefleet/contracts/mails.ts';
import { readable } from '../aws/readable.ts';
import { derivedJobId } from '../jobs/ids.ts';
import { NoticeRecords } from './notice-records.ts';

/** Of one owner, looked at at once. */
const MOST_AT_ONCE = 500;

export class MailNotices extends NoticeRecords<StoredMail> {
  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    super(dynamo, table, storedMailSchema);
  }

  /** As it is stored; of a job that has one already, as it was. @throws SDK errors. */
  async create(
    about: Pick<StoredMail, 'ownerId' | 'jobId' | 'asked'>,
    { waitMs }: { readonly waitMs: number },
  ): Promise<StoredMail> {
    const id = idOf(about.jobId);
    return await this.add({ ...about, id, kind: 'mail', listedUnder: waitingOf(about.ownerId) }, { waitMs });
  }

  /** What became of telling somebody of that job; undefined when nobody was to be told. */
  async ofJob(jobId: string): Promise<StoredMail | undefined> {
    return await this.get(idOf(jobId));
  }

  /** Those that an owner is still to be told of, oldest first. One of a moment ago may be missing: an index is read. */
  async waiting(ownerId: string): Promise<StoredMail[]> {
    return await this.#waiting(ownerId, MOST_AT_ONCE);
  }

  async #waiting(ownerId: string, limit: number): Promise<StoredMail[]> {
    const { Items = [] } = await this.dynamo.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'listed',
        KeyConditionExpression: 'listedUnder = :owner',
        ExpressionAttributeValues: { ':owner': waitingOf(ownerId) },
        Limit: limit,
      }),
    );
    return readable(Items, storedMailSchema).filter(({ state }) => state === 'pending');
  }

  /** The one of them that leads. */
  async oldestWaiting(ownerId: string): Promise<StoredMail | undefined> {
    const [oldest] = await this.#waiting(ownerId, 1);
    return oldest;
  }

  /** It is tried no more. @param problem why it was not sent, if it was not. */
  async end(
    { id, ownerId }: StoredMail,
    state: Exclude<StoredMail['state'], 'pending'>,
    note: Pick<StoredMail, 'problem' | 'shareId'> = {},
  ): Promise<void> {
    await this.over(id, { ...note, state, listedUnder: toldOf(ownerId) });
  }

  /** Deletes all of an owner, also what waits to be told. May be repeated. @throws SDK errors. */
  async removeAll(ownerId: string): Promise<void> {
    for (const list of [waitingOf(ownerId), toldOf(ownerId)]) await this.removeListed(list);
  }

  /** It is tried again. @param notBefore epoch ms. */
  async putOff(
    { id }: StoredMail,
    notBefore: number,
    note: Pick<StoredMail, 'problem' | 'shareId'>,
  ): Promise<void> {
    await this.later(id, notBefore, note);
  }
}

function toldOf(ownerId: string): string {
  return `mailed:${ownerId}`;
}

function idOf(jobId: string): string {
  return derivedJobId('mail', jobId);
}

function waitingOf(ownerId: string): string {
  return `mail:${ownerId}`;
}
