/** Map-Resolver: takes Map-Requests from ITRs into the mapping system (RFC 9301 §8.4). Caches nothing. */
import type { Family } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { firstEid, formatEidPrefix } from '../mapping/eid.ts';
import { TTL_HOLE_MINUTES } from '../mapping/mapping.ts';
import type { MappingStore } from '../mapping/store.ts';
import type { Machine, ReceivedMessage, RoleInput, RoleOutput } from './machine.ts';
import { combineAnswers, sendMapReply } from './map-reply.ts';
import { readRequest, replyTarget, type IncomingRequest } from './map-request.ts';
import { negativeAnswer, traceNegative, type NegativeAnswer } from './negative-reply.ts';
import { drop, trace } from './outputs.ts';
import { ReplyLimiter, type ReplyLimiterState, type ReplyLimitScope } from './reply-limiter.ts';

export interface MapResolverConfig {
  /** Families of the EIDs resolved: `ipv4 map-resolver`, `ipv6 map-resolver`. Empty: the role is off. */
  readonly families: readonly Family[];
  /** Families of the underlay that this router can send to. */
  readonly underlay: readonly Family[];
  /** A Map-Server on this router takes what is an EID. */
  readonly hasMapServer: boolean;
  readonly replyLimit: ReplyLimitScope;
}

export interface MapResolverState {
  readonly config: MapResolverConfig;
  readonly limiter: ReplyLimiterState;
}

export class MapResolver implements Machine<RoleInput, RoleOutput, MapResolverState> {
  #config: MapResolverConfig;
  readonly #store: MappingStore;
  readonly #limiter: ReplyLimiter;

  constructor(config: MapResolverConfig, store: MappingStore) {
    this.#config = config;
    this.#store = store;
    this.#limiter = new ReplyLimiter(config.replyLimit);
  }

  handle(now: Micros, input: RoleInput, out: RoleOutput[]): void {
    if (input.kind !== 'message') return;
    const { received } = input;
    const incoming = readRequest(received);
    const from = formatIp(received.from.address);
    if (incoming === undefined) {
      if (received.message.type === 'ecm') drop(out, 'unexpected-in-ecm', from);
    } else if (incoming.ok) this.#resolve(now, received, incoming.value, out);
    else drop(out, incoming.error, from);
  }

  configure(_now: Micros, config: MapResolverConfig, _out: RoleOutput[]): void {
    this.#config = config;
    this.#limiter.configure(config.replyLimit);
  }

  nextDeadline(): Micros {
    return NEVER;
  }

  save(): MapResolverState {
    return { config: this.#config, limiter: this.#limiter.save() };
  }

  restore(state: MapResolverState): void {
    this.#config = state.config;
    this.#limiter.configure(state.config.replyLimit);
    this.#limiter.restore(state.limiter);
  }

  #resolve(now: Micros, received: ReceivedMessage, incoming: IncomingRequest, out: RoleOutput[]): void {
    const { request, ecm, eids } = incoming;
    const { families, underlay, hasMapServer } = this.#config;
    const text = eids.map(formatEidPrefix).join(' ');
    if (request.probe) {
      drop(out, 'probe-at-map-resolver', text);
      return;
    } // CP-11
    if (ecm === undefined) {
      drop(out, 'not-encapsulated', text);
      return;
    }
    if (!eids.every(({ prefix }) => families.includes(prefix.address.family))) {
      drop(out, 'family-not-served', text);
      return;
    }
    const to = replyTarget(incoming, underlay);
    const holes: NegativeAnswer[] = [];
    for (const eid of eids) {
      const hole = this.#store.gap(firstEid(eid));
      // What is an EID, or may be one, is for the Map-Server: the whole message, so that it stays unmodified.
      if (hole === undefined) {
        this.#pass(received, text, hasMapServer, out);
        return;
      }
      holes.push(negativeAnswer(eid, hole, TTL_HOLE_MINUTES, 'not-an-eid'));
    }
    if (to === undefined) {
      drop(out, 'no-itr-rloc', text);
      return;
    }
    const mappings = combineAnswers(
      holes.map(({ mapping }) => [mapping]),
      to.address.family,
    );
    if (!this.#limiter.take(now, to.address, mappings[0]!.eid)) {
      drop(out, 'map-reply-rate', text);
      return;
    }
    for (const hole of holes) traceNegative(out, 'map-resolver', hole, to.address);
    out.push(sendMapReply({ nonce: request.nonce, mappings, to }));
  }

  #pass(received: ReceivedMessage, text: string, hasMapServer: boolean, out: RoleOutput[]): void {
    if (!hasMapServer) {
      drop(out, 'no-mapping-system', text);
      return;
    }
    trace(out, 'map-resolver', 'map-request-passed', { eid: text, from: formatIp(received.from.address) });
    out.push({ kind: 'to-map-server', received });
  }
}
