/** What RIP packets are about, and which routes of RIP others follow. */
import { contains, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { RIP_INFINITY, RIP_REQUEST, ripPrefix, type RipMessage } from '../wire/rip.ts';
import type { TraceEvent } from '../base/trace.ts';
import type { PacketFacts } from './packet-facts.ts';
import type { RecordIndex, RouteNote, SentPacket } from './record-index.ts';

/** More prefixes than these are counted. */
const NAMED = 4;

/** Why `node` sent this message; `traces` are what it traced meanwhile. */
export function ripReason(
  node: string,
  message: RipMessage,
  { destination }: PacketFacts,
  traces: readonly TraceEvent[],
): string {
  if (message.command === RIP_REQUEST) return `${node} asks its neighbours for their routes`;
  const sent = traces.find(({ event }) => event === 'update-sent');
  if (sent === undefined) return `${node} tells ${formatIp(destination)} the routes that it asked for`;
  if (sent.fields['why'] === 'periodic')
    return `${node} tells its neighbours its routes, as it does regularly`;
  const here = prefixesOf(message, (metric) => metric < RIP_INFINITY);
  const gone = prefixesOf(message, (metric) => metric >= RIP_INFINITY);
  const parts = [
    ...(here.length > 0 ? [`it leads to ${listed(here)}`] : []),
    ...(gone.length > 0 ? [`it no longer leads to ${listed(gone)}`] : []),
  ];
  return `news from ${node}: ${parts.join('; ')}`;
}

/** `core learns 192.168.0.0/16`: what came of an update; undefined when it brought no news. */
export function ripOutcome(index: RecordIndex, frame: number): string | undefined {
  const traces = (index.effects.get(frame) ?? []).flatMap((record) =>
    record.kind === 'trace' && record.trace.source === 'rip' ? [record] : [],
  );
  const of = (event: string): string[] =>
    traces.filter(({ trace }) => trace.event === event).map(({ trace }) => String(trace.fields['prefix']));
  const [learned, lost] = [of('route-learned'), of('route-lost')];
  const parts = [
    ...(learned.length > 0 ? [`learns ${listed(learned)}`] : []),
    ...(lost.length > 0 ? [`loses ${listed(lost)}`] : []),
  ];
  return parts.length === 0 ? undefined : `${traces[0]!.node} ${parts.join(' and ')}`;
}

/** ` by 192.168.0.0/16, which RIP learned from 10.0.3.1`; empty when no such route led this packet here. */
export function byLearnedRoute({ record, position }: SentPacket, to: IpAddress, index: RecordIndex): string {
  const { node, frame } = record;
  const route = routeAt(index.routes.get(node) ?? [], position, to);
  // The way to the neighbour that told the route is the link by which it told it.
  if (route?.link !== frame.link || route.via === undefined) return '';
  return ` by ${formatPrefix(route.prefix)}, which RIP learned from ${route.via}`;
}

function routeAt(notes: readonly RouteNote[], position: number, to: IpAddress): RouteNote | undefined {
  const latest = new Map<number, RouteNote>();
  for (const note of notes) {
    if (note.position >= position) break;
    if (contains(note.prefix, to)) latest.set(note.prefix.bits, note);
  }
  return [...latest.values()]
    .filter(({ via }) => via !== undefined)
    .sort((a, b) => b.prefix.bits - a.prefix.bits)[0];
}

function prefixesOf({ entries }: RipMessage, isTold: (metric: number) => boolean): string[] {
  const prefixes = entries.flatMap((entry): IpPrefix[] => {
    const at = entry.kind === 'route' && isTold(entry.metric) ? ripPrefix(entry) : undefined;
    return at === undefined ? [] : [at];
  });
  return prefixes.map(formatPrefix);
}

function listed(prefixes: readonly string[]): string {
  const named = prefixes.slice(0, NAMED).join(', ');
  const more = prefixes.length - NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
