/**
 * The forwarding order, written to be read: one method a step, in the order of docs/architecture.md. `forward` is a
 * function of the published tables and one packet; counting is left to its caller, so that `explain` is the same walk
 * with a recorder.
 */
import type { IpAddress } from '../base/ip.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import {
  ACTION_DROP_AUTH_FAILURE,
  ACTION_DROP_NO_REASON,
  ACTION_DROP_POLICY_DENIED,
  ACTION_NATIVELY_FORWARD,
  ACTION_SEND_MAP_REQUEST,
} from '../mapping/action.ts';
import {
  ACTION_FORWARD,
  POLICY_ITR_SOURCE,
  POLICY_PITR_DESTINATION,
  POLICY_RTR_DESTINATION,
  REASON_AGGREGATE_HOLE,
  REASON_AUTH_FAILURE,
  REASON_DROP_NO_REASON,
  REASON_LOCAL,
  REASON_MAP_CACHE_MISS,
  REASON_NESTED,
  REASON_NO_ACTION,
  REASON_NO_ROUTE,
  REASON_NO_USABLE_RLOC,
  REASON_NONE,
  REASON_NOT_UNICAST,
  REASON_POLICY_DENIED,
  REASON_SEND_MAP_REQUEST,
  REASON_TOO_BIG,
  REASON_TTL_EXPIRED,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import type { NextHop } from './data-plane.ts';
import { withNonce, type TunnelReport } from './marking.ts';
import { decapsulate } from './model-decap.ts';
import {
  encapsulated,
  flowHash,
  isNotUnicast,
  LISP_DATA_PORT,
  overhead,
  parsePacket,
  udpDestinationPort,
  withTtlAndTos,
  type Packet,
} from './model-packet.ts';
import {
  everything,
  isDefault,
  ModelVrf,
  type Match,
  type ModelTables,
  type TargetSet,
} from './model-tables.ts';
import * as text from './model-text.ts';
import { STEPS, type Note, type Recorder } from './phases.ts';

/** How a packet entered. */
export interface Arrival {
  readonly instanceId: number;
  readonly originated: boolean;
  readonly underlay: boolean;
  readonly decapsulated: boolean;
}

/** What became of a packet, and what there is to count. */
export interface Outcome {
  readonly verdict: number;
  readonly reason: number;
  readonly outInterface: number;
  readonly gateway?: IpAddress;
  /** Of the VRF where the decision fell. */
  readonly instanceId: number;
  readonly decapsulated: boolean;
  readonly flowHash: number;
  readonly mtu: number;
  /** May share memory with the packet handed in. */
  readonly bytes: Uint8Array;
  /** The Map-Cache entry the packet met. */
  readonly met?: EidPrefix;
  /** Length of every packet whose LISP header was taken off, outermost first. */
  readonly stripped: readonly number[];
  /** What the last LISP header said that was taken off. */
  readonly tunnel?: TunnelReport;
}

const MAX_LISP_HEADERS = 2;
/** Longest outer packet that is sent, whatever the interface would take (L in RFC 9300 §7.1). */
export const MAX_OUTER_BYTES = 1500;
/** Injected into an instance that nobody has configured: every table is empty. */
const NOTHING_KNOWN = new ModelVrf();

const ACTION_DROPS: ReadonlyMap<number, number> = new Map([
  [ACTION_DROP_NO_REASON, REASON_DROP_NO_REASON],
  [ACTION_DROP_POLICY_DENIED, REASON_POLICY_DENIED],
  [ACTION_DROP_AUTH_FAILURE, REASON_AUTH_FAILURE],
]);

/** Walks one packet through the published tables. `received` is not written to. */
export function forward(
  tables: ModelTables,
  received: Uint8Array,
  arrival: Arrival,
  record: Recorder,
): Outcome {
  return new Walk(tables, received, arrival, record).run();
}

class Walk {
  readonly #tables: ModelTables;
  readonly #arrival: Arrival;
  readonly #record: Recorder;
  /** The packet as it stands: as received, or the inner one after decapsulation. */
  #bytes: Uint8Array;
  #instanceId: number;
  /** LISP headers taken off on this router, now and before the packet was held. */
  #lispHeaders: number;
  #flowHash = 0;
  #met: EidPrefix | undefined;
  #tunnel: TunnelReport | undefined;
  readonly #stripped: number[] = [];

  constructor(tables: ModelTables, received: Uint8Array, arrival: Arrival, record: Recorder) {
    this.#tables = tables;
    this.#arrival = arrival;
    this.#record = record;
    this.#bytes = received;
    this.#instanceId = arrival.instanceId;
    this.#lispHeaders = arrival.decapsulated ? 1 : 0;
  }

  run(): Outcome {
    for (;;) {
      // 1: a sound header, from and to somebody.
      const parsed = parsePacket(this.#bytes);
      const received = this.#bytes;
      this.#note(STEPS.parse, '-', () => [
        `${received.length} bytes`,
        parsed.ok ? text.packet(parsed.value) : text.reason(parsed.error),
      ]);
      if (!parsed.ok) return this.#drop(parsed.error);
      const packet = parsed.value;
      this.#bytes = packet.bytes;
      const isLocal = this.#vrf().routes.longest(packet.destination)?.value.kind === 'local';
      if (isNotUnicast(packet.source) || (isNotUnicast(packet.destination) && !isLocal)) {
        this.#note(STEPS.unicast, '-', () => [text.addresses(packet), text.reason(REASON_NOT_UNICAST)]);
        return this.#drop(REASON_NOT_UNICAST);
      }

      // 2: for somebody else, for me, or LISP data for me.
      const isLispData = udpDestinationPort(packet) === LISP_DATA_PORT && !this.#arrival.originated;
      this.#note(STEPS.local, this.#table('routes'), () => [
        text.address(packet.destination),
        !isLocal ? 'not an own address' : isLispData ? 'own address, LISP data' : 'own address: deliver',
      ]);
      if (!isLocal) return this.#send(packet);
      if (!isLispData) return this.#punt(REASON_LOCAL);

      // 3: take the LISP header off and start again with the inner packet.
      const refusal = this.#decapsulate(packet);
      if (refusal !== undefined) return this.#drop(refusal);
    }
  }

  /** The reason of a refusal; undefined when the inner packet has taken the place of the outer one. */
  #decapsulate(outer: Packet): number | undefined {
    if (this.#lispHeaders === MAX_LISP_HEADERS) {
      this.#note(STEPS.nesting, '-', () => ['LISP headers', `a third one: ${text.reason(REASON_NESTED)}`]);
      return REASON_NESTED;
    }
    const result = decapsulate(this.#tables, outer, this.#note);
    if (!result.ok) return result.error;
    this.#bytes = result.value.inner.bytes;
    this.#instanceId = result.value.instanceId;
    this.#lispHeaders++;
    this.#stripped.push(outer.bytes.length);
    this.#tunnel = result.value.report;
    return undefined;
  }

  #send(packet: Packet): Outcome {
    // 4: TTL. What this router makes itself has not been forwarded yet.
    const { originated } = this.#arrival;
    const isExpired = !originated && packet.ttl <= 1;
    this.#note(STEPS.ttl, '-', () => [
      String(packet.ttl),
      originated
        ? 'made here: kept'
        : isExpired
          ? text.reason(REASON_TTL_EXPIRED)
          : `leaves as ${packet.ttl - 1}`,
    ]);
    if (isExpired) return this.#punt(REASON_TTL_EXPIRED);

    // 5: a route that says more than "everything else".
    const route = this.#vrf().routes.longest(packet.destination);
    const isRouted = route !== undefined && leadsOut(route.value) && !isDefault(route.prefix);
    this.#note(STEPS.moreSpecific, this.#table('routes'), () => [
      text.address(packet.destination),
      `${text.route(route)}${isRouted ? ': native' : ': LISP may know better'}`,
    ]);
    if (isRouted) return this.#native(packet, route.value);

    // 6: whose packets LISP is for.
    // What a LISP header was taken off, to where this RTR is to put on a new one.
    const isRtr =
      this.#lispHeaders > 0 && (this.#vrf().flagsOf(packet.destination) & POLICY_RTR_DESTINATION) !== 0;
    const { underlay } = this.#arrival;
    const isItr = (this.#vrf().flagsOf(packet.source) & POLICY_ITR_SOURCE) !== 0;
    const isPitr = (this.#vrf().flagsOf(packet.destination) & POLICY_PITR_DESTINATION) !== 0;
    this.#note(STEPS.eligibility, this.#table('policies'), () => [
      text.addresses(packet),
      underlay ? 'a control message of our own: between RLOCs' : text.eligibility(isItr, isPitr, isRtr),
    ]);
    return !underlay && (isItr || isPitr || isRtr)
      ? this.#byMapCache(packet, route)
      : this.#byRoute(packet, route);
  }

  /** 7: what the mapping system said. */
  #byMapCache(packet: Packet, route: Match<NextHop> | undefined): Outcome {
    this.#flowHash = flowHash(packet);
    const match = this.#vrf().entries.longest(packet.destination);
    this.#note(STEPS.mapCache, this.#table('map-cache'), () => [
      text.address(packet.destination),
      text.entry(match),
    ]);
    if (match === undefined) return this.#punt(REASON_MAP_CACHE_MISS);
    this.#met = { instanceId: this.#instanceId, prefix: match.prefix };
    const { action, set } = match.value;
    this.#note(STEPS.action, '-', () => [text.action(action), text.actionMeaning(action)]);
    switch (action) {
      case ACTION_FORWARD:
        return this.#encapsulate(packet, set, 'map-cache');
      case ACTION_NATIVELY_FORWARD:
        return this.#nativelyForward(packet, route);
      case ACTION_SEND_MAP_REQUEST:
        return this.#punt(REASON_SEND_MAP_REQUEST);
      default:
        return this.#drop(ACTION_DROPS.get(action) ?? REASON_NO_ACTION);
    }
  }

  /** 8: natively, unless a PETR is to do it for us. */
  #nativelyForward(packet: Packet, route: Match<NextHop> | undefined): Outcome {
    const petr = this.#vrf().petrs.longest(everything(packet.family).address);
    this.#note(STEPS.petr, this.#table('PETR'), () => [
      `IPv${packet.family}`,
      petr === undefined ? 'none in use: natively' : 'encapsulate to the PETR',
    ]);
    if (petr !== undefined) return this.#encapsulate(packet, petr.value, 'PETR');
    return this.#byRoute(packet, route);
  }

  /** 9: the underlay has the last word. */
  #byRoute(packet: Packet, route: Match<NextHop> | undefined): Outcome {
    this.#note(STEPS.route, this.#table('routes'), () => [
      text.address(packet.destination),
      text.route(route),
    ]);
    if (route === undefined) return this.#drop(REASON_NO_ROUTE);
    if (!leadsOut(route.value)) return this.#drop(REASON_AGGREGATE_HOLE);
    return this.#native(packet, route.value);
  }

  #native(packet: Packet, nextHop: NextHop): Outcome {
    const { length } = packet.bytes;
    this.#note(STEPS.mtuNative, '-', () => [`${length} bytes`, text.fits(length, nextHop.mtu)]);
    if (length > nextHop.mtu) return this.#tooBig(nextHop.mtu);
    return this.#leave(VERDICT_NATIVE, this.#leaving(packet).bytes, nextHop);
  }

  #encapsulate(packet: Packet, { targets, row }: TargetSet, table: string): Outcome {
    const bucket = (this.#flowHash >>> 16) & (row.length - 1);
    const target = targets[row[bucket] ?? -1];
    this.#note(STEPS.locator, this.#table(table), () => [
      `flow hash ${text.hash(this.#flowHash)}`,
      target === undefined
        ? text.reason(REASON_NO_USABLE_RLOC)
        : `${text.target(target)}, bucket ${bucket + 1} of ${row.length}`,
    ]);
    if (target === undefined) return this.#drop(REASON_NO_USABLE_RLOC);

    const { source, destination, nextHop, pathMtu = Infinity } = target;
    const marking = withNonce(target.marking, this.#tables.nonceToward(destination)) ?? {};
    const added = overhead(source.family);
    const room = Math.max(0, Math.min(MAX_OUTER_BYTES, nextHop.mtu, pathMtu) - added);
    const { length } = packet.bytes;
    this.#note(STEPS.mtuEncap, '-', () => [`${length} + ${added} bytes`, text.fits(length, room)]);
    if (length > room) return this.#tooBig(room);

    const inner = this.#leaving(packet);
    const sourcePort = 0xc000 | (this.#flowHash & 0x3fff);
    const instanceId = this.#instanceId;
    const bytes = encapsulated(inner, { source, destination, sourcePort, instanceId, marking });
    this.#note(STEPS.encapsulation, '-', () => [
      `${text.address(source)} > ${text.address(destination)}`,
      `UDP ${sourcePort} > ${LISP_DATA_PORT}, ${text.headerFields(inner)}, instance ${this.#instanceId}, ${bytes.length} bytes`,
    ]);
    return this.#leave(VERDICT_ENCAP, bytes, nextHop);
  }

  /** The packet with its TTL lowered, unless it was made here. */
  #leaving(packet: Packet): Packet {
    return this.#arrival.originated ? packet : withTtlAndTos(packet, packet.ttl - 1, packet.tos);
  }

  #leave(verdict: number, bytes: Uint8Array, nextHop: NextHop): Outcome {
    const { interfaceIndex: outInterface, gateway } = nextHop;
    const to = nextHop.kind === 'via' && gateway !== undefined ? { gateway } : {};
    return this.#end({ verdict, reason: REASON_NONE, outInterface, ...to, mtu: 0, bytes });
  }

  #punt(reason: number): Outcome {
    return this.#stop(VERDICT_PUNT, reason, 0);
  }

  #tooBig(mtu: number): Outcome {
    return this.#stop(VERDICT_PUNT, REASON_TOO_BIG, mtu);
  }

  #drop(reason: number): Outcome {
    return this.#stop(VERDICT_DROP, reason, 0);
  }

  #stop(verdict: number, reason: number, mtu: number): Outcome {
    return this.#end({ verdict, reason, outInterface: 0, mtu, bytes: this.#bytes });
  }

  #end(what: Pick<Outcome, 'verdict' | 'reason' | 'outInterface' | 'gateway' | 'mtu' | 'bytes'>): Outcome {
    this.#note(STEPS.verdict, '-', () => ['-', text.verdict(what)]);
    return {
      ...what,
      instanceId: this.#instanceId,
      decapsulated: this.#lispHeaders > 0,
      flowHash: this.#flowHash,
      ...(this.#met === undefined ? {} : { met: this.#met }),
      stripped: this.#stripped,
      ...(this.#tunnel === undefined ? {} : { tunnel: this.#tunnel }),
    };
  }

  #vrf(): ModelVrf {
    return this.#tables.vrf(this.#instanceId) ?? NOTHING_KNOWN;
  }

  #table(name: string): string {
    return text.table(name, this.#instanceId);
  }

  readonly #note: Note = (step, table, say) => {
    this.#record(() => {
      const [key, result] = say();
      return { phase: step.phase, table, key, result, rule: step.rule };
    });
  };
}

/** A way to somewhere, as opposed to an own address or a discard route. */
function leadsOut({ kind }: NextHop): boolean {
  return kind === 'connected' || kind === 'via';
}
