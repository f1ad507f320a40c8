/** ETR and PETR: registers the local database and answers for it (RFC 9301 §5.5, §7.1, §8.2). */
import type { Family } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { formatNonce } from '../base/random.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { EidTable } from '../mapping/eid-table.ts';
import { formatEidPrefix, type Eid, type EidPrefix } from '../mapping/eid.ts';
import { sortLocators, type Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Machine, ReceivedMessage, RoleInput, RoleOutput } from './machine.ts';
import { answerWith, combineAnswers, sendMapReply } from './map-reply.ts';
import { readRequest, replyTarget, type IncomingRequest } from './map-request.ts';
import { drop, trace } from './outputs.ts';
import { Registrar, type MapServerSession, type RegistrarConfig, type RegistrarState } from './registrar.ts';
import { ReplyLimiter, type ReplyLimiterState, type ReplyLimitScope } from './reply-limiter.ts';

export interface EtrConfig extends RegistrarConfig {
  /** Families of the underlay that this router can send to. */
  readonly underlay: readonly Family[];
  readonly replyLimit: ReplyLimitScope;
  /** Nonces are sent back to those who ask: Map-Replies say so. */
  readonly canEcho: boolean;
}

/** An ETR without database and Map-Servers. */
export function noEtr(): EtrConfig {
  return {
    database: [],
    mapServers: [],
    merge: false,
    quickRegistration: false,
    clockSec: 0,
    underlay: [4, 6],
    replyLimit: 'eid-prefix',
    canEcho: false,
  };
}

/** A database mapping as it is registered and answered: authoritative, locators in order (CP-25). */
export function databaseMapping(eid: EidPrefix, ttlMinutes: number, locators: readonly Locator[]): Mapping {
  return { eid, ttlMinutes, action: 0, authoritative: true, mapVersion: 0, locators: sortLocators(locators) };
}

export interface EtrState {
  readonly config: EtrConfig;
  readonly isStarted: boolean;
  readonly registrar: RegistrarState;
  readonly limiter: ReplyLimiterState;
}

export class Etr implements Machine<RoleInput, RoleOutput, EtrState> {
  #config: EtrConfig;
  #isStarted = false;
  readonly #database = new EidTable<Mapping>();
  readonly #registrar: Registrar;
  readonly #limiter: ReplyLimiter;

  constructor(config: EtrConfig) {
    this.#config = config;
    this.#registrar = new Registrar(config);
    this.#limiter = new ReplyLimiter(config.replyLimit);
    this.#load();
  }

  handle(now: Micros, input: RoleInput, out: RoleOutput[]): void {
    if (input.kind === 'start') {
      this.#isStarted = true;
      this.#registrar.start(now);
    } else if (input.kind === 'message') this.#receive(now, input.received, out);
    if (this.#isStarted) this.#registrar.work(now, out);
  }

  configure(now: Micros, config: EtrConfig, out: RoleOutput[]): void {
    this.#config = config;
    this.#limiter.configure(config.replyLimit);
    this.#load();
    this.#registrar.configure(now, config);
    if (this.#isStarted) this.#registrar.work(now, out);
  }

  /** The database mapping that covers `eid`: this router answers for it. */
  match(eid: Eid): Mapping | undefined {
    return this.#database.match(eid)?.value;
  }

  /** What this router registers and answers for. */
  database(): readonly Mapping[] {
    return this.#config.database;
  }

  /** How it stands with its Map-Servers, in the order of the configuration. */
  sessions(): MapServerSession[] {
    return this.#registrar.sessions();
  }

  nextDeadline(): Micros {
    return this.#isStarted ? this.#registrar.nextDeadline() : NEVER;
  }

  save(): EtrState {
    return {
      config: this.#config,
      isStarted: this.#isStarted,
      registrar: this.#registrar.save(),
      limiter: this.#limiter.save(),
    };
  }

  restore(state: EtrState): void {
    this.#config = state.config;
    this.#isStarted = state.isStarted;
    this.#registrar.restore(state.config, state.registrar);
    this.#limiter.configure(state.config.replyLimit);
    this.#limiter.restore(state.limiter);
    this.#load();
  }

  #load(): void {
    this.#database.clear();
    for (const mapping of this.#config.database) this.#database.set(mapping.eid, mapping);
  }

  #receive(now: Micros, received: ReceivedMessage, out: RoleOutput[]): void {
    const { message } = received;
    if (message.type === 'map-notify') {
      this.#registrar.acknowledge(now, received, message, out);
      return;
    }
    const incoming = readRequest(received);
    if (incoming === undefined) return;
    if (incoming.ok) this.#answer(now, received, incoming.value, out);
    else drop(out, incoming.error, formatIp(received.from.address));
  }

  #answer(now: Micros, received: ReceivedMessage, incoming: IncomingRequest, out: RoleOutput[]): void {
    const { request, eids } = incoming;
    const text = eids.map(formatEidPrefix).join(' ');
    // Asks us to ask again; it wants no Map-Reply (RFC 9301 §6.1).
    if (request.smr) {
      drop(out, 'smr-not-supported', text);
      return;
    }
    if (request.dontReply) {
      drop(out, 'no-reply-wanted', text);
      return;
    }
    const to = replyTarget(incoming, this.#config.underlay);
    if (to === undefined) {
      drop(out, 'no-itr-rloc', text);
      return;
    }
    const mappings = combineAnswers(this.#answers(eids, to.address.family), to.address.family);
    if (mappings.length === 0) {
      drop(out, 'no-mapping', text);
      return;
    }
    const asked = eids.find((eid) => this.#best(eid) !== undefined)!;
    if (!this.#limiter.take(now, to.address, asked, request.probe ? 'probe' : 'reply')) {
      drop(out, 'map-reply-rate', text);
      return;
    }
    const { nonce } = request;
    const { canEcho } = this.#config;
    const probed = { probed: received.to.address };
    out.push(sendMapReply({ nonce, mappings, to, canEcho, ...(request.probe ? probed : {}) }));
    trace(out, 'etr', 'map-reply-sent', {
      eids: mappings.map(({ eid }) => formatEidPrefix(eid)).join(' '),
      to: formatIp(to.address),
      nonce: formatNonce(nonce),
      probe: request.probe,
      authoritative: true,
    });
  }

  /** CP-06: an answer for every record that is ours. */
  *#answers(eids: readonly EidPrefix[], family: Family): Iterable<readonly Mapping[]> {
    for (const eid of eids) {
      const best = this.#best(eid);
      if (best === undefined) continue;
      const inside = [...this.#database.covered(best.eid)].map(({ value }) => value);
      yield answerWith(best, inside, eid, family);
    }
  }

  #best(eid: EidPrefix): Mapping | undefined {
    return this.#database.covering(eid).at(-1)?.value;
  }
}
