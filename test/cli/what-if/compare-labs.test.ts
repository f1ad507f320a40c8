// What a change changes: laws of the comparison, and slow twins that agree with it.
import { describe, expect, it } from 'vitest';
import { formatIp, formatPrefix, ip } from '../../../src/base/ip-text.ts';
import { contains, type IpAddress } from '../../../src/base/ip.ts';
import { SeededRandom } from '../../../src/base/random.ts';
import { millis, seconds } from '../../../src/base/time.ts';
import {
  compareLabs,
  type DecisionChange,
  type LabComparison,
} from '../../../src/cli/what-if/compare-labs.ts';
import { diffConfigs } from '../../../src/cli/what-if/config-diff.ts';
import { Oracle } from '../../../src/cli/what-if/decision.ts';
import { settle } from '../../../src/cli/what-if/settle.ts';
import { createLab, type Lab } from '../../../src/sim/lab.ts';
import type { LabFile } from '../../../src/sim/lab-file.ts';
import { quietFile } from '../../../src/sim/lab-quiet.ts';
import { exampleNames } from '../../sim/examples.ts';
import { labFile, makeModel } from '../../scenarios/support.ts';

const AT = seconds(10);
const RESOLVED = { seed: 1, at: AT, cold: false };
const COLD = { seed: 1, at: AT, cold: true };

/** Two examples with all looked up, compared once for all laws that ask for it. */
const compared = new Map<string, LabComparison>();
function compareResolved(before: string, after: string): LabComparison {
  const key = `${before} ${after}`;
  const comparison = compared.get(key) ?? compareLabs(labFile(before), labFile(after), RESOLVED);
  compared.set(key, comparison);
  return comparison;
}

/** The lab with a line added at the end of a configuration. */
function withLine(example: string, file: string, line: string): LabFile {
  return labFile(example, { [file]: [['ip route', `${line}\nip route`]] });
}

function told({ changes }: LabComparison): [string, string[], string[], string, string][] {
  return changes.map(({ node, sources, destinations, before, after }) => [
    node,
    sources.map(formatIp),
    destinations.map(formatPrefix),
    before.key,
    after.key,
  ]);
}

describe('laws', () => {
  it.each(exampleNames())('%s does not differ from itself while nothing is looked up', (name) => {
    const comparison = compareLabs(labFile(name), labFile(name), COLD);
    expect(comparison.changes).toEqual([]);
    expect(comparison.config).toEqual([]);
    expect(comparison.compared.decisions).toBeGreaterThan(100);
  });

  it.each(['pxtr-petr', 'failover'])('%s does not differ from itself with all looked up', (name) => {
    const comparison = compareResolved(name, name);
    expect(comparison.changes).toEqual([]);
    expect(comparison.differing).toEqual({ lost: 0, gained: 0, changed: 0 });
  });

  it('the other way round it says the other way round', () => {
    const [there, back] = [compareResolved('pxtr', 'pxtr-petr'), compareResolved('pxtr-petr', 'pxtr')];
    const swapped = told(back).map(([node, sources, to, before, after]) => [
      node,
      sources,
      to,
      after,
      before,
    ]);
    expect(new Set(told(there).map((each) => JSON.stringify(each)))).toEqual(
      new Set(swapped.map((each) => JSON.stringify(each))),
    );
    expect(told(there).length).toBeGreaterThan(5);
    expect([there.differing.lost, there.differing.gained]).toEqual([
      back.differing.gained,
      back.differing.lost,
    ]);
    expect(there.differing.lost).toBeGreaterThan(0);
  });

  it('every pair of a source and a destination is in one change at most', () => {
    const { changes } = compareResolved('pxtr', 'pxtr-petr');
    const pairs = changes.flatMap(({ node, sources, destinations }) =>
      sources.flatMap((source) =>
        destinations.map((to) => `${node} ${formatIp(source)} ${formatPrefix(to)}`),
      ),
    );
    expect(new Set(pairs).size).toBe(pairs.length);
  });
});

describe('one static route', () => {
  it('to nowhere changes exactly its prefix, for everybody whose packets come by', () => {
    const after = withLine('pxtr', 'mapserver.ios', 'ip route 9.9.0.0 255.255.0.0 Null0');
    const { changes, config, differing } = compareLabs(labFile('pxtr'), after, RESOLVED);
    expect(config).toEqual([
      { node: 'mapserver', lines: [{ sign: '+', text: 'ip route 9.9.0.0 255.255.0.0 Null0' }] },
    ]);
    expect(new Set(changes.flatMap(({ destinations }) => destinations.map(formatPrefix)))).toEqual(
      new Set(['9.9.0.0/16']),
    );
    expect(changes.map(({ node, sources }) => [node, sources.map(formatIp)])).toEqual([
      ['lisp1', ['192.168.1.1', '10.0.1.2']],
      ['mapserver', ['10.0.255.1', '10.0.1.1', '10.0.2.1', '10.0.3.1']],
      ['lisp2', ['192.168.2.1', '10.0.2.2']],
      ['outsideworld', ['4.4.4.4', '10.0.3.2']],
    ]);
    for (const change of changes) expect(change.after.paths.map(({ end }) => end)).toEqual(['dropped']);
    // The packets went round in a loop before: nothing is lost.
    expect(differing).toMatchObject({ lost: 0, gained: 0 });
  });

  it('that says what the default route said changes nothing; cold, an ITR no longer asks', () => {
    const after = withLine('pxtr', 'lisp1.ios', 'ip route 8.0.0.0 255.0.0.0 10.0.1.1');
    expect(compareLabs(labFile('pxtr'), after, RESOLVED).changes).toEqual([]);
    const { changes } = compareLabs(labFile('pxtr'), after, COLD);
    expect(
      changes.map(({ node, sources, destinations }) => [
        node,
        sources.map(formatIp),
        destinations.map(formatPrefix),
      ]),
    ).toEqual([['lisp1', ['192.168.1.1'], ['8.0.0.0/8']]]);
    expect(changes[0]!.before.paths[0]!.steps[0]!.action).toBe('ask');
    expect(changes[0]!.after.paths[0]!.steps[0]!.action).toBe('native');
  });

  it('a comment, or the order of lines, changes nothing', () => {
    const after = labFile('pxtr', {
      'mapserver.ios': [['interface Loopback0', '! a remark\ninterface Loopback0']],
    });
    const { changes, config } = compareLabs(labFile('pxtr'), after, COLD);
    expect([changes, config]).toEqual([[], []]);
  });
});

describe('sites', () => {
  it('a site that cannot register is lost to those who look it up, and to nobody else', () => {
    const after = labFile('pxtr', { 'lisp1.ios': [['KEY1', 'KEYX']] });
    const { changes, differing } = compareLabs(labFile('pxtr'), after, RESOLVED);
    expect(new Set(changes.flatMap(({ destinations }) => destinations.map(formatPrefix)))).toEqual(
      new Set(['192.168.1.1/32']),
    );
    expect(changes.map(({ node }) => node)).toEqual(['mapserver', 'lisp2', 'lisp2', 'outsideworld']);
    expect(differing).toEqual({ lost: 8, gained: 0, changed: 0 });
  });

  it('weights of locators are part of a decision, and each way is told', () => {
    const edit = (weights: [number, number]): LabFile =>
      labFile('failover', {
        'edge.ios': [
          ['10.0.1.2 priority 1 weight 100', `10.0.1.2 priority 1 weight ${weights[0]}`],
          ['10.0.2.2 priority 2 weight 100', `10.0.2.2 priority 1 weight ${weights[1]}`],
        ],
      });
    const { changes } = compareLabs(edit([50, 50]), edit([75, 25]), RESOLVED);
    const actions = (change: DecisionChange, side: 'before' | 'after'): string[] =>
      change[side].paths.map(({ steps }) => steps[0]!.action);
    const fromBranch = changes.find(
      ({ sources, destinations }) =>
        sources.some((each) => formatIp(each) === '192.168.2.1') &&
        destinations.some((each) => formatPrefix(each) === '192.168.1.1/32'),
    )!;
    expect(actions(fromBranch, 'before')).toEqual([
      'encap 10.0.3.2 > 10.0.1.2 (50%)',
      'encap 10.0.3.2 > 10.0.2.2 (50%)',
    ]);
    expect(actions(fromBranch, 'after')).toEqual([
      'encap 10.0.3.2 > 10.0.1.2 (75%)',
      'encap 10.0.3.2 > 10.0.2.2 (25%)',
    ]);
    expect(compareLabs(edit([50, 50]), edit([50, 50]), RESOLVED).changes).toEqual([]);
  });

  it('nodes, links and addresses that only one lab has are told as such', () => {
    const after = labFile('pxtr', {
      'lab.yaml': [
        ['links:', '  pc: { host: { addresses: 10.7.7.2/30, gateway: 10.7.7.1 } }\n\nlinks:'],
        ['mapserver FastEthernet1/0, b', 'mapserver FastEthernet1/0, name: uplink, b'],
      ],
      'lisp1.ios': [['192.168.1.1 255', '192.168.1.9 255']],
    });
    const { nodes, links, addresses } = compareLabs(labFile('pxtr'), after, COLD);
    expect(nodes).toEqual({ before: [], after: ['pc'] });
    expect(links.after).toEqual(['uplink: mapserver FastEthernet1/0 - outsideworld FastEthernet0/0']);
    expect(addresses.before.map(({ node, address }) => [node, formatIp(address)])).toEqual([
      ['lisp1', '192.168.1.1'],
    ]);
    expect(addresses.after.map(({ node, address }) => [node, formatIp(address)])).toEqual([
      ['lisp1', '192.168.1.9'],
    ]);
  });
});

describe('twins', () => {
  const quiet = (file: LabFile): Lab => {
    const lab = createLab(quietFile(file, AT), { makeDataPlane: makeModel });
    lab.timeline.runUntil(AT);
    return lab;
  };

  it('addresses drawn at random and asked one by one give what the blocks give', () => {
    const [a, b] = [
      labFile('pxtr'),
      labFile('pxtr-petr', {
        'mapserver.ios': [
          ['eid-prefix 192.168.1.0/24', 'eid-prefix 192.168.0.0/16'],
          ['ip route', 'ip route 77.0.0.0 255.0.0.0 Null0\nip route'],
        ],
      }),
    ];
    const { changes } = compareLabs(a, b, RESOLVED);
    const labs = [quiet(a), quiet(b)] as const;
    const random = new SeededRandom(3, 'twin');
    const near = ['192.168.1.1', '192.168.2.1', '10.0.1.1', '4.4.4.4', '77.0.0.1'].map(ip);
    const source = { node: 'lisp1', address: ip('192.168.1.1') };
    const drawn = Array.from({ length: 120 }, (_, i): IpAddress => {
      // Half of them share their first bits with an address that matters.
      const base = near[random.u32() % near.length]!.w0;
      const kept = random.u32() % 33;
      const noise = kept === 32 ? 0 : random.u32() >>> kept;
      return { ...ip('0.0.0.0'), w0: i % 2 === 0 ? (base ^ noise) >>> 0 : random.u32() };
    }).filter(({ w0 }) => w0 >>> 28 < 14 && w0 !== 0);
    let differing = 0;
    for (const destination of drawn) {
      for (const lab of labs) settle(lab, [{ source, destination }]);
      const [before, after] = labs.map((lab) => new Oracle(lab).decide(source, destination).key);
      const change = changes.find(
        ({ node, sources, destinations }) =>
          node === 'lisp1' &&
          sources.some((each) => formatIp(each) === '192.168.1.1') &&
          destinations.some((each) => contains(each, destination)),
      );
      if (before !== after) differing++;
      const expected = before === after ? undefined : [before, after];
      expect(
        change === undefined ? undefined : [change.before.key, change.after.key],
        formatIp(destination),
      ).toEqual(expected);
    }
    expect(differing).toBeGreaterThan(20);
    expect(differing).toBeLessThan(drawn.length);
  }, 60_000);

  it('what is decided to be delivered, there and back, is what a ping finds out', () => {
    for (const name of ['pxtr', 'pxtr-petr', 'failover']) {
      const lab = quiet(labFile(name));
      const ends = lab.file.nodes.flatMap((node) =>
        node.kind === 'host'
          ? []
          : node.options.interfaces.flatMap((port) =>
              port.addresses.map(({ address }) => ({ node: node.name, address })),
            ),
      );
      const pairs = ends.flatMap((source) =>
        ends.filter((to) => to.node !== source.node).map((to) => ({ source, to })),
      );
      settle(
        lab,
        pairs.map(({ source, to }) => ({ source, destination: to.address })),
      );
      const oracle = new Oracle(lab);
      const isDelivered = (from: (typeof ends)[number], to: (typeof ends)[number]): boolean =>
        oracle.decide(from, to.address).paths.every(({ end }) => end === 'delivered');
      const decided = pairs.map(({ source, to }) => isDelivered(source, to) && isDelivered(to, source));
      const seen = lab.pings().length;
      const before = lab.now;
      for (const [i, { source, to }] of pairs.entries()) {
        const request = {
          source: source.address,
          destination: to.address,
          count: 1,
          size: 100,
          timeout: millis(400),
        };
        lab.input(before + i * seconds(0.5), { kind: 'ping', node: source.node, request });
      }
      lab.timeline.runUntil(before + pairs.length * seconds(0.5));
      const pinged = lab
        .pings()
        .slice(seen)
        .map(({ result }) => result.received > 0);
      expect(pinged, name).toEqual(decided);
      expect(new Set(pinged).size, name).toBeGreaterThan(name === 'pxtr-petr' ? 1 : 0);
    }
  }, 60_000);
});

describe('configuration lines', () => {
  it('a line that differs stands below the lines it belongs to', () => {
    const a = 'router lisp\n site one\n  key A\n  exit\n site two\n  key B\n!\nend\n';
    expect(diffConfigs(a, a.replace('key B', 'key C').replace('end', 'ip route'))).toEqual([
      { sign: ' ', text: 'router lisp' },
      { sign: ' ', text: ' site two' },
      { sign: '-', text: '  key B' },
      { sign: '+', text: '  key C' },
      { sign: '-', text: 'end' },
      { sign: '+', text: 'ip route' },
    ]);
  });

  it('taking what has no plus gives the first, what has no minus the second', () => {
    const random = new SeededRandom(5, 'lines');
    const text = (): string[] => Array.from({ length: random.u32() % 9 }, () => 'abcd'[random.u32() % 4]!);
    for (let i = 0; i < 200; i++) {
      const [a, b] = [text(), text()];
      const lines = diffConfigs(a.join('\n'), b.join('\n'));
      const [minus, plus] = [
        lines.filter(({ sign }) => sign === '-'),
        lines.filter(({ sign }) => sign === '+'),
      ];
      expect(a.length - minus.length).toBe(b.length - plus.length);
      expect(lines.length === 0).toBe(a.join() === b.join());
    }
  });
});
