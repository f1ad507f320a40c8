/** The Map-Request of a packet that has to wait: it is sent in the lab, followed there and taken back. */
import { sameIp, hostPrefix, type IpAddress } from '../base/ip.ts';
import { formatPrefix, parseIp } from '../base/ip-text.ts';
import { formatNonce } from '../base/random.ts';
import { seconds, type Micros } from '../base/time.ts';
import type { Lab } from '../sim/lab.ts';
import { isKind, type RecordOf } from '../sim/record.ts';
import type { StoryPacket } from '../sim/story.ts';

export interface LookupPath {
  /** The Map-Resolver that is asked; absent when nobody is. */
  readonly to?: string;
  /** Nodes on the way of the Map-Request, from the one that asks to the one that answers or where it ends. */
  readonly request: readonly string[];
  /** Nodes on the way of the Map-Reply; absent when there is none. */
  readonly reply?: readonly string[];
  /** Why the asker is told nothing; absent when the answer arrives. */
  readonly failed?: string;
}

/** A packet to be sent, and the node that must ask before it can go on. */
export interface WaitingPacket {
  readonly from: string;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly asker: string;
  readonly eid: IpAddress;
}

/** Time for a Map-Request, its repetitions, and the answer. */
const PATIENCE: Micros = seconds(10);

/** Sends the packet, looks what its Map-Request meets, and leaves the lab as it was. */
export function followLookup(lab: Lab, packet: WaitingPacket): LookupPath {
  const { timeline } = lab;
  const mark = timeline.journal.length;
  const before = timeline.records.length;
  const { source, destination } = packet;
  const request = { source, destination, count: 1, size: 100, timeout: PATIENCE };
  lab.input(lab.now, { kind: 'ping', node: packet.from, request });
  timeline.runUntil(lab.now + PATIENCE);
  const path = pathOf(lab, packet, timeline.records.slice(before).filter(isKind('trace')));
  timeline.takeBack(mark);
  return path;
}

function pathOf(lab: Lab, { asker, eid }: WaitingPacket, records: readonly RecordOf<'trace'>[]): LookupPath {
  const traces = records.filter(({ node }) => node === asker).map(({ trace }) => trace);
  const asked = formatPrefix(hostPrefix(eid));
  const about = traces.filter(({ fields }) => fields['eid'] === asked);
  const sent = about.filter(({ event }) => event === 'map-request-sent');
  const received = about.find(({ event }) => event === 'map-reply-received');
  // Of several attempts, the one that was answered.
  const told = sent.find(({ fields }) => fields['nonce'] === received?.fields['nonce']) ?? sent[0];
  if (told === undefined) {
    const refusal = traces.find(({ event }) => event.startsWith('drop:'))?.event.slice('drop:'.length);
    return { request: [asker], failed: `${asker} asks nobody${whyNobody(refusal)}` };
  }
  const story = lab.story().filter(({ facts }) => nonceOf(facts) === told.fields['nonce']);
  const requests = story.filter(({ facts }) => facts?.control?.type === 'map-request');
  const replies = story.filter(({ facts }) => facts?.control?.type === 'map-reply');
  const to = String(told.fields['to']);
  return {
    to,
    request: nodesOf(asker, requests),
    ...(replies.length === 0 ? {} : { reply: nodesOf(replies[0]!.from, replies) }),
    ...(received === undefined ? { failed: whySilent(asker, to, requests, replies) } : {}),
  };
}

function nonceOf(facts: StoryPacket['facts']): string | undefined {
  const control = facts?.control;
  return control?.type === 'map-request' || control?.type === 'map-reply'
    ? formatNonce(control.nonce)
    : undefined;
}

function nodesOf(first: string, packets: readonly StoryPacket[]): string[] {
  return [first, ...packets.map(({ to }) => to)];
}

function whyNobody(refusal: string | undefined): string {
  switch (refusal) {
    case undefined:
      return '';
    case 'no-itr-rloc':
      return ': it has no address that is up for the answer to go to (no-itr-rloc)';
    case 'no-map-resolver':
      return ': it has no Map-Resolver for EIDs of this family (no-map-resolver)';
    case 'map-request-paused':
      return ': it asked before without an answer, and waits (map-request-paused)';
    default:
      return `: ${refusal}`;
  }
}

function whySilent(
  asker: string,
  to: string,
  requests: readonly StoryPacket[],
  replies: readonly StoryPacket[],
): string {
  const [what, last] = replies.length > 0 ? ['Map-Reply', replies.at(-1)] : ['Map-Request', requests.at(-1)];
  if (last === undefined) return `no Map-Request leaves ${asker}: it has no way to ${to}`;
  return `no answer comes, the ${what} ended: ${last.outcome ?? `${last.to} makes nothing of it`}`;
}

/** The node of the lab that has the address. */
export function nodeWith(lab: Lab, text: string): string | undefined {
  const wanted = parseIp(text);
  if (wanted === undefined) return undefined;
  return lab.nodeNames.find((name) =>
    lab
      .router(name)
      ?.options.interfaces.some(({ addresses }) => addresses.some(({ address }) => sameIp(address, wanted))),
  );
}
