/** lig: asks the mapping system about an EID and tells who asked (RFC 6835). Installs nothing. */
import { anyAddress, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { formatNonce, nonce, sameNonce, type Nonce, type Random, type RandomState } from '../base/random.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { coversEid, formatEid, hostEid, type Eid } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { eidAddress, NO_ADDRESS } from '../wire/lisp-address.ts';
import type { MapReply } from '../wire/map-reply.ts';
import type { Machine, ReceivedMessage, RoleInput, RoleOutput } from './machine.ts';
import { encapsulatedRequest, hasControlPort } from './map-request.ts';
import { drop, trace } from './outputs.ts';
import { readRecords } from './records.ts';

/** A question to the mapping system that installs nothing (RFC 6835). */
export interface LigRequest {
  readonly eid: Eid;
  /** Default: the configured Map-Resolvers, in turn. */
  readonly mapResolver?: IpAddress;
  /** Map-Requests to send at most, 1..5; default 3. */
  readonly count: number;
  /** Wait for each answer; default 2 s. */
  readonly timeout: Micros;
}

/** What came of a question to the mapping system. */
export interface LigResult {
  readonly request: LigRequest;
  /** Map-Requests sent. */
  readonly sent: number;
  /** 'unanswered' after the last timeout; 'nobody-to-ask' when no Map-Resolver is known or there is no way to it. */
  readonly outcome: 'answered' | 'unanswered' | 'nobody-to-ask';
  /** The Map-Resolver asked last. */
  readonly mapResolver?: IpAddress;
  /** Who answered: the outer source of the Map-Reply. */
  readonly from?: IpAddress;
  readonly roundTrip?: Micros;
  /** Records of the answer; one without locators says what its action says. */
  readonly mappings: readonly Mapping[];
}

/** Whom to ask, and as whom. */
export interface LigParties {
  /** Asked in turn; empty when there is nobody. Underlay addresses. */
  readonly mapResolvers: readonly IpAddress[];
  /** Where the answer shall go. */
  readonly itrRlocs: readonly IpAddress[];
  /** An EID of the router itself; without one the Source-EID field has AFI 0. */
  readonly sourceEid?: Eid;
  /** UDP port that answers come to; default 4342. */
  readonly replyPort?: number;
}

export type LigInput =
  RoleInput | { readonly kind: 'ask'; readonly request: LigRequest; readonly parties: LigParties };

export type LigOutput = RoleOutput | { readonly kind: 'lig-done'; readonly result: LigResult };

interface Running {
  readonly request: LigRequest;
  readonly parties: LigParties;
  /** What has been sent: an answer to any of it counts. */
  readonly sends: readonly { readonly nonce: Nonce; readonly time: Micros }[];
}

/** Plain data, structured-clone safe. */
export interface LigState {
  /** Oldest first. */
  readonly running: readonly Running[];
  readonly random: RandomState;
}

export class Lig implements Machine<LigInput, LigOutput, LigState> {
  readonly #random: Random;
  #running: Running[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  handle(now: Micros, input: LigInput, out: LigOutput[]): void {
    if (input.kind === 'ask') this.#ask(now, { ...input, sends: [] }, out);
    else if (input.kind === 'message' && input.received.message.type === 'map-reply') {
      this.#accept(now, input.received, input.received.message, out);
    }
    for (const running of [...this.#running]) {
      if (dueOf(running) > now) continue;
      this.#running = this.#running.filter((each) => each !== running);
      this.#ask(now, running, out);
    }
  }

  /** Whether a Map-Reply with this nonce answers a question of ours. */
  awaits(replyNonce: Nonce): boolean {
    return this.#find(replyNonce) !== undefined;
  }

  nextDeadline(): Micros {
    return this.#running.reduce((least, running) => Math.min(least, dueOf(running)), NEVER);
  }

  save(): LigState {
    return structuredClone({ running: this.#running, random: this.#random.save() });
  }

  restore(state: LigState): void {
    this.#running = structuredClone([...state.running]);
    this.#random.restore(state.random);
  }

  /** Sends the next Map-Request of a question, or ends it. */
  #ask(now: Micros, { request, parties, sends }: Running, out: LigOutput[]): void {
    const { mapResolvers, itrRlocs, sourceEid, replyPort } = parties;
    if (mapResolvers.length === 0 || itrRlocs.length === 0) {
      finish(out, { request, sent: 0, outcome: 'nobody-to-ask', mappings: [] });
      return;
    }
    const sent = sends.length;
    if (sent >= request.count) {
      const mapResolver = mapResolvers[(sent - 1) % mapResolvers.length]!;
      finish(out, { request, sent, outcome: 'unanswered', mapResolver, mappings: [] });
      return;
    }
    const { eid } = request;
    const { family } = eid.address;
    const fresh = nonce(this.#random);
    const mapResolver = mapResolvers[sent % mapResolvers.length]!;
    const ownEid = sourceEid?.address.family === family ? sourceEid.address : undefined;
    out.push(
      encapsulatedRequest({
        eid: hostEid(eid),
        sourceEid: sourceEid === undefined ? NO_ADDRESS : eidAddress(sourceEid.instanceId, sourceEid.address),
        // One header has one family, the EID's: a router that has no address of it leaves the field empty.
        innerSource: itrRlocs.find((rloc) => rloc.family === family) ?? ownEid ?? anyAddress(family),
        itrRlocs,
        pitr: false,
        nonce: fresh,
        mapResolver,
        ...(replyPort === undefined ? {} : { replyPort }),
      }),
    );
    trace(out, 'lig', 'map-request-sent', {
      eid: formatEid(eid),
      to: formatIp(mapResolver),
      nonce: formatNonce(fresh),
      attempt: sent + 1,
    });
    this.#running.push({ request, parties, sends: [...sends, { nonce: fresh, time: now }] });
  }

  #accept(now: Micros, received: ReceivedMessage, reply: MapReply, out: LigOutput[]): void {
    const from = formatIp(received.from.address);
    const found = this.#find(reply.nonce);
    if (found === undefined) return;
    const { running, sentAt } = found;
    const { request, parties, sends } = running;
    if (!hasControlPort(received)) {
      drop(out, 'bad-port', from);
      return;
    }
    const mappings = readRecords(reply.records);
    if (!mappings.ok) {
      drop(out, mappings.error, from);
      return;
    }
    // T12: the right nonce does not excuse the wrong EID; the question stays open.
    if (!mappings.value.some(({ eid }) => coversEid(eid, hostEid(request.eid)))) {
      drop(out, 'reply-for-other-eid', from);
      return;
    }
    this.#running = this.#running.filter((each) => each !== running);
    trace(out, 'lig', 'map-reply-received', {
      eid: formatEid(request.eid),
      from,
      nonce: formatNonce(reply.nonce),
    });
    const { mapResolvers } = parties;
    finish(out, {
      request,
      sent: sends.length,
      outcome: 'answered',
      mapResolver: mapResolvers[(sends.length - 1) % mapResolvers.length]!,
      from: received.from.address,
      roundTrip: now - sentAt,
      mappings: mappings.value,
    });
  }

  #find(replyNonce: Nonce): { readonly running: Running; readonly sentAt: Micros } | undefined {
    for (const running of this.#running) {
      const send = running.sends.find((each) => sameNonce(each.nonce, replyNonce));
      if (send !== undefined) return { running, sentAt: send.time };
    }
    return undefined;
  }
}

/** When the last Map-Request of a question has been waited for long enough. */
function dueOf({ sends, request }: Running): Micros {
  return sends.at(-1)!.time + request.timeout;
}

function finish(out: LigOutput[], result: LigResult): void {
  out.push({ kind: 'lig-done', result });
}
