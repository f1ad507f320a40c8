import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { Action } from '../mapping/action.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { LocatorNonce, Marking, ReceptionRules, TunnelReport } from './marking.ts';

/**
 * The data plane of one router: tables in, packets in, verdicts out. Implemented by Engine (WASM, fast) and by
 * Model (plain TypeScript, obvious); the tests hold them equal, bytes and verdicts. The forwarding order is in
 * docs/architecture.md.
 *
 * Table changes take effect at `publish`. Packets go in by `inject`, are worked on by one `process`, and
 * come out in the order they went in by `collect`. Nothing is published between `process` and `collect`; buffers are
 * free again when everything that was injected has been collected.
 *
 * Instance IDs are 0 .. 2^24-1, 0 being the underlay and the default instance of EIDs. What is handed in is read
 * during the call and not kept.
 *
 * Each `set` and `remove` throws EngineError `bad-value`, and changes nothing, on a number beyond the range of its field
 * (it is said at each), a prefix with bits behind its length, or an address of no family. `section` is the field.
 */
export interface DataPlane {
  /** Map-Cache entries that fit, PETRs included; a replaced one needs its room twice until the next publish. */
  readonly entryCapacity: number;
  /** Adds or replaces the underlay route for exactly this prefix. */
  setRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop): void;
  /** Takes the route for exactly this prefix away, if there is one. */
  removeRoute(instanceId: number, prefix: IpPrefix): void;
  /** Adds or replaces the Map-Cache entry for exactly this EID-Prefix. Keeps its hit count when it replaces. */
  setEntry(entry: ForwardingEntry): void;
  /** Takes the entry for exactly this EID-Prefix away, with its hit count. */
  removeEntry(eid: EidPrefix): void;
  /** POLICY_* flags of exactly this EID-Prefix, 0..31; 0 removes it. A packet sees the union over covering prefixes. */
  setPolicy(eid: EidPrefix, flags: number): void;
  /** Where natively-forwarded packets of this inner family go instead (`use-petr`); an empty list means nowhere. */
  setPetr(instanceId: number, innerFamily: Family, targets: readonly EncapTarget[]): void;
  /** Whether decapsulated packets may be accepted as PETR: chooses the reason of a refusal. */
  setProxyEtr(enabled: boolean): void;
  /** How LISP headers are read from now on; what is absent is off. */
  setReception(rules: ReceptionRules): void;
  /**
   * Whether packets may go to this remote RLOC. One that is down leaves its flows to the other targets of each entry,
   * by priority and weight, and no other flow changes its way; when it is up again they come back. Costs a bucket row
   * for each locator set that it is in, however many entries there are. Default up, also for targets yet to come.
   */
  setLocatorState(locator: IpAddress, state: 'up' | 'down'): void;
  /**
   * The nonce in LISP headers toward this remote RLOC; undefined is none, the default. Of targets whose marking has a
   * nonce, map-versions or GPE the header stays as it is. Costs a word for each way that leads there, however many
   * entries there are. Holds also for targets yet to come.
   */
  setNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void;
  /**
   * Makes the changes since the last call visible to packets: between two batches of this thread, all at once. A batch that
   * another thread is in sees all or none, but for lookup kinds that change in place (docs/lpm.md), whose changes it may
   * see address by address, and for what a locator's state or nonce changes. Throws EngineError on lack of room.
   */
  publish(): void;

  /**
   * Queues a packet (its bytes are copied). False when it is longer than a buffer takes, 2,112 bytes, or the batch is
   * full: as many packets as `buffers` wait until they are collected.
   */
  inject(packet: Uint8Array, options: InjectOptions): boolean;
  /** Works on everything queued. */
  process(): void;
  /** Hands out the verdicts of the last `process`, in order, and frees the buffers. */
  collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void;

  /** The Map-Cache entry that a packet to `address` would meet, as published; undefined for a miss. */
  matchEntry(instanceId: number, address: IpAddress): EidPrefix | undefined;
  /** Packets that met this entry; 0 for one that is not there. */
  hits(eid: EidPrefix): number;
  /** Whether there will be an entry for exactly this EID-Prefix after the next publish: changes that wait for it count. */
  willHaveEntry(eid: EidPrefix): boolean;
  /** The entry for exactly this EID-Prefix, as published. */
  entry(eid: EidPrefix): EntryView | undefined;
  /**
   * A page of the published entries: at most `limit` of them, from the first behind `after` on, in EID order
   * (instance, family, address, shorter first). `after` need not be there any more.
   */
  entries(after: EidPrefix | undefined, limit: number): EntryView[];
  /** Sums since the start; a copy. */
  counters(): Counters;
}

/** A Map-Cache entry as a data plane has it. */
export interface EntryView {
  readonly eid: EidPrefix;
  readonly action: Action;
  /** As handed in; none unless the action is ACTION_FORWARD. */
  readonly targets: readonly EncapTarget[];
  /** Slots of the row that flow hashes pick from: a power of two, 0 when there is nothing to pick. */
  readonly buckets: number;
  /** For each target, how many of the slots lead to it. */
  readonly shares: readonly number[];
  /** Packets that met the entry. */
  readonly hits: number;
}

/** Where a route leads. */
export interface NextHop {
  readonly kind: 'local' | 'connected' | 'via' | 'discard';
  /** Interface index 0..65535; without meaning for local and discard. */
  readonly interfaceIndex: number;
  /** Set for 'via', and asked for there; of either family. */
  readonly gateway?: IpAddress;
  /** Largest IP packet the interface takes, in bytes: 0..2^32-1. */
  readonly mtu: number;
}

/** A way to encapsulate. Locators that may never be used are none; one that may not be used now is `down`. */
export interface EncapTarget {
  /** Own RLOC: outer source. Refused when it is not of the family of `destination`. */
  readonly source: IpAddress;
  /** Remote RLOC: outer destination. */
  readonly destination: IpAddress;
  /** 0..255; only the targets with the least are used, and none with 255. */
  readonly priority: number;
  /** 0..255: share of the flows among targets of that priority; all 0 is an equal share. */
  readonly weight: number;
  /** The underlay's way to `destination`. */
  readonly nextHop: NextHop;
  /** Largest outer packet that the path to `destination` takes, 0..2^32-1, where it is known to be less than the link's. */
  readonly pathMtu?: number;
  /** What the LISP header says beside the instance. Absent: nothing, the public profile. */
  readonly marking?: Marking;
  /**
   * No packet of this entry goes there for now: its flows are spread over the other targets, and theirs stay. Apart
   * from `setLocatorState`, which is said of an RLOC and holds for all entries.
   */
  readonly down?: true;
}

/** A Map-Cache entry, as far as packets care. */
export interface ForwardingEntry {
  readonly eid: EidPrefix;
  /** ACTION_FORWARD (8), or the ACT code of a negative entry: 0..7. */
  readonly action: Action;
  /** For ACTION_FORWARD, and checked with any action; none, or none that is up, means that no locator is usable. */
  readonly targets: readonly EncapTarget[];
}

/** Where a packet comes from. */
export interface InjectOptions {
  /** 0..65535; handed back as `inInterface`. */
  readonly interfaceIndex: number;
  /** Instance (VRF) of the interface; 0 for the underlay. */
  readonly instanceId?: number;
  /** Made by this router: TTL is not lowered. */
  readonly originated?: boolean;
  /** Between RLOCs, as control messages are: no role of LISP looks at it. */
  readonly underlay?: boolean;
  /** Already decapsulated once here (a held packet that comes back). */
  readonly decapsulated?: boolean;
  /** Handed back with the verdict. 0..2^32-1. */
  readonly cookie?: number;
}

/**
 * What became of a packet. For 'native' and 'encap' the bytes are what leaves. For 'punt' and 'drop' they are the
 * packet as it stood when the decision fell, before its TTL was lowered: as received, or the inner packet when it
 * had been decapsulated. They are valid only inside the callback.
 */
export interface Verdict {
  /** VERDICT_* */
  readonly verdict: number;
  /** REASON_*; REASON_NONE for 'native' and 'encap'. */
  readonly reason: number;
  /** As injected. */
  readonly inInterface: number;
  /** Interface index, for 'native' and 'encap'. */
  readonly outInterface: number;
  /** The next router, when the way out is 'via'. */
  readonly gateway?: IpAddress;
  /** Of the table that decided: that of the LISP header after decapsulation. */
  readonly instanceId: number;
  /** As injected. */
  readonly originated: boolean;
  /** A LISP header was taken off, now or before it was injected. */
  readonly decapsulated: boolean;
  /** Set when a Map-Cache lookup or an encapsulation needed it, else 0. */
  readonly flowHash: number;
  /** For REASON_TOO_BIG: the largest inner packet that would pass, in bytes; else 0. */
  readonly mtu: number;
  /** As injected. */
  readonly cookie: number;
  /** Of a packet that was decapsulated here and now, where `setReception` asks for reports. */
  readonly tunnel?: TunnelReport;
}

/** What a data plane has done since the start. */
export interface Counters {
  readonly received: PacketCount;
  readonly native: PacketCount;
  readonly encapsulated: PacketCount;
  readonly decapsulated: PacketCount;
  readonly punted: number;
  readonly dropped: number;
  /** Packets per REASON_* code, REASON_COUNT long. */
  readonly byReason: readonly number[];
}

/** Packets and the bytes in them. */
export interface PacketCount {
  readonly packets: number;
  readonly bytes: number;
}
