/** What it costs to follow the traffic: a full IPv4 table of kind 'auto' takes the other kind, in CPU time of the publish. */
import { zipf } from '../src/bench/zipf.ts';
import { SeededRandom } from '../src/base/random.ts';
import type { LpmKind, Traffic } from '../src/engine/lpm.ts';
import { engineModuleSync } from '../src/engine/open-research-node.ts';
import { Lpm } from '../src/engine/lpm-table.ts';
import { LARGEST_GAP, SAMPLE_KEYS, SAMPLES_TO_CHANGE } from '../src/engine/traffic-sample.ts';
import type { TableRow } from '../src/tables/collect.ts';
import type { Case, Round, SelfTimed } from './runner.ts';

const KIND_FOR: Readonly<Record<Traffic, LpmKind>> = { spread: 'dir18-run', skewed: 'dir24-8' };
/** Both tables with leaves of four bytes, and the writer's parts. */
const TABLE_BYTES = 512 * 2 ** 20;
/** Enough to be sure of whole samples, wherever the one before ended. */
const KEYS = (SAMPLES_TO_CHANGE + 1) * SAMPLE_KEYS * LARGEST_GAP;
const ADDRESSES = 1_000_000;
const GOLDEN = 0x9e37_79b1;

export function switchCase(rows: readonly TableRow[], seed: number): Case {
  const draw = zipf(ADDRESSES, new SeededRandom(seed));
  const keys: Readonly<Record<Traffic, Uint32Array>> = {
    spread: Uint32Array.from({ length: KEYS }, (_, i) => Math.imul(i, GOLDEN)),
    skewed: Uint32Array.from({ length: KEYS }, () => Math.imul(draw(), GOLDEN)),
  };
  const lpm = Lpm.open(engineModuleSync(), { traffic: 'observed', tableBytes: TABLE_BYTES });
  for (const { prefix, value } of rows) lpm.insert(prefix, value);
  lpm.publish();
  const follow = (traffic: Traffic): void => {
    lpm.lookupBatch(4, keys[traffic]);
    lpm.publish();
    if (lpm.kindOf(4) !== KIND_FOR[traffic]) throw new Error(`${lpm.kindOf(4)} for ${traffic} traffic`);
  };
  const contender = (traffic: Traffic, before: Traffic): SelfTimed => ({
    name: `${KIND_FOR[before]} to ${KIND_FOR[traffic]}`,
    time: (): Round => {
      follow(before);
      lpm.lookupBatch(4, keys[traffic]);
      const start = process.cpuUsage();
      lpm.publish();
      const { user, system } = process.cpuUsage(start);
      return { medianNs: ((user + system) * 1000) / rows.length, calls: 1, cpuShare: 1 };
    },
  });
  return {
    name: `IPv4, ${rows.length} prefixes, auto follows the traffic`,
    unit: 'prefix',
    operations: 1,
    baseline: 'dir18-run to dir24-8',
    contenders: [contender('skewed', 'spread'), contender('spread', 'skewed')],
    gate: () => {
      const answers = (['spread', 'skewed'] as const).map((traffic) => {
        follow(traffic);
        return lpm.lookupBatch(4, keys.skewed);
      });
      if (answers[0]!.some((value, i) => value !== answers[1]![i]))
        throw new Error('other answers in the other kind');
    },
    facts: { prefixes: rows.length },
  };
}
