/**
 * Why a packet was sent and what became of it, worked out from what was captured: the packet that led to it, what
 * its sender traced, and what its receiver traced when it came. No text belongs to a packet number.
 */
import { sameIp } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import type { TraceEvent } from '../base/trace.ts';
import type { MapReply } from '../wire/map-reply.ts';
import type { MapRequest } from '../wire/map-request.ts';
import {
  answeredRecords,
  answers,
  carriesSame,
  requestedEids,
  sameControl,
  type PacketFacts,
} from './packet-facts.ts';
import { byLearnedRoute, ripOutcome, ripReason } from './reason-rip.ts';
import type { NetworkRecord } from './record.ts';
import { cacheAt, type RecordIndex, type SentPacket } from './record-index.ts';

/** One packet with its surroundings. */
interface Scene {
  readonly index: RecordIndex;
  readonly position: number;
  readonly node: string;
  readonly facts: PacketFacts;
  /** The packet whose arrival led to this one. */
  readonly cause: PacketFacts | undefined;
  /** What the sender traced while it handled that event. */
  readonly traces: readonly TraceEvent[];
  /** ` by 10.0.0.0/8, which RIP learned from ...` when that is the route it took; else empty. */
  readonly byRoute: string;
}

export function reasonOf(packet: SentPacket & { readonly facts: PacketFacts }, index: RecordIndex): string {
  const scene = sceneOf(packet, index);
  const { facts, cause } = scene;
  if (facts.rip !== undefined) return ripReason(scene.node, facts.rip, facts, scene.traces);
  if (cause !== undefined && isRouted(facts, cause)) return `${scene.node} routes it on${scene.byRoute}`;
  switch (facts.control?.type) {
    case 'map-request':
      return requestReason(scene, facts.control);
    case 'map-reply':
      return replyReason(scene, facts.control);
    case 'map-register':
      return 'the ETR registers its EID-Prefixes with its Map-Server';
    case 'map-notify':
      return 'the Map-Server acknowledges the registration';
    case 'map-notify-ack':
      return 'the ETR acknowledges the notification';
    case 'ecm':
    case 'unknown':
      return 'a control message';
    case undefined:
      return dataReason(scene);
  }
}

const FATES = {
  lost: 'lost on the link',
  'too-big': 'too big for the link',
  'link-down': 'the link is down',
} as const;

/** What ended the packet's way, on the link or at the receiver; undefined when it was used or passed on. */
export function outcomeOf({ record: { frame }, facts }: SentPacket, index: RecordIndex): string | undefined {
  if (frame.fate !== 'sent') return FATES[frame.fate];
  const effects = index.effects.get(frame.number) ?? [];
  const arrival = effects.find(({ kind }) => kind === 'arrival');
  if (arrival === undefined) return 'still under way';
  if (arrival.kind === 'arrival' && arrival.cut) return 'the link went down on the way';
  for (const effect of effects) {
    if (effect.kind !== 'trace') continue;
    const { node, trace } = effect;
    if (facts?.rip !== undefined && trace.event === 'packet:not-unicast') return `${node} speaks no RIP`;
    const ended = ending(node, trace);
    if (ended !== undefined) return effects.some(isUntold) ? `${ended}; ${UNTOLD}` : ended;
  }
  return ripOutcome(index, frame.number);
}

/** The sender would have heard of it: without this a probe that got no answer looks like one that did. */
const UNTOLD = 'no ICMP error is sent, the limit in a second is reached';

function isUntold(effect: NetworkRecord): boolean {
  return effect.kind === 'trace' && effect.trace.event === 'icmp-error-limited';
}

/** Traces that say that a packet went no further. */
function ending(node: string, { event, fields }: TraceEvent): string | undefined {
  const detail = fields['detail'] === undefined ? '' : ` (${fields['detail']})`;
  const to = String(fields['to'] ?? 'its destination');
  if (event === 'packet:miss-policy') return `lost: ${node} must first ask where ${to} is`;
  if (event === 'packet:hold') return `${node} holds the packet to ${to} and asks where that is`;
  if (event === 'packet:no-route') return `unreachable: ${node} has no route to ${to}`;
  if (event === 'packet:aggregate-hole') return `${node} drops it: ${to} ends at its discard route`;
  if (event === 'ignored') return `${node} ignores it`;
  if (event.startsWith('packet:')) return `dropped by ${node}: ${words(event.slice(7))}`;
  if (event.startsWith('drop:')) return `refused by ${node}: ${words(event.slice(5))}${detail}`;
  return undefined;
}

function words(kebab: string): string {
  return kebab.replaceAll('-', ' ').toLowerCase();
}

function sceneOf(
  { position, record, facts }: SentPacket & { readonly facts: PacketFacts },
  index: RecordIndex,
): Scene {
  const { node, event, cause: causedBy } = record;
  const cause = causedBy === undefined ? undefined : index.packets.get(causedBy)?.facts;
  const traces = (index.traces.get(event) ?? [])
    .filter((each) => each.node === node)
    .map(({ trace }) => trace);
  const byRoute = byLearnedRoute({ position, record, facts }, facts.destination, index);
  return { index, position, node, facts, cause, traces, byRoute };
}

/** The same packet with the same outer addresses, a hop on. */
function isRouted(facts: PacketFacts, cause: PacketFacts): boolean {
  return (
    sameIp(facts.source, cause.source) &&
    sameIp(facts.destination, cause.destination) &&
    facts.packet.ip.protocol === cause.packet.ip.protocol &&
    facts.packet.ip.ttl < cause.packet.ip.ttl &&
    (facts.inner === undefined) === (cause.inner === undefined) &&
    carriesSame(facts, cause)
  );
}

function requestReason({ node, facts, cause, traces }: Scene, request: MapRequest): string {
  const eids = requestedEids(request);
  const to = formatIp(facts.destination);
  if (request.smr) return `${node} asks ${to} to look ${eids} up again: its mapping has changed`;
  if (request.probe) return `${node} probes whether ${to} is reachable`;
  const forwarded = traces.some(({ event }) => event === 'map-request-forwarded');
  if (cause?.control !== undefined && sameControl(request, cause.control)) {
    return `Map-Server forwards the request to the registered ETR ${to}`;
  }
  const who = request.pitr ? 'PITR' : 'ITR';
  if (forwarded) {
    return `${who} ${node} needs ${eids}; its own Map-Server passes the request on to the registered ETR ${to}`;
  }
  const attempt = Number(traces.find(({ event }) => event === 'map-request-sent')?.fields['attempt'] ?? 1);
  if (attempt > 1) return `no answer yet: ${who} ${node} asks ${to} for ${eids} again`;
  return `${who} ${node} has no mapping for ${eids} and asks the Map-Resolver ${to}`;
}

function replyReason({ node, cause, traces }: Scene, reply: MapReply): string {
  const records = answeredRecords(reply);
  const request = cause?.control?.type === 'map-request' ? cause.control : undefined;
  const eids = request === undefined ? 'it' : requestedEids(request);
  const [first] = reply.records;
  if (first?.locators.length === 0) {
    const answer = traces.find(({ event }) => event === 'negative-reply');
    const why = answer?.fields['why'];
    const who = answer?.source === 'map-resolver' ? 'Map-Resolver' : 'Map-Server';
    const what =
      why === 'not-an-eid' || why === undefined ? `${eids} is no EID` : `${eids}: ${words(String(why))}`;
    return `${who} ${node}: ${what}, so ${records} (${first.ttlMinutes} min)`;
  }
  const isOwn = first?.authoritative === true;
  return isOwn
    ? `ETR ${node} answers for its own site: ${records}`
    : `Map-Server answers for the ETR: ${records}`;
}

function dataReason(scene: Scene): string {
  const { facts, cause, node } = scene;
  const held = cause?.control?.type === 'map-reply';
  const what = held ? 'the held packet' : 'it';
  const by = scene.byRoute === '' ? '' : `,${scene.byRoute}`;
  if (facts.inner !== undefined) return encapsulationReason(scene, what);
  if (cause?.inner !== undefined && carriesSame(facts, cause)) {
    return `PETR ${node} takes the LISP header off and forwards the packet natively`;
  }
  if (facts.icmp !== undefined && 'quote' in facts.icmp)
    return `${node} reports an error to ${formatIp(facts.target)}${by}`;
  const natively = nativeEntry(scene);
  const because = natively === undefined ? '' : ` natively: ${natively}`;
  if (held) return `released: ${node} sends ${what}${because}`;
  if (cause !== undefined && answers(facts, cause)) return `${node} answers${because}${by}`;
  return `${node} sends it${because}${by}`;
}

function encapsulationReason(scene: Scene, what: string): string {
  const { facts, node } = scene;
  const to = formatIp(facts.destination);
  const natively = nativeEntry(scene);
  if (natively !== undefined)
    return `${natively}, but ${encapsulator(scene)} ${node} has a PETR: it encapsulates ${what} to ${to}`;
  return `${encapsulator(scene)} ${node} encapsulates ${what} toward ${to}, where ${formatIp(facts.target)} is`;
}

/** `0.0.0.0/1 is natively-forward` when the sender's Map-Cache said so. */
function nativeEntry({ index, node, position, facts }: Scene): string | undefined {
  const entry = cacheAt(index, node, position, facts.target);
  return entry?.action === 'natively-forward' ? `${formatPrefix(entry.eid)} is natively-forward` : undefined;
}

/** The role that adds the header: as it is configured, else as it has asked. */
function encapsulator({ index, node, position, facts }: Scene): 'ITR' | 'PITR' {
  const configured = index.encapsulatorOf(node, facts.origin);
  if (configured !== undefined) return configured;
  // A Map-Server passes on what a PITR asked: only who made the request is that PITR.
  const asked = (index.control.get(node) ?? []).some(
    ({ position: at, record }) =>
      at < position &&
      index.traces
        .get(record.event)
        ?.some(
          ({ node: by, trace: { event, fields } }) =>
            by === node && event === 'map-request-sent' && fields['pitr'] === true,
        ),
  );
  return asked ? 'PITR' : 'ITR';
}
