import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import type { ExplainReport } from '../../src/cli/explain-report.ts';
import { followLookup } from '../../src/cli/lookup-path.ts';
import { makeLab, openScenario } from '../../src/cli/open-lab.ts';
import { PAGE_COLUMNS } from '../../src/cli/render/table.ts';
import { expectGolden, pxtr } from './run.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

async function explain(
  scenario: string,
  from: string,
  to: string,
  ...rest: string[]
): Promise<ExplainReport> {
  const { out, err } = await pxtr('explain', scenario, '--from', from, '--to', to, ...rest, '--json');
  expect(err).toBe('');
  return JSON.parse(out) as ExplainReport;
}

/** Phase -> result at the hop with this node. */
function results(report: ExplainReport, node: string): Record<string, string> {
  const hop = report.hops.find((each) => each.node === node);
  return Object.fromEntries((hop?.phases ?? []).map(({ phase, result }) => [phase, result]));
}

function ruleOf(report: ExplainReport, node: string, phase: string): string {
  const hop = report.hops.find((each) => each.node === node);
  return hop?.phases.find((each) => each.phase === phase)?.rule ?? '';
}

describe('the packets of the article, explained', () => {
  it('1: lisp1 must ask where 4.4.4.4 is, and would be told a hole', async () => {
    const report = await explain('pxtr', 'lisp1', '4.4.4.4');
    expect(report).toMatchObject({
      source: '192.168.1.1',
      ending: { kind: 'resolve', node: 'lisp1', eid: '4.4.4.4' },
    });
    expect(results(report, 'lisp1')).toMatchObject({
      eligibility: 'the source is a local EID (ITR)',
      'map-cache lookup': expect.stringContaining('0.0.0.0/0, send-map-request') as string,
    });
    expect(ruleOf(report, 'lisp1', 'eligibility')).toContain('RFC 9300 §4.2');
    expect(ruleOf(report, 'lisp1', 'map-cache lookup')).toContain('RFC 9300 §6');
    expect(ruleOf(report, 'lisp1', 'action')).toContain('RFC 9301 §5.4');
    expect(report.lookup).toMatchObject({
      missPolicy: 'hold',
      answer: {
        kind: 'negative',
        mapServer: 'mapserver',
        eid: '0.0.0.0/1',
        action: 'natively-forward',
        ttlMinutes: 15,
      },
    });
  });

  it('3: after the answer lisp1 and mapserver forward natively', async () => {
    const report = await explain('pxtr', 'lisp1', '4.4.4.4', '--after', 'run');
    expect(report.ending).toEqual({ kind: 'delivered', node: 'outsideworld' });
    expect(report.hops.map(({ node, verdict }) => [node, verdict])).toEqual([
      ['lisp1', 'native'],
      ['mapserver', 'native'],
      ['outsideworld', 'deliver'],
    ]);
    expect(results(report, 'lisp1')).toMatchObject({
      'map-cache lookup': '0.0.0.0/1, natively-forward',
      'PETR override': 'none in use: natively',
    });
    expect(ruleOf(report, 'lisp1', 'PETR override')).toContain('RFC 6832 §6.1');
    expect(report.hops[2]!.packet).toContain('ttl 254');
  });

  it('5: mapserver must ask where 192.168.1.1 is, and would be told by lisp1', async () => {
    const report = await explain('pxtr', 'outsideworld', '192.168.1.1');
    expect(report).toMatchObject({ source: '4.4.4.4', ending: { kind: 'resolve', node: 'mapserver' } });
    expect(results(report, 'mapserver')).toMatchObject({
      eligibility: 'the destination is in a proxy range (PITR)',
      'map-cache lookup': '192.168.1.0/24, send-map-request',
    });
    expect(ruleOf(report, 'mapserver', 'eligibility')).toContain('RFC 6832 §5.2');
    expect(report.lookup).toMatchObject({
      missPolicy: 'drop',
      answer: {
        kind: 'mapping',
        eid: '192.168.1.1/32',
        locators: ['10.0.1.2 priority 1 weight 100'],
        answeredBy: 'ETR 10.0.1.2',
      },
    });
  });

  it('11: mapserver encapsulates, lisp1 decapsulates and delivers', async () => {
    const report = await explain('pxtr', 'outsideworld', '192.168.1.1', '--after', 'run');
    expect(report.ending).toEqual({ kind: 'delivered', node: 'lisp1' });
    expect(report.hops.map(({ node, verdict }) => [node, verdict])).toEqual([
      ['outsideworld', 'native'],
      ['mapserver', 'encapsulate'],
      ['lisp1', 'deliver'],
    ]);
    expect(results(report, 'mapserver')).toMatchObject({
      'map-cache lookup': '192.168.1.1/32, forward to 1 locator',
      'locator choice': expect.stringContaining('10.0.255.1 > 10.0.1.2, priority 1 weight 100') as string,
    });
    expect(results(report, 'lisp1')).toMatchObject({ acceptance: 'the destination is a local EID (ETR)' });
    expect(ruleOf(report, 'lisp1', 'TTL, DSCP and ECN merge')).toContain('RFC 9300 §5.3');
  });
});

describe('pxtr explain', () => {
  it('prints the phases of every hop as a table', async () => {
    const { code, out } = await pxtr(
      'explain',
      'pxtr',
      '--from',
      'outsideworld',
      '--to',
      '192.168.1.1',
      '--after',
      'run',
    );
    expect(code).toBe(0);
    expectGolden('explain-packet-11', out);
    const cold = await pxtr('explain', 'pxtr', '--from', 'lisp1', '--to', '4.4.4.4');
    expectGolden('explain-packet-1', cold.out);
    for (const line of `${out}${cold.out}`.split('\n')) expect(line.length).toBeLessThanOrEqual(PAGE_COLUMNS);
  });

  it('shows the PETR override', async () => {
    const report = await explain('pxtr-petr', 'lisp1', '4.4.4.4', '--after', 'run');
    expect(results(report, 'lisp1')['PETR override']).toBe('encapsulate to the PETR');
    expect(report.hops.map(({ verdict }) => verdict)).toEqual(['encapsulate', 'native', 'deliver']);
    expect(results(report, 'mapserver')['acceptance']).toBe('the source is of a served site (PETR)');
  });

  it('names a forwarding loop, its nodes and the routes that make it', async () => {
    const report = await explain('pxtr', 'outsideworld', '192.168.3.1');
    expect(report.ending).toEqual({
      kind: 'loop',
      node: 'mapserver',
      circle: ['mapserver', 'outsideworld'],
      routes: ['0.0.0.0/0, via 10.0.3.2 on FastEthernet1/0', '0.0.0.0/0, via 10.0.3.1 on FastEthernet0/0'],
    });
    const { out } = await pxtr('explain', 'pxtr', '--from', 'outsideworld', '--to', '192.168.3.1');
    expect(out).toContain('forwarding loop between mapserver and outsideworld');
    expect(out).toMatch(
      /Two routes make the loop:\n {2}mapserver +0\.0\.0\.0\/0, via 10\.0\.3\.2 .*\n {2}outsideworld +0\.0\.0\.0\/0, via 10\.0\.3\.1 /,
    );
  });

  it('an EID nobody registered is a hole of its site', async () => {
    const report = await explain('pxtr', 'lisp1', '192.168.2.77');
    expect(report.lookup?.answer).toMatchObject({ kind: 'negative', eid: '192.168.2.64/26', ttlMinutes: 1 });
  });

  it('takes IPv6, nodes for addresses and interfaces for sources', async () => {
    const six = await explain('pxtr-v6', 'lisp1', 'outsideworld');
    expect(six.ending.kind).toBe('resolve');
    const byName = await explain('pxtr', 'lisp1', 'lisp2', '--source', 'lo0');
    expect(byName).toMatchObject({ source: '192.168.1.1', destination: '192.168.2.1' });
    const outside = await explain('pxtr', 'lisp1', '10.0.1.1', '--source', 'fa0/0');
    expect(outside.ending).toEqual({ kind: 'delivered', node: 'mapserver' });
  });
});

describe('what explain says is what happens', () => {
  it.each([
    ['pxtr', 'lisp1', '4.4.4.4'],
    ['pxtr', 'outsideworld', '192.168.1.1'],
    ['pxtr-petr', 'lisp1', '4.4.4.4'],
    ['two-sites', 'lisp1', '192.168.2.1'],
    ['two-sites', 'lisp2', '192.168.1.1'],
  ])('%s: from %s to %s the engine sends it the same way', async (scenario, from, to) => {
    const report = await explain(scenario, from, to, '--after', 'run');
    const lab = makeLab(openScenario(scenario).file, { seed: 1, dataPlane: 'engine' });
    lab.run();
    const before = lab.story().length;
    lab.type(from, `ping ${to} source Loopback0`);
    lab.run(lab.now + seconds(1));
    const sent = lab
      .story()
      .slice(before)
      .filter(({ title }) => title.endsWith(`echo request to ${to}`));
    const explained = report.hops.flatMap(({ node, out, result }) =>
      out === undefined ? [] : [[node, out.to, result]],
    );
    expect(explained.length).toBeGreaterThan(0);
    // The identifier of the echo is the node's own.
    const line = (text: string): string => text.replace(/id \d+ seq \d+/, '');
    expect(sent.slice(0, explained.length).map((each) => [each.from, each.to, line(each.line)])).toEqual(
      explained.map(([node, next, result]) => [node, next, line(result ?? '')]),
    );
  });
});

describe('a lab of one’s own', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-explain-'));
    cpSync(join(EXAMPLES, 'pxtr'), folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is explained without its steps having to be run', async () => {
    const lab = join(folder, 'lab.yaml');
    writeFileSync(lab, readFileSync(lab, 'utf8').replace(/^run:[\s\S]*/m, ''));
    expect((await explain(folder, 'lisp1', '192.168.2.1')).lookup?.answer?.eid).toBe('192.168.2.1/32');
  });
});

describe('the Map-Request of a packet that waits is followed', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-explain-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The article's lab with a line of a router replaced. */
  function changed(file: string, before: string, after: string): string {
    const lab = join(folder, 'lab');
    cpSync(join(EXAMPLES, 'pxtr'), lab, { recursive: true });
    const text = readFileSync(join(lab, file), 'utf8');
    expect(text).toContain(before);
    writeFileSync(join(lab, file), text.replace(before, after));
    return lab;
  }

  it('to the Map-Server, and the answer back', async () => {
    const { lookup } = await explain('pxtr', 'lisp1', '192.168.2.1');
    expect(lookup?.path).toEqual({
      to: '10.0.1.1',
      request: ['lisp1', 'mapserver', 'lisp2'],
      reply: ['lisp2', 'mapserver', 'lisp1'],
    });
    expect(lookup?.answer?.mapServer).toBe('mapserver');
  });

  it.each([
    [
      'a PITR whose address is down asks nobody',
      ['mapserver.ios', 'interface Loopback0\n', 'interface Loopback0\n shutdown\n'],
      ['outsideworld', '192.168.1.1'],
      {
        request: ['mapserver'],
        failed: 'mapserver asks nobody: it has no address that is up for the answer to go to (no-itr-rloc)',
      },
    ],
    [
      'a Map-Resolver that is none',
      ['lisp1.ios', 'map-resolver 10.0.1.1', 'map-resolver 10.0.3.2'],
      ['lisp1', '4.4.4.4'],
      {
        to: '10.0.3.2',
        request: ['lisp1', 'mapserver', 'outsideworld'],
        failed: 'no answer comes, the Map-Request ended: refused by outsideworld: unserved ecm',
      },
    ],
  ] as const)('%s', async (_, [file, before, after], [from, to], path) => {
    const { lookup } = await explain(changed(file, before, after), from, to);
    expect(lookup?.path).toEqual(path);
    expect(lookup?.answer).toBeUndefined();
  });

  it('in a loop it is told short', async () => {
    const lab = changed('lisp1.ios', 'map-resolver 10.0.1.1', 'map-resolver 10.9.9.9');
    const { out } = await pxtr('explain', lab, '--from', 'lisp1', '--to', '4.4.4.4');
    expect(out.replace(/\s+/g, ' ')).toMatch(
      / Map-Request to 10\.9\.9\.9: lisp1 > mapserver > .{50,80} > \.\.\. \(\d+ more hops\) no answer/,
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(PAGE_COLUMNS);
  });

  it('and leaves the lab as it was', () => {
    const lab = makeLab(openScenario('pxtr').file, { seed: 1, dataPlane: 'model' });
    lab.timeline.runUntil(seconds(9));
    const [hash, records] = [lab.logHash(), lab.timeline.records.length];
    const packet = {
      from: 'lisp1',
      source: ip('192.168.1.1'),
      destination: ip('4.4.4.4'),
      asker: 'lisp1',
      eid: ip('4.4.4.4'),
    };
    const path = followLookup(lab, packet);
    expect(path.reply).toEqual(['mapserver', 'lisp1']);
    expect([lab.logHash(), lab.timeline.records.length, lab.now]).toEqual([hash, records, seconds(9)]);
    expect(followLookup(lab, packet)).toEqual(path);
  });
});
