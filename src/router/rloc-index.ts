/** Which entries of the Map-Cache have an RLOC: what is heard of one concerns these, and no others. */
import { formatIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import type { CacheEntry } from '../roles/machine.ts';

interface Users {
  readonly rloc: IpAddress;
  /** By EID-Prefix. */
  readonly entries: Map<string, CacheEntry>;
}

export class RlocIndex {
  readonly #users = new Map<string, Users>();
  readonly #entries = new Map<string, CacheEntry>();

  /** Adds an entry or replaces that of its EID-Prefix; the RLOCs that no entry has any more. */
  put(entry: CacheEntry): IpAddress[] {
    const key = eidKey(entry.mapping.eid);
    const before = this.#entries.get(key);
    this.#entries.set(key, entry);
    const kept = new Set(entry.mapping.locators.map(({ address }) => formatIp(address)));
    const gone = this.#leave(key, before, kept);
    for (const { address } of entry.mapping.locators) {
      const rloc = formatIp(address);
      const users = this.#users.get(rloc);
      if (users === undefined) this.#users.set(rloc, { rloc: address, entries: new Map([[key, entry]]) });
      else users.entries.set(key, entry);
    }
    return gone;
  }

  /** The RLOCs that no entry has any more. */
  remove(eid: EidPrefix): IpAddress[] {
    const key = eidKey(eid);
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    return this.#leave(key, before, new Set());
  }

  /** Makes these the entries. The RLOCs that no entry has any more. */
  reset(entries: Iterable<CacheEntry>): IpAddress[] {
    const before = new Map([...this.#users].map(([text, { rloc }]) => [text, rloc]));
    this.#users.clear();
    this.#entries.clear();
    for (const entry of entries) this.put(entry);
    return [...before].flatMap(([text, rloc]) => (this.#users.has(text) ? [] : rloc));
  }

  /** Entries that have an RLOC, in the order in which they came to have it. */
  entriesOf(rloc: IpAddress): readonly CacheEntry[] {
    return [...(this.#users.get(formatIp(rloc))?.entries.values() ?? [])];
  }

  entry(eid: EidPrefix): CacheEntry | undefined {
    return this.#entries.get(eidKey(eid));
  }

  #leave(key: string, entry: CacheEntry | undefined, kept: ReadonlySet<string>): IpAddress[] {
    const gone: IpAddress[] = [];
    for (const { address } of entry?.mapping.locators ?? []) {
      const rloc = formatIp(address);
      const users = this.#users.get(rloc);
      if (users === undefined || kept.has(rloc)) continue;
      users.entries.delete(key);
      if (users.entries.size > 0) continue;
      this.#users.delete(rloc);
      gone.push(address);
    }
    return gone;
  }
}
