// What has become of the memory of a structure: nothing of what was cut from the arena is lost, whatever it was cut into.
import { describe, expect, it } from 'vitest';
import { ALL_KINDS } from '../../src/bench/forms.ts';
import { makeTable } from '../../src/bench/made-table.ts';
import { runBench } from '../../src/bench/measure.ts';
import { withUpdates } from '../../src/bench/updates.ts';
import { arenaUse } from '../../src/engine/arena-use.ts';
import { leastLeafBytes, serves } from '../../src/engine/lpm.ts';
import { researchModuleSync } from '../../src/engine/open-research-node.ts';
import { ResearchTable } from '../../src/engine/research-table.ts';
import { idle } from './support.ts';

const rows = makeTable(1, { 4: 500, 6: 500 });
const CASES = ([4, 6] as const).flatMap((family) =>
  ALL_KINDS.filter((kind) => serves(kind, family)).map((kind) => [kind, family] as const),
);

describe('the arena', () => {
  it.each(CASES)(
    'of %s for IPv%i is live, retired or free, after the build and after changes',
    (kind, family) => {
      const own = rows.filter(({ prefix }) => prefix.address.family === family);
      const table = ResearchTable.build(researchModuleSync(), own, {
        kind,
        family,
        leafBytes: leastLeafBytes(kind),
        fibBytes: 160 * 2 ** 20,
      });
      const { memory } = table.engine;
      const hold = (): void => {
        const { live, retired, free, largestFree, cut } = arenaUse(memory);
        expect(live + retired + free).toBe(cut);
        expect(largestFree).toBeLessThanOrEqual(free);
        expect(largestFree > 0).toBe(free > 0);
        expect(live).toBe(table.liveBytes);
      };
      hold();
      for (let i = 0; i < 20; i++) {
        const { prefix } = own[17 * i]!;
        table.change([{ prefix, value: 0 }]);
        hold();
      }
    },
  );

  it('has free what a change no longer needs, and the largest block of it', () => {
    const own = rows.filter(({ prefix }) => prefix.address.family === 4);
    const table = ResearchTable.build(researchModuleSync(), own, { kind: 'linear', family: 4, leafBytes: 4 });
    const { memory } = table.engine;
    const before = arenaUse(memory);
    // Each change copies the list; the one before it waits, and is free when the next one takes its room.
    for (const { prefix } of own.slice(0, 400)) table.change([{ prefix, value: 0 }]);
    const after = arenaUse(memory);
    expect(after.live).toBeLessThan(before.live);
    expect(after.free + after.retired).toBeGreaterThan(24 * 400);
    expect(after.cut).toBeGreaterThanOrEqual(before.cut);
  });

  it('is in a run for each structure, after updates as well', { timeout: 60_000 }, async () => {
    const options = {
      table: 'made',
      rows,
      traces: ['rand'],
      kinds: ['patricia', 'poptrie'] as const,
      keys: 256,
      rounds: 1,
      milliseconds: 1,
      batches: [256],
      sample: 0,
      seed: 1,
    };
    const report = runBench(options, () => undefined);
    const run = await withUpdates(report, { ...options, updates: 50, startReader: idle(0) }, () => undefined);
    expect(run.memory.map(({ family, kind, updated }) => [family, kind, updated !== undefined])).toEqual(
      ([4, 6] as const).flatMap((family) => [
        [family, 'patricia', true],
        [family, 'poptrie', false],
        [family, 'poptrie', false],
      ]),
    );
    for (const { kind, built, updated } of run.memory) {
      expect(built.live).toBeGreaterThan(0);
      if (kind === 'patricia') expect(updated!.cut).toBeGreaterThan(built.cut);
    }
  });
});
