/** What the provider of this machine remembers, for as long as it runs: sessions, codes and the like. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

type Stored = Map<string, AdapterPayload>;

/** For one provider. Answers what it asks for each kind of thing that it keeps. */
export function providerMemory(): (kind: string) => Adapter {
  const stored: Stored = new Map();
  return (kind) => new OneKind(kind, stored);
}

/** The ids of all are random. */
class OneKind implements Adapter {
  readonly #kind: string;
  readonly #stored: Stored;

  constructor(kind: string, stored: Stored) {
    this.#kind = kind;
    this.#stored = stored;
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#stored.set(this.#key(id), payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#stored.get(this.#key(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#all().find((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#all().find((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = this.#stored.get(this.#key(id));
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#stored.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.#stored) if (payload.grantId === grantId) this.#stored.delete(key);
  }

  #key(id: string): string {
    return `${this.#kind}:${id}`;
  }

  #all(): AdapterPayload[] {
    return [...this.#stored].flatMap(([key, payload]) => (key.startsWith(`${this.#kind}:`) ? [payload] : []));
  }
}
