/** Brings a lab to where traffic has been everywhere: what can be looked up has been, by the lab's own control plane. */
import type { IpAddress } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import { millis, seconds, type Micros } from '../../base/time.ts';
import type { Lab } from '../../sim/lab.ts';
import { Oracle, type Source } from './decision.ts';

/** A packet that somebody may send. */
export interface Pair {
  readonly source: Source;
  readonly destination: IpAddress;
}

/** A PITR behind an ITR asks after the ITR has: so many lookups in a row are more than any network has. */
const MAX_ROUNDS = 8;
/** The first look at what has come back; the next ones follow at twice the distance each. */
const STEP: Micros = millis(50);
/** Eleven Map-Requests, a second apart (CP-12), and some time for the last answer. */
const PATIENCE: Micros = seconds(12.5);

/**
 * Sends a packet wherever one would have to be looked up, and lets the lab run until the answers have come or nobody
 * asks any more; again, until nothing new is asked. Lookups that stay open are those that nobody answers.
 */
export function settle(lab: Lab, pairs: readonly Pair[]): void {
  const tried = new Set<string>();
  let open = openPairs(lab, pairs);
  for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
    const fresh = open.filter((each) => !tried.has(attemptOf(each)));
    if (fresh.length === 0) return;
    const asked = new Map(fresh.map((each) => [each.lookup, each] as const));
    for (const each of asked.values()) {
      const { source, destination } = each.pair;
      tried.add(attemptOf(each));
      const request = { destination, source: source.address, count: 1, size: 100, timeout: STEP };
      lab.input(lab.now, { kind: 'ping', node: source.node, request });
    }
    const end = lab.now + PATIENCE;
    let waiting = [...asked.values()].map(({ pair }) => pair);
    for (let step = STEP; waiting.length > 0 && lab.now < end; step *= 2) {
      lab.timeline.runUntil(Math.min(end, lab.now + step));
      waiting = openPairs(lab, waiting).map(({ pair }) => pair);
    }
    open = openPairs(
      lab,
      open.map(({ pair }) => pair),
    );
  }
}

interface OpenPair {
  readonly pair: Pair;
  /** Who asks for what; one packet asks for all that wait for the same. */
  readonly lookup: string;
}

/** Who a packet is from may decide in which role its router asks. */
function attemptOf({ lookup, pair }: OpenPair): string {
  return `${lookup} ${formatIp(pair.source.address)}`;
}

/** Those whose packet has to wait for a lookup. */
function openPairs(lab: Lab, pairs: readonly Pair[]): OpenPair[] {
  const oracle = new Oracle(lab);
  return pairs.flatMap((pair) => {
    const { ending } = oracle.walk(pair.source, pair.destination);
    if (ending.kind !== 'resolve') return [];
    return [{ pair, lookup: `${ending.node} ${formatIp(ending.eid)}` }];
  });
}
