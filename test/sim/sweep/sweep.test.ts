// Failures in turn: what is lost is lost because of the failure, and each one starts from the same state.
import { describe, expect, it } from 'vitest';
import { formatIp } from '../../../src/base/ip-text.ts';
import { seconds, type Micros } from '../../../src/base/time.ts';
import { endpointsOf, pairsOf } from '../../../src/sim/sweep/endpoints.ts';
import { failuresOf } from '../../../src/sim/sweep/failures.ts';
import {
  sweepFailures,
  type FailureResult,
  type SweepResult,
  type SweepSettings,
} from '../../../src/sim/sweep/sweep.ts';
import { labFile, makeModel, type Edits } from '../../scenarios/support.ts';

const SETTINGS: SweepSettings = {
  makeDataPlane: makeModel,
  down: seconds(10),
  up: seconds(10),
  interval: seconds(1),
};

function sweep(
  example: string,
  ids: readonly string[],
  settings: Partial<SweepSettings> = {},
  edits: Edits = {},
): SweepResult {
  const file = labFile(example, edits);
  const failures = ids.map((id) => failuresOf(file).find((each) => each.id === id)!);
  return sweepFailures(file, failures, { ...SETTINGS, ...settings });
}

function lost({ pairs }: FailureResult): Record<string, [number, number]> {
  return Object.fromEntries(
    pairs.map(({ from, to, down, up }) => [`${from.node} > ${to.node}`, [down.lost, up.lost]]),
  );
}

describe('what can fail, and who is asked', () => {
  it('each link, and each interface with a locator', () => {
    expect(failuresOf(labFile('pxtr')).map(({ id }) => id)).toEqual([
      'link:lisp1-mapserver',
      'link:lisp2-mapserver',
      'link:mapserver-outsideworld',
      'rloc:10.0.1.2',
      'rloc:10.0.255.1',
      'rloc:10.0.2.2',
    ]);
  });

  it('EIDs, and what is at the edge without LISP; other routers when they are named', () => {
    const names = (only?: readonly string[]): string[] =>
      endpointsOf(labFile('failover'), only).map(({ node, address }) => `${node} ${formatIp(address)}`);
    expect(names()).toEqual(['branch 192.168.2.1', 'edge 192.168.1.1']);
    expect(names(['isp1', 'edge'])).toEqual(['isp1 10.1.1.2', 'edge 192.168.1.1']);
    expect(endpointsOf(labFile('pxtr')).map(({ node }) => node)).toEqual(['lisp1', 'lisp2', 'outsideworld']);
  });

  it('pairs go both ways, and stay in their family', () => {
    const pairs = pairsOf(endpointsOf(labFile('pxtr-v6')));
    expect(pairs).toHaveLength(6);
    expect(pairs.every(([a, b]) => a.address.family === b.address.family && a.node !== b.node)).toBe(true);
  });
});

describe('laws', () => {
  it('without a failure nothing is lost', () => {
    for (const example of ['pxtr', 'failover']) {
      const { baseline } = sweep(example, []);
      expect(baseline.map(({ down, up }) => [down.sent, down.lost, up.sent, up.lost])).toEqual(
        baseline.map(() => [10, 0, 10, 0]),
      );
    }
  });

  it('a link that carries nothing loses nothing', () => {
    const { failures } = sweep('failover', ['link:mapserver-isp2', 'link:edge-isp2']);
    for (const failure of failures) expect(Object.values(lost(failure)).flat()).toEqual([0, 0, 0, 0]);
  });

  it('with the only link down all that goes over it is lost, and nothing else; it comes back with the link', () => {
    const [failure] = sweep('pxtr', ['link:lisp1-mapserver']).failures;
    expect(lost(failure!)).toEqual({
      'lisp1 > lisp2': [10, 0],
      'lisp1 > outsideworld': [10, 0],
      'lisp2 > lisp1': [10, 0],
      'lisp2 > outsideworld': [0, 0],
      'outsideworld > lisp1': [10, 0],
      'outsideworld > lisp2': [0, 0],
    });
    for (const { down } of failure!.pairs) expect(down.recovered).toBeUndefined();
  });

  it('a locator that is shut down is out for what is left of the minute that its mapping lives, not longer', () => {
    const [failure] = sweep('failover', ['rloc:10.0.1.2'], { down: seconds(90) }).failures;
    for (const { down, up } of failure!.pairs) {
      expect(down.firstLoss! < seconds(1)).toBe(true);
      // Asked for at 10 s, when probes begin; the failure comes at 30 s.
      expect(down.recovered).toBeGreaterThan(seconds(38));
      expect(down.recovered).toBeLessThan(seconds(42));
      expect(up.lost).toBe(0);
    }
  });

  it('with answers that live a day it does not recover by itself', () => {
    const edits: Edits = { 'edge.ios': [[' ipv4 etr map-cache-ttl 1\n', '']] };
    const [failure] = sweep('failover', ['rloc:10.0.1.2'], { down: seconds(90) }, edits).failures;
    for (const { down, up } of failure!.pairs)
      expect([down.lost, down.recovered, up.lost]).toEqual([90, undefined, 0]);
  });

  it('each failure starts from the same state: order and company do not matter', () => {
    const ids = ['link:edge-isp1', 'rloc:10.0.1.2', 'link:branch-mapserver'];
    const together = sweep('failover', ids);
    const backwards = sweep('failover', ids.toReversed());
    expect(backwards.failures.toReversed()).toEqual(together.failures);
    for (const [i, id] of ids.entries())
      expect(sweep('failover', [id]).failures[0]).toEqual(together.failures[i]);
  });

  it('the same seed gives the same report; losses of links follow the seed and are in the baseline too', () => {
    const edits: Edits = {
      'lab.yaml': [
        ['outsideworld FastEthernet0/0, delay: 1ms', 'outsideworld FastEthernet0/0, delay: 1ms, loss: 20%'],
      ],
    };
    const run = (seed: number): SweepResult =>
      sweep('pxtr', ['link:lisp2-mapserver'], { seed, down: seconds(30) }, edits);
    const [a, b, c] = [run(1), run(1), run(2)];
    expect(b).toEqual(a);
    expect(c.baseline).not.toEqual(a.baseline);
    expect(a.baseline.reduce((sum, { down }) => sum + down.lost, 0)).toBeGreaterThan(5);
  });

  it('times and counts agree: what is lost lies between the first loss and the recovery', () => {
    const { failures } = sweep(
      'failover',
      failuresOf(labFile('failover')).map(({ id }) => id),
      { down: seconds(70) },
    );
    const interval: Micros = seconds(1);
    for (const { pairs } of failures) {
      for (const { down, up } of pairs) {
        for (const { sent, lost: count, firstLoss, recovered } of [down, up]) {
          expect(count).toBeLessThanOrEqual(sent);
          expect(firstLoss === undefined).toBe(count === 0);
          if (firstLoss !== undefined && recovered !== undefined) {
            expect(count).toBeLessThanOrEqual((recovered - firstLoss) / interval);
          }
          if (count === sent) expect(recovered).toBeUndefined();
        }
      }
    }
  });
});
