/**
 * What a router says and hears in LISP headers when it trusts the network between the RLOCs: nonces that are to come
 * back (RFC 9300 §10.1), and Locator-Status-Bits (§10). Anybody who can send a packet can set either, so that with the
 * public profile, the default, nothing is said and nothing heard (§16).
 */
import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import { NEVER, type Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { Marking, TunnelReport } from '../engine/marking.ts';
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

type Nonce = Pick<Marking, 'nonce' | 'echo'>;

/** What the router is told. */
export interface TrustedTunnelEffects {
  count(name: string, fields: TraceFields): void;
  /** The way to an RLOC is down, or up again, for all mappings that have it. Up until it is told. */
  path(rloc: IpAddress, isUp: boolean): void;
}

/** Plain data, structured-clone safe. */
export interface TrustedTunnelState {
  readonly isOn: boolean;
  readonly database: readonly Mapping[];
  readonly watched: readonly (readonly [string, IpAddress])[];
  readonly echo: EchoNonceState;
  readonly sent: StatusBitsState;
  readonly bits: number | undefined;
  readonly heard: LocatorStatusState;
  readonly nonces: readonly (readonly [rloc: string, Nonce])[];
  readonly unreachable: readonly (readonly [string, IpAddress])[];
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
  /** RLOCs of the Map-Cache. */
  #watched = new Map<string, IpAddress>();
  /** What the headers to an RLOC say of nonces. */
  #nonces = new Map<string, Nonce>();
  /** RLOCs that did not send a nonce back. */
  readonly #unreachable = new Map<string, IpAddress>();
  /** By EID-Prefix: the RLOCs that its site says are down. */
  #down = new Map<string, ReadonlySet<string>>();

  constructor(random: Random, effects: TrustedTunnelEffects) {
    this.#effects = effects;
    this.#echo = new EchoNonce(ECHO_NONCE_DEFAULTS, random);
  }

  /** `database`: the site's own mappings, as its ETR registers them; the locators that `entries` have are watched. */
  configure(now: Micros, isOn: boolean, database: readonly Mapping[], entries: Iterable<CacheEntry>): void {
    if (!isOn) {
      this.#forgetOthers(now, []);
      this.#nonces.clear();
      this.#down.clear();
    }
    this.#database = isOn ? database : [];
    this.#sent.configure(now, this.#database);
    this.#bits = this.#sent.bits(now, this.#database);
    if (isOn && !this.#isOn) for (const entry of entries) this.#watch(now, entry);
    this.#isOn = isOn;
  }

  /**
   * A mapping is in the Map-Cache, for the first time or anew. True when headers to some of its RLOCs, which others may
   * have as well, are others from now on.
   */
  learn(now: Micros, entry: CacheEntry): boolean {
    this.#forgetStatus(entry.mapping.eid);
    return this.#isOn && this.#watch(now, entry);
  }

  /** A mapping has left it. `others`: the entries that stay, some of which may have the same locators. */
  forget(now: Micros, eid: EidPrefix, others: Iterable<CacheEntry>): void {
    this.#forgetStatus(eid);
    if (this.#isOn) this.#forgetOthers(now, others);
  }

  /**
   * A packet was decapsulated. `entry`: what the Map-Cache has for its inner source. True when headers or locators are
   * others from now on.
   */
  hear(now: Micros, { source, header }: TunnelReport, entry: CacheEntry | undefined): boolean {
    if (!this.#isOn) return false;
    const { flags, word0, word1 } = header;
    const out: EchoNonceOutput[] = [];
    const nonce = (flags & LISP_N) === 0 ? {} : { nonce: word0 };
    this.#echo.handle(now, { kind: 'header', rloc: source, echo: (flags & LISP_E) !== 0, ...nonce }, out);
    let isChanged = this.#take(out);
    const mapping = entry?.mapping;
    const isItsRloc =
      mapping?.locators.some(({ address }) => formatIp(address) === formatIp(source)) === true;
    // Bits of a packet that did not come from one of the site's own RLOCs are somebody else's.
    if ((flags & LISP_L) !== 0 && mapping !== undefined && isItsRloc) {
      const room = (flags & LISP_I) === 0 ? ALL_BITS : BITS_WITH_INSTANCE;
      const count = Math.min(room, mapping.locators.length);
      const status: LocatorStatusOutput[] = [];
      this.#heard.hear(now, mapping.eid, count, word1, status);
      if (this.#act(status, (key) => (key === eidKey(mapping.eid) ? mapping : undefined))) isChanged = true;
    }
    return isChanged;
  }

  /** True when headers or locators are others from now on. */
  tick(now: Micros, entries: Iterable<CacheEntry>): boolean {
    if (!this.#isOn) return false;
    const out: EchoNonceOutput[] = [];
    this.#echo.handle(now, { kind: 'tick' }, out);
    const status: LocatorStatusOutput[] = [];
    this.#heard.tick(now, status);
    const mappings = new Map(
      status.length === 0 ? [] : [...entries].map(({ mapping }) => [eidKey(mapping.eid), mapping]),
    );
    const bits = this.#sent.bits(now, this.#database);
    const isOtherBits = bits !== this.#bits;
    this.#bits = bits;
    const isTaken = this.#take(out);
    return this.#act(status, (key) => mappings.get(key)) || isTaken || isOtherBits;
  }

  nextDeadline(now: Micros): Micros {
    if (!this.#isOn) return NEVER;
    return Math.min(this.#echo.nextDeadline(), this.#heard.nextDeadline(), this.#sent.nextDeadline(now));
  }

  /** What LISP headers to an RLOC say; undefined: nothing. */
  marking(rloc: IpAddress): Marking | undefined {
    const nonce = this.#nonces.get(formatIp(rloc));
    if (nonce === undefined && this.#bits === undefined) return undefined;
    return { ...nonce, ...(this.#bits === undefined ? {} : { locatorStatusBits: this.#bits }) };
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
      watched: [...this.#watched],
      echo: this.#echo.save(),
      sent: this.#sent.save(),
      bits: this.#bits,
      heard: this.#heard.save(),
      nonces: [...this.#nonces],
      unreachable: [...this.#unreachable],
      down: [...this.#down].map(([eid, rlocs]): [string, string[]] => [eid, [...rlocs]]),
    });
  }

  restore(state: TrustedTunnelState): void {
    this.#isOn = state.isOn;
    this.#database = state.database;
    this.#watched = new Map(state.watched);
    this.#echo.restore(state.echo);
    this.#sent.restore(state.sent);
    this.#heard.restore(state.heard);
    this.#bits = state.bits;
    this.#nonces = new Map(state.nonces);
    for (const rloc of [...this.#unreachable.values()]) this.#setPath(rloc, true);
    for (const [, rloc] of state.unreachable) this.#setPath(rloc, false);
    this.#down = new Map(state.down.map(([eid, rlocs]) => [eid, new Set(rlocs)]));
  }

  #watch(now: Micros, { mapping, canEcho = false }: CacheEntry): boolean {
    const out: EchoNonceOutput[] = [];
    for (const { address } of mapping.locators) {
      this.#watched.set(formatIp(address), address);
      this.#echo.handle(now, { kind: 'watch', rloc: address, canEcho }, out);
    }
    return this.#take(out);
  }

  /** RLOCs that are of none of these entries are watched no more. */
  #forgetOthers(now: Micros, entries: Iterable<CacheEntry>): void {
    const kept = new Set<string>();
    for (const { mapping } of entries)
      for (const { address } of mapping.locators) kept.add(formatIp(address));
    for (const [text, rloc] of this.#watched) {
      if (kept.has(text)) continue;
      this.#echo.handle(now, { kind: 'forget', rloc }, []);
      this.#watched.delete(text);
      this.#nonces.delete(text);
      this.#setPath(rloc, true);
    }
  }

  #take(outputs: readonly EchoNonceOutput[]): boolean {
    for (const output of outputs) {
      const rloc = formatIp(output.rloc);
      if (output.kind === 'mark') {
        const { nonce, echo } = output;
        if (nonce === undefined) this.#nonces.delete(rloc);
        else this.#nonces.set(rloc, { nonce, echo });
        continue;
      }
      this.#setPath(output.rloc, output.isUp);
      this.#effects.count(output.isUp ? 'echo-nonce-up' : 'echo-nonce-down', { rloc });
    }
    return outputs.length > 0;
  }

  #setPath(rloc: IpAddress, isUp: boolean): void {
    const key = formatIp(rloc);
    if (isUp && !this.#unreachable.delete(key)) return;
    if (!isUp) this.#unreachable.set(key, rloc);
    this.#effects.path(rloc, isUp);
  }

  #act(outputs: readonly LocatorStatusOutput[], mappingOf: (key: string) => Mapping | undefined): boolean {
    for (const { eid, down } of outputs) {
      const locators = sortLocators(mappingOf(eidKey(eid))?.locators ?? []);
      const rlocs = down
        .flatMap((ordinal) => locators[ordinal] ?? [])
        .map(({ address }) => formatIp(address));
      this.#down.set(eidKey(eid), new Set(rlocs));
      this.#effects.count('locator-status-changed', { eid: eidKey(eid), down: rlocs.join(' ') });
    }
    return outputs.length > 0;
  }

  #forgetStatus(eid: EidPrefix): void {
    this.#heard.forget(eid);
    this.#down.delete(eidKey(eid));
  }
}
