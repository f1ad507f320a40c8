import { formatIp } from '../base/ip-text.ts';
import type { Phase } from '../engine/phases.ts';
import type { Lab } from '../sim/lab.ts';
import { formatTime } from '../sim/log.ts';
import type { Lookup, Question } from './explain-lab.ts';
import type { Hop, Walk, WalkEnding } from './packet-walk.ts';
import { packetLine } from './render/explain.ts';

/** The document that `pxtr explain --json` prints. Kept as stable as RunReport. */
export interface ExplainReport {
  readonly schema: 'pxtr-explain/1';
  readonly scenario: string;
  readonly seed: number;
  readonly after: 'cold' | 'run';
  /** Virtual time of the question, in seconds. */
  readonly time: string;
  readonly from: string;
  readonly source: string;
  readonly destination: string;
  readonly hops: readonly HopReport[];
  readonly ending: EndingReport;
  /** What the packet waits for, when it waits. */
  readonly lookup?: Lookup;
}

export interface HopReport {
  readonly node: string;
  /** Absent where the packet is made. */
  readonly in?: string;
  /** One line about the packet as it arrives. */
  readonly packet: string;
  readonly phases: readonly Phase[];
  readonly verdict: Hop['verdict'];
  readonly reason?: string;
  /** The reason in words; completes "because ...". */
  readonly because?: string;
  /** Interface, link and next node of a packet that leaves. */
  readonly out?: NonNullable<Hop['way']>;
  /** One line about the packet as it leaves, or as it stood when the decision fell. */
  readonly result: string;
}

export interface EndingReport {
  readonly kind: WalkEnding['kind'];
  readonly node: string;
  /** Nodes of a forwarding loop. */
  readonly circle?: readonly string[];
  /** By node of the circle, the route that makes it send the packet on. */
  readonly routes?: readonly string[];
  /** Why it was dropped or lost. */
  readonly reason?: string;
  /** What has to be looked up. */
  readonly eid?: string;
}

export function explainReport(facts: {
  readonly lab: Lab;
  readonly after: 'cold' | 'run';
  readonly question: Question;
  readonly walk: Walk;
  readonly lookup?: Lookup;
}): ExplainReport {
  const { lab, after, question, walk, lookup } = facts;
  return {
    schema: 'pxtr-explain/1',
    scenario: lab.file.name,
    seed: lab.seed,
    after,
    time: formatTime(lab.now),
    from: question.from,
    source: formatIp(question.source),
    destination: formatIp(question.destination),
    hops: walk.hops.map(hopReport),
    ending: endingReport(walk.ending),
    ...(lookup === undefined ? {} : { lookup }),
  };
}

function hopReport({
  node,
  inInterface,
  packet,
  phases,
  verdict,
  reason,
  because,
  way,
  result,
}: Hop): HopReport {
  return {
    node,
    ...(inInterface === undefined ? {} : { in: inInterface }),
    packet: packetLine(packet),
    phases,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(because === undefined ? {} : { because }),
    ...(way === undefined ? {} : { out: way }),
    result: packetLine(result),
  };
}

function endingReport(ending: WalkEnding): EndingReport {
  const { kind, node } = ending;
  switch (ending.kind) {
    case 'delivered':
      return { kind, node };
    case 'resolve':
      return { kind, node, eid: formatIp(ending.eid) };
    case 'dropped':
      return { kind, node, reason: ending.reason };
    case 'lost':
      return { kind, node, reason: ending.why };
    case 'loop':
      return { kind, node, circle: ending.circle, routes: ending.routes };
  }
}
