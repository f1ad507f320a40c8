/**
 * What a router says and hears in LISP headers when it trusts the network between the RLOCs: nonces that are to come
 * back (RFC 9300 §10.1), and Locator-Status-Bits (§10). Anybody who can send a packet can set either, so that with the
 * public profile, the default, nothing is said and nothing heard (§16).
 */
import { sameIp, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import { NEVER, type Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { LocatorNonce, Marking, TunnelReport } from '../engine/marking.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import { sortLocators, type Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import {
  ECHO_NONCE_DEFAULTS,
  EchoNonce,
  type EchoNonceOutput,
  type EchoNonceState,
} from '../roles/echo-nonce.ts';
import { LocatorStatus, type LocatorStatusOutput, type LocatorStatusState } from '../roles/locator-status.ts';
import type { CacheEntry } from '../roles/machine.ts';
import { StatusBits, type StatusBitsState } from '../roles/status-bits.ts';
import { LISP_E, LISP_I, LISP_L, LISP_N } from '../wire/lisp-data.ts';

/** Of 32 Locator-Status-Bits, those that stay beside an Instance ID. */
const BITS_WITH_INSTANCE = 8;
const ALL_BITS = 32;

/** What the router is told. */
export interface TrustedTunnelEffects {
  count(name: string, fields: TraceFields): void;
  /** The way to an RLOC is down, or up again, for all mappings that have it. Up until it is told. */
  path(rloc: IpAddress, isUp: boolean): void;
  /** What headers to an RLOC say of nonces from now on; undefined is nothing, as until it is told. */
  nonce(rloc: IpAddress, nonce: LocatorNonce | undefined): void;
  /** `isDownBySite` is another one for this mapping. */
  status(eid: EidPrefix): void;
  /** `marking` is another one. */
  marking(): void;
}

/** Plain data, structured-clone safe. */
export interface TrustedTunnelState {
  readonly isOn: boolean;
  readonly database: readonly Mapping[];
  readonly echo: EchoNonceState;
  readonly sent: StatusBitsState;
  readonly bits: number | undefined;
  readonly heard: LocatorStatusState;
  readonly nonces: readonly (readonly [rloc: IpAddress, LocatorNonce])[];
  readonly unreachable: readonly IpAddress[];
  readonly down: readonly (readonly [eid: string, rlocs: readonly string[]])[];
}

export class TrustedTunnels {
  readonly #effects: TrustedTunnelEffects;
  readonly #echo: EchoNonce;
  readonly #sent = new StatusBits();
  readonly #heard = new LocatorStatus();
  #isOn = false;
  #database: readonly Mapping[] = [];
  #bits: number | undefined;
  /** What the headers to an RLOC say of nonces. */
  readonly #nonces = new Map<string, readonly [IpAddress, LocatorNonce]>();
  /** RLOCs that did not send a nonce back. */
  readonly #unreachable = new Map<string, IpAddress>();
  /** By EID-Prefix: the RLOCs that its site says are down. */
  #down = new Map<string, ReadonlySet<string>>();

  constructor(random: Random, effects: TrustedTunnelEffects) {
    this.#effects = effects;
    this.#echo = new EchoNonce(ECHO_NONCE_DEFAULTS, random);
  }

  /**
   * `database`: the site's own mappings, as its ETR registers them; the locators that `entries` have are watched. All
   * entries are to be told to the data plane after this: of `marking` and `isDownBySite` nothing else is told.
   */
  configure(now: Micros, isOn: boolean, database: readonly Mapping[], entries: Iterable<CacheEntry>): void {
    if (!isOn) {
      this.#echo.restore([]);
      this.#setMarks([], []);
      this.#down.clear();
    }
    this.#database = isOn ? database : [];
    this.#sent.configure(now, this.#database);
    this.#bits = this.#sent.bits(now, this.#database);
    if (isOn && !this.#isOn) for (const entry of entries) this.#watch(now, entry);
    this.#isOn = isOn;
  }

  /** A mapping is in the Map-Cache, for the first time or anew, and is to be told to the data plane after this. */
  learn(now: Micros, entry: CacheEntry): void {
    this.forget(entry.mapping.eid);
    if (this.#isOn) this.#watch(now, entry);
  }

  /** A mapping has left the Map-Cache. */
  forget(eid: EidPrefix): void {
    this.#heard.forget(eid);
    this.#down.delete(eidKey(eid));
  }

  /** No entry has these RLOCs any more. */
  leave(now: Micros, rlocs: readonly IpAddress[]): void {
    if (!this.#isOn) return;
    for (const rloc of rlocs) {
      // What is due for others by now happens on the way.
      const out: EchoNonceOutput[] = [];
      this.#echo.handle(now, { kind: 'forget', rloc }, out);
      this.#take(out);
      this.#setNonce(rloc, undefined);
      this.#setPath(rloc, true);
    }
  }

  /** A packet was decapsulated. `entry`: what the Map-Cache has for its inner source. */
  hear(now: Micros, { source, header }: TunnelReport, entry: CacheEntry | undefined): void {
    if (!this.#isOn) return;
    const { flags, word0, word1 } = header;
    const out: EchoNonceOutput[] = [];
    const nonce = (flags & LISP_N) === 0 ? {} : { nonce: word0 };
    this.#echo.handle(now, { kind: 'header', rloc: source, echo: (flags & LISP_E) !== 0, ...nonce }, out);
    this.#take(out);
    const mapping = entry?.mapping;
    // Bits of a packet that did not come from one of the site's own RLOCs are somebody else's.
    const isItsRloc = mapping?.locators.some(({ address }) => sameIp(address, source)) === true;
    if ((flags & LISP_L) === 0 || mapping === undefined || !isItsRloc) return;
    const room = (flags & LISP_I) === 0 ? ALL_BITS : BITS_WITH_INSTANCE;
    const count = Math.min(room, mapping.locators.length);
    const status: LocatorStatusOutput[] = [];
    this.#heard.hear(now, mapping.eid, count, word1, status);
    this.#act(status, () => entry);
  }

  /** `entryOf`: what the Map-Cache has for exactly this EID-Prefix. */
  tick(now: Micros, entryOf: (eid: EidPrefix) => CacheEntry | undefined): void {
    if (!this.#isOn) return;
    const out: EchoNonceOutput[] = [];
    this.#echo.handle(now, { kind: 'tick' }, out);
    this.#take(out);
    const status: LocatorStatusOutput[] = [];
    this.#heard.tick(now, status);
    this.#act(status, entryOf);
    const bits = this.#sent.bits(now, this.#database);
    if (bits === this.#bits) return;
    this.#bits = bits;
    this.#effects.marking();
  }

  nextDeadline(now: Micros): Micros {
    if (!this.#isOn) return NEVER;
    return Math.min(this.#echo.nextDeadline(), this.#heard.nextDeadline(), this.#sent.nextDeadline(now));
  }

  /** What all LISP headers say beside nonces; undefined: nothing. */
  get marking(): Marking | undefined {
    return this.#bits === undefined ? undefined : { locatorStatusBits: this.#bits };
  }

  /** Whether a locator of a mapping is not to be used, by what was heard. */
  isDown(eid: EidPrefix, locator: Locator): boolean {
    return this.#unreachable.has(formatIp(locator.address)) || this.isDownBySite(eid, locator);
  }

  /** Whether the mapping's site says so: for other mappings that have the RLOC, this means nothing. */
  isDownBySite(eid: EidPrefix, { address }: Locator): boolean {
    return this.#down.get(eidKey(eid))?.has(formatIp(address)) === true;
  }

  save(): TrustedTunnelState {
    return structuredClone({
      isOn: this.#isOn,
      database: this.#database,
      echo: this.#echo.save(),
      sent: this.#sent.save(),
      bits: this.#bits,
      heard: this.#heard.save(),
      nonces: [...this.#nonces.values()],
      unreachable: [...this.#unreachable.values()],
      down: [...this.#down].map(([eid, rlocs]): [string, string[]] => [eid, [...rlocs]]),
    });
  }

  /** As after `configure`, all entries are to be told to the data plane. */
  restore(state: TrustedTunnelState): void {
    this.#isOn = state.isOn;
    this.#database = state.database;
    this.#echo.restore(state.echo);
    this.#sent.restore(state.sent);
    this.#heard.restore(state.heard);
    this.#bits = state.bits;
    this.#setMarks(state.nonces, state.unreachable);
    this.#down = new Map(state.down.map(([eid, rlocs]) => [eid, new Set(rlocs)]));
  }

  #watch(now: Micros, { mapping, canEcho = false }: CacheEntry): void {
    const out: EchoNonceOutput[] = [];
    for (const { address } of mapping.locators)
      this.#echo.handle(now, { kind: 'watch', rloc: address, canEcho }, out);
    this.#take(out);
  }

  #take(outputs: readonly EchoNonceOutput[]): void {
    for (const output of outputs) {
      const { rloc } = output;
      if (output.kind === 'mark') {
        const { nonce, echo } = output;
        this.#setNonce(rloc, nonce === undefined ? undefined : { nonce, echo });
        continue;
      }
      this.#setPath(rloc, output.isUp);
      const event = output.isUp ? (output.isTrial ? 'retry' : 'up') : 'down';
      this.#effects.count(`echo-nonce-${event}`, { rloc: formatIp(rloc) });
    }
  }

  /** These and no others. */
  #setMarks(nonces: TrustedTunnelState['nonces'], unreachable: TrustedTunnelState['unreachable']): void {
    for (const [rloc] of [...this.#nonces.values()]) this.#setNonce(rloc, undefined);
    for (const rloc of [...this.#unreachable.values()]) this.#setPath(rloc, true);
    for (const [rloc, nonce] of nonces) this.#setNonce(rloc, nonce);
    for (const rloc of unreachable) this.#setPath(rloc, false);
  }

  #setNonce(rloc: IpAddress, nonce: LocatorNonce | undefined): void {
    const key = formatIp(rloc);
    if (nonce === undefined && !this.#nonces.delete(key)) return;
    if (nonce !== undefined) this.#nonces.set(key, [rloc, nonce]);
    this.#effects.nonce(rloc, nonce);
  }

  #setPath(rloc: IpAddress, isUp: boolean): void {
    const key = formatIp(rloc);
    if (isUp && !this.#unreachable.delete(key)) return;
    if (!isUp) this.#unreachable.set(key, rloc);
    this.#effects.path(rloc, isUp);
  }

  #act(outputs: readonly LocatorStatusOutput[], entryOf: (eid: EidPrefix) => CacheEntry | undefined): void {
    for (const { eid, down } of outputs) {
      const locators = sortLocators(entryOf(eid)?.mapping.locators ?? []);
      const rlocs = down
        .flatMap((ordinal) => locators[ordinal] ?? [])
        .map(({ address }) => formatIp(address));
      this.#down.set(eidKey(eid), new Set(rlocs));
      this.#effects.count('locator-status-changed', { eid: eidKey(eid), down: rlocs.join(' ') });
      this.#effects.status(eid);
    }
  }
}
