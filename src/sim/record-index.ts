import { contains, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { parsePrefix } from '../base/ip-text.ts';
import type { TraceEvent } from '../base/trace.ts';
import { factsOf, type PacketFacts } from './packet-facts.ts';
import type { NetworkRecord, RecordOf } from './record.ts';

/** A packet on a link, decoded, and where it stands among the records. */
export interface SentPacket {
  readonly position: number;
  readonly record: RecordOf<'frame'>;
  /** Absent when the bytes are no IP packet. */
  readonly facts?: PacketFacts;
}

/** A change of a node's Map-Cache, as the node traced it. */
export interface CacheNote {
  readonly position: number;
  readonly eid: IpPrefix;
  /** 'forward', 'natively-forward'...; absent when the entry went away. */
  readonly action?: string;
}

/** A change of a node's RIP routes, as the node traced it. */
export interface RouteNote {
  readonly position: number;
  readonly prefix: IpPrefix;
  /** Gateway, and the link by which the route was told; absent when the route was lost. */
  readonly via?: string;
  readonly link?: number;
}

/** The records of a run, arranged for questions about single packets. */
export interface RecordIndex {
  /** By frame number. */
  readonly packets: ReadonlyMap<number, SentPacket>;
  /** Control packets by sender, in order. */
  readonly control: ReadonlyMap<string, readonly SentPacket[]>;
  /** By node, in order. */
  readonly cache: ReadonlyMap<string, readonly CacheNote[]>;
  /** By node, in order. */
  readonly routes: ReadonlyMap<string, readonly RouteNote[]>;
  /** Records caused by the arrival of a frame, in order. */
  readonly effects: ReadonlyMap<number, readonly NetworkRecord[]>;
  /** What was traced while an event was handled. */
  readonly traces: ReadonlyMap<number, readonly RecordOf<'trace'>[]>;
  readonly encapsulatorOf: EncapsulatorOf;
}

/** What the records do not hold: the role by which a node encapsulates for a source, as it is configured. */
export type EncapsulatorOf = (node: string, source: IpAddress) => 'ITR' | 'PITR' | undefined;

export function indexRecords(
  records: readonly NetworkRecord[],
  encapsulatorOf: EncapsulatorOf = () => undefined,
): RecordIndex {
  const packets = new Map<number, SentPacket>();
  const control = new Map<string, SentPacket[]>();
  const cache = new Map<string, CacheNote[]>();
  const routes = new Map<string, RouteNote[]>();
  const effects = new Map<number, NetworkRecord[]>();
  const traces = new Map<number, RecordOf<'trace'>[]>();
  for (const [position, record] of records.entries()) {
    if (record.cause !== undefined) append(effects, record.cause, record);
    if (record.kind === 'trace') {
      append(traces, record.event, record);
      const note = cacheNote(position, record.trace);
      if (note !== undefined) append(cache, record.node, note);
      const link = record.cause === undefined ? undefined : packets.get(record.cause)?.record.frame.link;
      const route = routeNote(position, record.trace, link);
      if (route !== undefined) append(routes, record.node, route);
    } else if (record.kind === 'frame') {
      const facts = factsOf(record.frame.bytes);
      const packet = { position, record, ...(facts === undefined ? {} : { facts }) };
      packets.set(record.frame.number, packet);
      if (facts?.control !== undefined) append(control, record.node, packet);
    }
  }
  return { packets, control, cache, routes, effects, traces, encapsulatorOf };
}

/** What a node's Map-Cache held for an address at a moment: its longest match among learned entries. */
export function cacheAt(
  { cache }: RecordIndex,
  node: string,
  position: number,
  address: IpAddress,
): CacheNote | undefined {
  const entries = new Map<string, CacheNote>();
  for (const note of cache.get(node) ?? []) {
    if (note.position >= position) break;
    if (contains(note.eid, address)) entries.set(String(note.eid.bits), note);
  }
  return [...entries.values()]
    .filter(({ action }) => action !== undefined)
    .reduce<CacheNote | undefined>(
      (best, note) => (best && best.eid.bits > note.eid.bits ? best : note),
      undefined,
    );
}

const GONE = ['map-cache-withdrawn', 'map-cache-expired', 'map-cache-evicted'];

function cacheNote(position: number, { event, fields }: TraceEvent): CacheNote | undefined {
  const isGone = GONE.includes(event);
  if (!isGone && event !== 'map-cache-installed') return undefined;
  const eid = parsePrefix(String(fields['eid']))?.prefix;
  if (eid === undefined) return undefined;
  return { position, eid, ...(isGone ? {} : { action: String(fields['action']) }) };
}

function routeNote(
  position: number,
  { source, event, fields }: TraceEvent,
  link: number | undefined,
): RouteNote | undefined {
  const isLearned = event === 'route-learned';
  if (source !== 'rip' || (!isLearned && event !== 'route-lost')) return undefined;
  const prefix = parsePrefix(String(fields['prefix']))?.prefix;
  if (prefix === undefined) return undefined;
  if (!isLearned || link === undefined) return { position, prefix };
  return { position, prefix, via: String(fields['via']), link };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
