/** Map-Server: keeps registrations, forwards Map-Requests to ETRs or answers them (RFC 9301 §8.3). */
import type { Family, IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { formatNonce } from '../base/random.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { firstEid, formatEidPrefix, hostEid, type Eid, type EidPrefix } from '../mapping/eid.ts';
import { sortLocators } from '../mapping/locator.ts';
import { TTL_HOLE_MINUTES, TTL_UNREGISTERED_MINUTES, type Mapping } from '../mapping/mapping.ts';
import type { MappingStore, Registration, StoredMapping } from '../mapping/store.ts';
import { CONTROL_PORT } from '../wire/control.ts';
import type { EncapsulatedControl } from '../wire/ecm.ts';
import type { Machine, ReceivedMessage, RoleInput, RoleOutput, UdpEndpoint } from './machine.ts';
import { answerWith, combineAnswers, sendMapReply } from './map-reply.ts';
import { readRequest, replyTarget, type IncomingRequest } from './map-request.ts';
import { drop, trace } from './outputs.ts';
import { negativeAnswer, traceNegative, type NegativeAnswer } from './negative-reply.ts';
import { RegistrationDesk, type RegistrationErrors, type RegistrationState } from './registration.ts';
import { ReplyLimiter, type ReplyLimiterState, type ReplyLimitScope } from './reply-limiter.ts';

export interface MapServerConfig {
  /** Families of the EIDs served: `ipv4 map-server`, `ipv6 map-server`. Empty: the role is off. */
  readonly families: readonly Family[];
  /** Families of the underlay that this router can send to. */
  readonly underlay: readonly Family[];
  readonly replyLimit: ReplyLimitScope;
}

export interface MapServerState {
  readonly config: MapServerConfig;
  readonly desk: RegistrationState;
  readonly limiter: ReplyLimiterState;
}

/** What becomes of one record of a Map-Request. */
export type MapServerAnswer =
  | { readonly kind: 'negative'; readonly negative: NegativeAnswer; readonly mappings: readonly Mapping[] }
  | { readonly kind: 'proxy'; readonly asked: EidPrefix; readonly mappings: readonly Mapping[] }
  | { readonly kind: 'forward'; readonly asked: EidPrefix; readonly etr: IpAddress };

/** The sites are the store's; the caller declares them there (`setSites`), applies the operations, hands in the events. */
export class MapServer implements Machine<RoleInput, RoleOutput, MapServerState> {
  #config: MapServerConfig;
  readonly #store: MappingStore;
  readonly #desk: RegistrationDesk;
  readonly #limiter: ReplyLimiter;

  constructor(config: MapServerConfig, store: MappingStore) {
    this.#config = config;
    this.#store = store;
    this.#desk = new RegistrationDesk(store);
    this.#limiter = new ReplyLimiter(config.replyLimit);
  }

  handle(now: Micros, input: RoleInput, out: RoleOutput[]): void {
    if (input.kind === 'store-event') this.#desk.committed(input.event, out);
    else if (input.kind === 'message') this.#receive(now, input.received, out);
  }

  /** Registrations stay: they are the store's, and expire there. */
  configure(_now: Micros, config: MapServerConfig, _out: RoleOutput[]): void {
    this.#config = config;
    this.#limiter.configure(config.replyLimit);
  }

  /** Map-Registers refused under a configured site prefix. */
  errorsOf(sitePrefix: EidPrefix): RegistrationErrors {
    return this.#desk.errorsOf(sitePrefix);
  }

  /** Forgets registrations, as `clear lisp site` does; returns how many. ETRs come back with their next Map-Register. */
  clear(out: RoleOutput[], isUnwanted: (registration: Registration) => boolean): number {
    const unwanted = [...this.#store.all()].flatMap(({ registrations }) => registrations.filter(isUnwanted));
    this.#desk.clear(unwanted, out);
    return unwanted.length;
  }

  /** What a Map-Request for `eid` would get now; nothing is sent or counted. */
  answerFor(eid: Eid): MapServerAnswer {
    return this.#decide(hostEid(eid), eid.address.family);
  }

  /** The store keeps the time of registrations. */
  nextDeadline(): Micros {
    return NEVER;
  }

  save(): MapServerState {
    return { config: this.#config, desk: this.#desk.save(), limiter: this.#limiter.save() };
  }

  restore(state: MapServerState): void {
    this.#config = state.config;
    this.#desk.restore(state.desk);
    this.#limiter.configure(state.config.replyLimit);
    this.#limiter.restore(state.limiter);
  }

  #receive(now: Micros, received: ReceivedMessage, out: RoleOutput[]): void {
    const { message, from } = received;
    const sender = formatIp(from.address);
    switch (message.type) {
      case 'map-register':
        this.#desk.register(now, received, message, out);
        return;
      case 'map-reply': {
        drop(out, 'map-reply-at-map-server', sender);
        return;
      } // CP-45
      case 'map-notify-ack': {
        drop(out, 'stray-map-notify-ack', sender);
        return;
      }
      case 'ecm':
      case 'map-request': {
        const incoming = readRequest(received);
        if (incoming === undefined) {
          drop(out, 'unexpected-in-ecm', sender);
          return;
        }
        if (!incoming.ok) {
          drop(out, incoming.error, sender);
          return;
        }
        this.#answer(now, received, incoming.value, out);
        return;
      }
      default:
        return;
    }
  }

  #answer(now: Micros, received: ReceivedMessage, incoming: IncomingRequest, out: RoleOutput[]): void {
    const { request, ecm, eids } = incoming;
    const text = eids.map(formatEidPrefix).join(' ');
    if (request.probe) {
      drop(out, 'probe-at-map-server', text);
      return;
    } // CP-11
    if (ecm === undefined) {
      drop(out, 'not-encapsulated', text);
      return;
    }
    if (!eids.every(({ prefix }) => this.#config.families.includes(prefix.address.family))) {
      drop(out, 'family-not-served', text);
      return;
    }
    const to = replyTarget(incoming, this.#config.underlay);
    if (to === undefined) {
      drop(out, 'no-itr-rloc', text);
      return;
    }
    const decisions = eids.map((eid) => this.#decide(eid, to.address.family));
    const etrs = new Set<string>();
    for (const decision of decisions) {
      if (decision.kind !== 'forward' || etrs.has(formatIp(decision.etr))) continue;
      etrs.add(formatIp(decision.etr));
      out.push(forward(received, ecm, decision.etr));
      trace(out, 'map-server', 'map-request-forwarded', {
        eid: formatEidPrefix(decision.asked),
        etr: formatIp(decision.etr),
        nonce: formatNonce(request.nonce),
        pitr: request.pitr,
      });
    }
    const answers = decisions.filter((decision) => decision.kind !== 'forward');
    if (answers.length > 0) this.#reply(now, incoming, to, answers, out);
  }

  #reply(
    now: Micros,
    { request }: IncomingRequest,
    to: UdpEndpoint,
    answers: readonly Exclude<MapServerAnswer, { kind: 'forward' }>[],
    out: RoleOutput[],
  ): void {
    const mappings = combineAnswers(
      answers.map((answer) => answer.mappings),
      to.address.family,
    );
    const first = mappings[0]!.eid;
    if (!this.#limiter.take(now, to.address, first)) {
      drop(out, 'map-reply-rate', formatEidPrefix(first));
      return;
    }
    for (const answer of answers) {
      if (answer.kind === 'negative') traceNegative(out, 'map-server', answer.negative, to.address);
      else {
        const eid = formatEidPrefix(answer.asked);
        trace(out, 'map-server', 'proxy-reply', { eid, to: formatIp(to.address) });
      }
    }
    out.push(sendMapReply({ nonce: request.nonce, mappings, to }));
  }

  /** RFC 9301 §8.3 in order; a policy that denies (rule 3) cannot be configured yet. */
  #decide(asked: EidPrefix, family: Family): MapServerAnswer {
    const eid = firstEid(asked);
    const stored = this.#store.match(eid);
    if (stored === undefined) {
      const site = this.#store.siteOf(hostEid(eid));
      const hole = site === undefined ? this.#store.gap(eid) : this.#store.gapWithin(site.eid, eid);
      const negative =
        site === undefined
          ? negativeAnswer(asked, hole ?? hostEid(eid), TTL_HOLE_MINUTES, 'not-an-eid')
          : negativeAnswer(asked, hole ?? hostEid(eid), TTL_UNREGISTERED_MINUTES, 'unregistered');
      return { kind: 'negative', negative, mappings: [negative.mapping] };
    }
    if (!stored.registrations.some(({ proxyReply }) => proxyReply)) {
      return { kind: 'forward', asked, etr: latest(stored.registrations).etr };
    }
    const inside = [...this.#store.covered(stored.eid)].map(proxyMapping);
    return { kind: 'proxy', asked, mappings: answerWith(proxyMapping(stored), inside, asked, family) };
  }
}

/** The most recent one; the first of equals. */
function latest(registrations: readonly Registration[]): Registration {
  return registrations.reduce((best, other) => (other.lastRegistered > best.lastRegistered ? other : best));
}

/**
 * What a Map-Server says in place of the ETRs: never authoritative, no locator local (CP-16). Registrations that ask
 * to be merged are; without one the most recent registration speaks for all.
 */
export function proxyMapping({ eid, registrations }: StoredMapping): Mapping {
  const newest = latest(registrations);
  const merging = registrations.filter(({ merge }) => merge);
  const parts = newest.merge ? merging : [newest];
  const byAddress = new Map(
    parts
      .toSorted((a, b) => a.lastRegistered - b.lastRegistered)
      .flatMap(({ mapping }) =>
        mapping.locators.map((locator) => [formatIp(locator.address), locator] as const),
      ),
  );
  const locators = sortLocators([...byAddress.values()].map((locator) => ({ ...locator, local: false })));
  const ttlMinutes = Math.min(...parts.map(({ mapping }) => mapping.ttlMinutes));
  return { ...newest.mapping, eid, ttlMinutes, authoritative: false, locators };
}

/**
 * The Map-Request as it came, in a new ECM: inner headers and message byte for byte, the outer flags but S cleared
 * (LISP-SEC data passes through).
 */
function forward(received: ReceivedMessage, ecm: EncapsulatedControl, etr: IpAddress): RoleOutput {
  const payload = received.bytes.slice();
  payload.set([ecm.securityData === undefined ? 0x80 : 0x88, 0, 0, 0]);
  return {
    kind: 'send',
    message: { ...ecm, ddt: false, toEtr: false, toMapServer: false },
    payload,
    sourcePort: CONTROL_PORT,
    to: { address: etr, port: CONTROL_PORT },
  };
}
