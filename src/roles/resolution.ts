/**
 * Pending Map-Requests (RFC 9301 §5.3): a fresh nonce for each send, one send per second and EID-Prefix, ten
 * retransmissions, then silence for 30 s (CP-12). Decides when to send and which replies count; sends nothing itself.
 */
import { DeadlineQueue, type DeadlineQueueState } from '../base/deadline-queue.ts';
import type { IpAddress } from '../base/ip.ts';
import { formatNonce, nonce, type Nonce, type Random, type RandomState } from '../base/random.ts';
import { seconds, type Micros } from '../base/time.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';

const RETRY_INTERVAL: Micros = seconds(1);
/** The first send and ten retransmissions. */
const MAX_SENDS_COUNT = 11;
const PAUSE: Micros = seconds(30);

/** A request as its owner sees it. */
export interface PendingRequest {
  readonly eid: EidPrefix;
  /** The host that caused it. */
  readonly source: IpAddress;
  readonly started: Micros;
  /** Nonces of all sends: a reply to any of them counts. */
  readonly nonces: readonly Nonce[];
}

interface Entry extends PendingRequest {
  /** 'resting': answered less than 1 s after its last send. 'paused': gave up. */
  readonly phase: 'asking' | 'resting' | 'paused';
  /** Next send or give-up, or the end of the rest or pause. */
  readonly due: Micros;
}

/** What is to be done now. `attempt` counts from 1. */
export type ResolutionStep =
  | {
      readonly kind: 'send';
      readonly request: PendingRequest;
      readonly nonce: Nonce;
      readonly attempt: number;
    }
  | { readonly kind: 'give-up'; readonly request: PendingRequest };

export interface ResolutionState {
  readonly entries: readonly Entry[];
  readonly deadlines: DeadlineQueueState<string>;
  readonly random: RandomState;
}

export class Resolution {
  readonly #random: Random;
  /** Requests asked for, resting and paused together; bounds memory under a scan (RFC 7835). */
  #maxEntries: number;
  #entries = new Map<string, Entry>();
  /** Nonce text to entry key. */
  #nonces = new Map<string, string>();
  /** Keys by `due`; an item whose entry has moved on is skipped. */
  readonly #deadlines = new DeadlineQueue<string>();

  constructor(random: Random, maxEntries: number) {
    this.#random = random;
    this.#maxEntries = maxEntries;
  }

  configure(maxEntries: number): void {
    this.#maxEntries = maxEntries;
  }

  /** Asks for `eid` unless that is going on already. On 'new', `next` has a send, at once or when the rest is over. */
  begin(now: Micros, eid: EidPrefix, source: IpAddress): 'new' | 'waiting' | 'paused' | 'full' {
    const key = eidKey(eid);
    const held = this.#entries.get(key);
    const isOver = held !== undefined && held.phase !== 'asking' && held.due <= now;
    if (held === undefined && this.#entries.size >= this.#maxEntries) return 'full';
    if (held !== undefined && !isOver) {
      if (held.phase === 'paused') return 'paused';
      if (held.phase === 'asking') return 'waiting';
    }
    const due = held === undefined || isOver ? now : held.due;
    this.#put(key, { eid, source, started: now, nonces: [], phase: 'asking', due });
    return 'new';
  }

  /** The request that a reply with this nonce answers. */
  find(replyNonce: Nonce): PendingRequest | undefined {
    const key = this.#nonces.get(formatNonce(replyNonce));
    return key === undefined ? undefined : this.#entries.get(key);
  }

  /** The request is answered, or not needed any more: its nonces are worth nothing from now on. */
  complete(eid: EidPrefix): void {
    const key = eidKey(eid);
    const entry = this.#entries.get(key);
    if (entry?.phase !== 'asking') return;
    this.#forgetNonces(entry);
    // While asking, `due` is one interval after the last send: that is when the next one may follow.
    if (entry.nonces.length > 0) this.#put(key, { ...entry, nonces: [], phase: 'resting' });
    else this.#entries.delete(key);
  }

  /** Requests still being asked for, oldest first. */
  *pending(): Iterable<PendingRequest> {
    for (const entry of this.#entries.values()) if (entry.phase === 'asking') yield entry;
  }

  /** The next thing to do at `now`; undefined when there is none. `isNeeded` is asked before a retransmission. */
  next(now: Micros, isNeeded: (eid: EidPrefix) => boolean): ResolutionStep | undefined {
    for (let item = this.#deadlines.popDue(now); item !== undefined; item = this.#deadlines.popDue(now)) {
      const entry = this.#entries.get(item.item);
      if (entry === undefined || entry.due !== item.time) continue;
      if (entry.phase !== 'asking') {
        this.#entries.delete(item.item);
      } else if (!isNeeded(entry.eid)) {
        this.#forgetNonces(entry);
        this.#entries.delete(item.item);
      } else if (entry.nonces.length < MAX_SENDS_COUNT) {
        return this.#send(now, item.item, entry);
      } else {
        this.#forgetNonces(entry);
        this.#put(item.item, { ...entry, nonces: [], phase: 'paused', due: now + PAUSE });
        return { kind: 'give-up', request: entry };
      }
    }
    return undefined;
  }

  /** May be early. */
  nextDeadline(): Micros {
    return this.#deadlines.nextDeadline();
  }

  save(): ResolutionState {
    return {
      entries: [...this.#entries.values()],
      deadlines: this.#deadlines.save(),
      random: this.#random.save(),
    };
  }

  restore(state: ResolutionState): void {
    this.#entries = new Map(state.entries.map((entry) => [eidKey(entry.eid), entry]));
    this.#nonces = new Map(
      state.entries.flatMap(({ eid, nonces }) => nonces.map((n) => [formatNonce(n), eidKey(eid)] as const)),
    );
    this.#deadlines.restore(state.deadlines);
    this.#random.restore(state.random);
  }

  #send(now: Micros, key: string, entry: Entry): ResolutionStep {
    const fresh = nonce(this.#random);
    const request = { ...entry, nonces: [...entry.nonces, fresh], due: now + RETRY_INTERVAL };
    this.#nonces.set(formatNonce(fresh), key);
    this.#put(key, request);
    return { kind: 'send', request, nonce: fresh, attempt: request.nonces.length };
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#deadlines.push(entry.due, key);
  }

  #forgetNonces({ nonces }: Entry): void {
    for (const old of nonces) this.#nonces.delete(formatNonce(old));
  }
}
