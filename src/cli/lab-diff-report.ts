import { formatIp, formatPrefix } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import { formatTime } from '../sim/log.ts';
import type { ConfigDiffLine } from './what-if/config-diff.ts';
import type { ChangeKind, LabComparison, OneSided } from './what-if/compare-labs.ts';
import type { Path } from './what-if/decision.ts';

/** The document that `pxtr lab diff --json` prints. Kept as stable as RunReport. */
export interface LabDiffReport {
  readonly schema: 'pxtr-lab-diff/1';
  readonly before: string;
  readonly after: string;
  readonly seed: number;
  /** `resolved`: all that can be looked up has been; `cold`: nothing has. */
  readonly state: 'resolved' | 'cold';
  /** Virtual time from which the labs are compared, in seconds. */
  readonly time: string;
  /** Nothing differs in nodes, links, addresses and forwarding; configuration lines may. */
  readonly same: boolean;
  readonly nodes: OneSided<string>;
  readonly links: OneSided<string>;
  readonly addresses: OneSided<{ readonly node: string; readonly address: string }>;
  readonly config: readonly { readonly node: string; readonly lines: readonly ConfigDiffLine[] }[];
  readonly compared: LabComparison['compared'];
  /** Pairs of a source address and a range of destinations that differ. */
  readonly differing: LabComparison['differing'];
  readonly changes: readonly ChangeReport[];
}

export interface ChangeReport {
  readonly kind: ChangeKind;
  readonly node: string;
  readonly sources: readonly string[];
  /** Disjoint prefixes that hold every destination and nothing else. */
  readonly destinations: readonly string[];
  readonly before: readonly Path[];
  readonly after: readonly Path[];
}

export function labDiffReport(
  comparison: LabComparison,
  head: {
    readonly before: string;
    readonly after: string;
    readonly seed: number;
    readonly cold: boolean;
    readonly at: Micros;
  },
): LabDiffReport {
  const { config, nodes, links, addresses, compared, differing, changes } = comparison;
  const texts = (list: LabComparison['addresses']['before']): { node: string; address: string }[] =>
    list.map(({ node, address }) => ({ node, address: formatIp(address) }));
  return {
    schema: 'pxtr-lab-diff/1',
    before: head.before,
    after: head.after,
    seed: head.seed,
    state: head.cold ? 'cold' : 'resolved',
    time: formatTime(head.at),
    same: isSame(comparison),
    nodes,
    links,
    addresses: { before: texts(addresses.before), after: texts(addresses.after) },
    config,
    compared,
    differing,
    changes: changes.map((change) => ({
      kind: change.kind,
      node: change.node,
      sources: change.sources.map(formatIp),
      destinations: change.destinations.map(formatPrefix),
      before: change.before.paths,
      after: change.after.paths,
    })),
  };
}

/** Both labs treat every packet alike, and every packet that can be sent in one can be sent in the other. */
export function isSame({ nodes, links, addresses, changes }: LabComparison): boolean {
  const sides = [nodes, links, addresses].flatMap(({ before, after }) => [before.length, after.length]);
  return changes.length === 0 && sides.every((count) => count === 0);
}
