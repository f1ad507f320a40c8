/** ITR and PITR: resolves EIDs and owns the Map-Cache (RFC 9301 §5.3, §5.4; RFC 6832 §5). */
import type { Family, IpAddress } from '../base/ip.ts';
import { sameIp } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { formatNonce, type Random } from '../base/random.ts';
import type { Micros } from '../base/time.ts';
import {
  containsEid,
  coversEid,
  firstEid,
  formatEid,
  formatEidPrefix,
  hostEid,
  type Eid,
  type EidPrefix,
} from '../mapping/eid.ts';
import { isLegalRloc } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { MapReply } from '../wire/map-reply.ts';
import type { HitsOf } from './learned-order.ts';
import type { CacheEntry, Machine, ReceivedMessage, RoleInput, RoleOutput } from './machine.ts';
import { isAsking, MapCache, type MapCacheState, type StaticEntry } from './map-cache.ts';
import { hasControlPort, requestMapping } from './map-request.ts';
import { drop, trace } from './outputs.ts';
import type { ItrPolicy } from './policy.ts';
import { readRecords } from './records.ts';
import { Resolution, type ResolutionState, type ResolutionStep } from './resolution.ts';

/** A setting per family of the EID; absent = the role is off for it. */
export interface PolicyPerFamily {
  readonly ipv4?: ItrPolicy;
  readonly ipv6?: ItrPolicy;
}

export interface ItrConfig {
  /** Lookups caused by hosts inside these are the ITR's; all others are the PITR's where there is one. */
  readonly localEids: readonly EidPrefix[];
  readonly itr: PolicyPerFamily;
  readonly pitr: PolicyPerFamily;
  /** An ITR has `sendMapRequestEntry` of 0.0.0.0/0 or ::/0 here, a PITR its ranges. */
  readonly staticEntries: readonly StaticEntry[];
  /** A mapping that points at one of these would loop (T14). */
  readonly ownAddresses: readonly IpAddress[];
  /** Positive records shorter than this are refused (T13). Negative ones have no floor. */
  readonly floorBits: { readonly ipv4: number; readonly ipv6: number };
  /** Learned entries at most (T21). */
  readonly maxEntries: number;
  /** Longest life of a learned entry (T15). */
  readonly maxTtlMinutes: number;
  /** EIDs asked for, resting or paused at once. */
  readonly maxRequests: number;
}

/** Neither ITR nor PITR, with the default limits. */
export function noItr(): ItrConfig {
  return {
    localEids: [],
    itr: {},
    pitr: {},
    staticEntries: [],
    ownAddresses: [],
    floorBits: { ipv4: 8, ipv6: 16 },
    maxEntries: 65_536,
    maxTtlMinutes: 7 * 24 * 60,
    maxRequests: 4096,
  };
}

export interface ItrState {
  readonly config: ItrConfig;
  readonly isStarted: boolean;
  readonly cache: MapCacheState;
  readonly resolution: ResolutionState;
}

/**
 * Entries are not refreshed before they expire: the next packet asks again. A Map-Reply for exactly the prefix of a
 * static send-map-request entry takes its place until it expires; other static entries are never overwritten.
 */
export class Itr implements Machine<RoleInput, RoleOutput, ItrState> {
  #config: ItrConfig;
  #isStarted = false;
  readonly #cache: MapCache;
  readonly #resolution: Resolution;

  /** `hitsOf`: what the data plane has counted so far, read when a learned entry has to make room for another. */
  constructor(config: ItrConfig, random: Random, hitsOf: HitsOf) {
    this.#config = config;
    this.#cache = new MapCache(config.maxEntries, hitsOf);
    this.#resolution = new Resolution(random, config.maxRequests);
  }

  handle(now: Micros, input: RoleInput, out: RoleOutput[]): void {
    this.#cache.expire(now, out);
    if (input.kind === 'start') this.#start(now, out);
    else if (input.kind === 'lookup') this.#lookUp(now, input.eid, input.source, out);
    else if (input.kind === 'message' && input.received.message.type === 'map-reply') {
      this.#accept(now, input.received, input.received.message, out);
    }
    this.#work(now, out);
  }

  /** Entries and requests stay as far as the new configuration allows them. */
  configure(now: Micros, config: ItrConfig, out: RoleOutput[]): void {
    this.#config = config;
    this.#resolution.configure(config.maxRequests);
    if (!this.#isStarted) return;
    this.#cache.configure(now, config.staticEntries, out);
    const { ipv4, ipv6 } = { ipv4: isOn(config, 4), ipv6: isOn(config, 6) };
    this.#cache.sweep(({ mapping }) => {
      const isServed = mapping.eid.prefix.address.family === 4 ? ipv4 : ipv6;
      return !isServed || this.#refusal(mapping) !== undefined;
    }, out);
    this.#cache.resize(config.maxEntries, out);
    for (const { eid, source } of [...this.#resolution.pending()]) {
      if (this.#policy(eid, source) !== undefined) continue;
      this.#resolution.complete(eid);
      out.push({ kind: 'give-up', eid: firstEid(eid) });
    }
    this.#work(now, out);
  }

  /** Forgets what was learned, as `clear ip lisp map-cache` does; returns how many entries. */
  clear(out: RoleOutput[], isUnwanted: (eid: EidPrefix) => boolean = () => true): number {
    const before = this.#cache.learnedCount;
    this.#cache.sweep(({ mapping }) => isUnwanted(mapping.eid), out);
    return before - this.#cache.learnedCount;
  }

  /** The Map-Cache in EID order. */
  entries(): Iterable<CacheEntry> {
    return this.#cache.entries();
  }

  /** The entry that a packet to `eid` meets. */
  match(eid: Eid): CacheEntry | undefined {
    return this.#cache.match(eid);
  }

  nextDeadline(): Micros {
    return Math.min(this.#cache.nextDeadline(), this.#resolution.nextDeadline());
  }

  save(): ItrState {
    return {
      config: this.#config,
      isStarted: this.#isStarted,
      cache: this.#cache.save(),
      resolution: this.#resolution.save(),
    };
  }

  restore(state: ItrState): void {
    this.#config = state.config;
    this.#isStarted = state.isStarted;
    this.#cache.restore(state.config.maxEntries, state.cache);
    this.#resolution.configure(state.config.maxRequests);
    this.#resolution.restore(state.resolution);
  }

  #start(now: Micros, out: RoleOutput[]): void {
    this.#isStarted = true;
    this.#cache.resize(this.#config.maxEntries, out);
    this.#cache.configure(now, this.#config.staticEntries, out);
  }

  #lookUp(now: Micros, eid: Eid, source: IpAddress, out: RoleOutput[]): void {
    const held = this.#cache.match(eid);
    if (held !== undefined && !isAsking(held.mapping)) {
      // The packet was punted before the entry was published: saying it again releases the packet.
      out.push({ kind: 'install', entry: held });
      return;
    }
    const refuse = (reason: string): void => {
      drop(out, reason, formatEid(eid));
      out.push({ kind: 'give-up', eid });
    };
    const asked = hostEid(eid);
    const policy = this.#policy(asked, source);
    if (policy === undefined) {
      refuse(hasMapResolver(this.#config, eid.address.family) ? 'no-itr-rloc' : 'no-map-resolver');
      return;
    }
    // IW-13: a proxy does not ask for destinations that were not given to it.
    if (policy.pitr && held === undefined) {
      refuse('outside-proxy-ranges');
      return;
    }
    const begun = this.#resolution.begin(now, asked, source);
    if (begun === 'paused') refuse('map-request-paused');
    else if (begun === 'full') refuse('too-many-map-requests');
  }

  #work(now: Micros, out: RoleOutput[]): void {
    const isNeeded = (eid: EidPrefix): boolean => {
      const held = this.#cache.match(firstEid(eid));
      return held === undefined || isAsking(held.mapping);
    };
    for (;;) {
      const step = this.#resolution.next(now, isNeeded);
      if (step === undefined) return;
      if (step.kind === 'send') this.#send(step, out);
      else this.#giveUp(step.request.eid, out);
    }
  }

  #send({ request, nonce, attempt }: ResolutionStep & { kind: 'send' }, out: RoleOutput[]): void {
    const { eid, source } = request;
    const policy = this.#policy(eid, source);
    if (policy === undefined) return;
    const mapResolver = policy.mapResolvers[(attempt - 1) % policy.mapResolvers.length]!;
    out.push(requestMapping(policy, eid, source, nonce, mapResolver));
    trace(out, 'itr', 'map-request-sent', {
      eid: formatEidPrefix(eid),
      to: formatIp(mapResolver),
      nonce: formatNonce(nonce),
      attempt,
      pitr: policy.pitr,
    });
  }

  #giveUp(eid: EidPrefix, out: RoleOutput[]): void {
    trace(out, 'itr', 'map-request-given-up', { eid: formatEidPrefix(eid) });
    out.push({ kind: 'give-up', eid: firstEid(eid) });
  }

  #accept(now: Micros, received: ReceivedMessage, reply: MapReply, out: RoleOutput[]): void {
    const from = formatIp(received.from.address);
    if (!hasControlPort(received)) {
      drop(out, 'bad-port', from);
      return;
    }
    // No probes are sent, so none can be answered.
    if (reply.probe) {
      drop(out, 'unexpected-probe-reply', from);
      return;
    }
    const request = this.#resolution.find(reply.nonce);
    if (request === undefined) {
      drop(out, 'unknown-nonce', from);
      return;
    }
    const mappings = readRecords(reply.records);
    if (!mappings.ok) {
      drop(out, mappings.error, from);
      return;
    }
    const answers = mappings.value.filter(({ eid }) => coversEid(eid, request.eid));
    // T12: the right nonce does not excuse the wrong EID; the request stays open.
    if (answers.length === 0) {
      drop(out, 'reply-for-other-eid', from);
      return;
    }
    trace(out, 'itr', 'map-reply-received', {
      eid: formatEidPrefix(request.eid),
      from,
      nonce: formatNonce(reply.nonce),
      records: reply.records.length,
    });
    this.#resolution.complete(request.eid);
    this.#learn(now, mappings.value, answers, reply.echoNonceCapable, out);
    const held = this.#cache.match(firstEid(request.eid));
    if (held === undefined || isAsking(held.mapping)) {
      out.push({ kind: 'give-up', eid: firstEid(request.eid) });
    }
  }

  /** Installs all records that belong to the answer, most specific first, so that CP-24 sees them. */
  #learn(
    now: Micros,
    mappings: readonly Mapping[],
    answers: readonly Mapping[],
    canEcho: boolean,
    out: RoleOutput[],
  ): void {
    const judged = [...mappings]
      .sort((a, b) => b.eid.prefix.bits - a.eid.prefix.bits)
      .map((mapping) => {
        const isRelated = answers.some((answer) => coversEid(answer.eid, mapping.eid));
        return { mapping, refusal: isRelated ? this.#refusal(mapping) : 'unrelated-record' };
      });
    // For all of them at once: none that was just learned leaves for the next.
    const hasRoom = this.#cache.makeRoom(
      judged.flatMap(({ mapping: { eid, ttlMinutes }, refusal }) =>
        refusal === undefined && ttlMinutes > 0 ? [eid] : [],
      ),
      out,
    );
    for (const { mapping, refusal } of judged) {
      const text = formatEidPrefix(mapping.eid);
      if (refusal !== undefined) drop(out, refusal, text);
      else if (mapping.ttlMinutes === 0) {
        if (this.#cache.forget(mapping.eid, out)) trace(out, 'itr', 'map-cache-withdrawn', { eid: text });
      } else if (!hasRoom) drop(out, 'no-map-cache-room', text);
      else this.#cache.learn(now, mapping, this.#config.maxTtlMinutes, out, canEcho);
    }
  }

  /** Why a mapping may not be in the cache; undefined when it may. */
  #refusal({ eid, locators }: Mapping): string | undefined {
    const { floorBits, ownAddresses } = this.#config;
    if (!this.#cache.mayLearn(eid)) return 'static-entry';
    if (locators.length === 0) return undefined;
    const floor = eid.prefix.address.family === 4 ? floorBits.ipv4 : floorBits.ipv6;
    if (eid.prefix.bits < floor) return 'below-floor';
    if (locators.some(({ address }) => !isLegalRloc(address))) return 'illegal-rloc';
    if (locators.some(({ address }) => ownAddresses.some((own) => sameIp(own, address)))) return 'own-rloc';
    return undefined;
  }

  /** The role that asks for `eid` on behalf of `source`. A policy that cannot ask is as good as none. */
  #policy(eid: EidPrefix, source: IpAddress): ItrPolicy | undefined {
    const { localEids, itr, pitr } = this.#config;
    const of = ({ ipv4, ipv6 }: PolicyPerFamily): ItrPolicy | undefined => {
      const policy = eid.prefix.address.family === 4 ? ipv4 : ipv6;
      return policy === undefined || policy.mapResolvers.length === 0 || policy.itrRlocs.length === 0
        ? undefined
        : policy;
    };
    const sender: Eid = { instanceId: eid.instanceId, address: source };
    return localEids.some((local) => containsEid(local, sender))
      ? (of(itr) ?? of(pitr))
      : (of(pitr) ?? of(itr));
  }
}

/** Somebody could be asked, were there an address to be answered at. */
function hasMapResolver({ itr, pitr }: ItrConfig, family: Family): boolean {
  return [itr, pitr].some(({ ipv4, ipv6 }) => ((family === 4 ? ipv4 : ipv6)?.mapResolvers.length ?? 0) > 0);
}

function isOn({ itr, pitr }: ItrConfig, family: Family): boolean {
  return family === 4 ? (itr.ipv4 ?? pitr.ipv4) !== undefined : (itr.ipv6 ?? pitr.ipv6) !== undefined;
}
