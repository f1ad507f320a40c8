import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { seconds } from '../../src/base/time.ts';
import { sweepReport, type SweepReport } from '../../src/cli/lab-sweep-report.ts';
import { runCli } from '../../src/cli/program.ts';
import { PAGE_COLUMNS } from '../../src/cli/render/table.ts';
import type { Failure } from '../../src/sim/sweep/failures.ts';
import type { PairResult } from '../../src/sim/sweep/sweep.ts';
import { expectGolden, pxtr } from './run.ts';

const SHORT = ['--down', '10s', '--up', '10s', '--interval', '1s'];

describe('pxtr lab sweep', () => {
  it('prints a table of failures and what each pair saw', async () => {
    const { code, out, err } = await pxtr('lab', 'sweep', 'failover', '--interval', '1s');
    expect([code, err]).toEqual([0, '']);
    expectGolden('lab-sweep-failover', out);
    expectGolden('lab-sweep-pxtr', (await pxtr('lab', 'sweep', 'pxtr', ...SHORT)).out);
    expect(out.split('\n').filter((line) => line.length > PAGE_COLUMNS)).toEqual([]);
  });

  it('--only breaks what is named', async () => {
    const { out } = await pxtr('lab', 'sweep', 'pxtr', ...SHORT, '--only', 'link:lisp1-mapserver', '--json');
    const report = JSON.parse(out) as SweepReport;
    expect(report.failures.map(({ id, hurt, working }) => [id, hurt, working])).toEqual([
      ['link:lisp1-mapserver', 4, 6],
    ]);
  });

  it('says that Map-Caches are warm; with --cold a first packet finds out what a warm cache hides', async () => {
    const words = ['lab', 'sweep', 'pxtr', ...SHORT, '--only', 'link:lisp2-mapserver'];
    expect((await pxtr(...words)).out.replace(/\s+/g, ' ')).toContain('Map-Caches are warm');
    expect((await pxtr(...words, '--cold')).out.replace(/\s+/g, ' ')).toContain('Map-Caches are cold');
    const baseline = async (...more: string[]): Promise<number> => {
      const report = JSON.parse((await pxtr(...words, ...more, '--json')).out) as SweepReport;
      return report.baseline.reduce((all, { down }) => all + down.lost, 0);
    };
    expect(await baseline()).toBe(0);
    // mapserver loses the first packet to each of the two sites.
    expect(await baseline('--cold')).toBeGreaterThan(0);
  });

  it('--json has every pair, with and without failures', async () => {
    const { code, out } = await pxtr('lab', 'sweep', 'pxtr', ...SHORT, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out) as SweepReport;
    expect(Object.keys(report)).toEqual([
      'schema',
      'scenario',
      'seed',
      'interval',
      'down',
      'up',
      'caches',
      'endpoints',
      'baseline',
      'failures',
    ]);
    expect(report).toMatchObject({ schema: 'pxtr-lab-sweep/1', interval: 1, down: 10, up: 10 });
    expect(report.baseline).toHaveLength(6);
    expect(report.failures).toHaveLength(6);
    expect(Object.keys(report.failures[0]!)).toEqual([
      'id',
      'kind',
      'what',
      'hurt',
      'working',
      'sent',
      'lost',
      'pairs',
    ]);
    expect(Object.keys(report.failures[0]!.pairs[0]!.down)).toEqual([
      'sent',
      'lost',
      'firstLoss',
      'recovered',
      'outage',
      'outageSeen',
    ]);
  });

  it('an outage that does not end is told with the time that was watched, in text and JSON', async () => {
    const words = ['lab', 'sweep', 'pxtr', ...SHORT, '--only', 'link:lisp1-mapserver'];
    const [, row] = /^link:lisp1-mapserver .*? (\d+\/\d+ .*)$/m.exec((await pxtr(...words)).out)!;
    expect(row!.split(/ {2,}/)).toEqual(['40/60', '10 s+', 'at once']);
    const { failures } = JSON.parse((await pxtr(...words, '--json')).out) as SweepReport;
    const { down, up } = failures[0]!.pairs.find((pair) => pair.down.lost > 0)!;
    expect(down).toMatchObject({ recovered: null, outage: null, outageSeen: 10 });
    expect(up).toMatchObject({ outage: 0, outageSeen: 0 });
  });

  it('an outage that begins late and does not end is told from its beginning on', () => {
    const end = { node: 'lisp1', address: ip('192.168.1.1') };
    const phase = { sent: 100, lost: 0 };
    const pair = (firstLoss: number, recovered?: number): PairResult => {
      const down = { sent: 200, lost: 9, firstLoss: seconds(firstLoss) };
      return {
        from: end,
        to: end,
        down: recovered === undefined ? down : { ...down, recovered: seconds(recovered) },
        up: phase,
      };
    };
    const failure = { id: 'link:a-b', kind: 'link', what: 'a - b' } as Failure;
    const report = sweepReport('pxtr', {
      endpoints: [],
      baseline: [],
      failures: [{ failure, pairs: [pair(0.5), pair(60), pair(60, 90)] }],
      settings: {
        seed: 1,
        at: 0,
        warmUp: 0,
        down: seconds(200),
        up: seconds(100),
        interval: seconds(1),
      },
    });
    expect(report.failures[0]!.pairs.map(({ down }) => [down.outage, down.outageSeen])).toEqual([
      [null, 200],
      [null, 140],
      [30, 30],
    ]);
  });

  it('the engine and the model see the same', async () => {
    const engine = await pxtr('lab', 'sweep', 'failover', ...SHORT);
    expect((await pxtr('lab', 'sweep', 'failover', ...SHORT, '--model')).out).toBe(engine.out);
  });

  it('--nodes says who probes whom', async () => {
    const { out } = await pxtr('lab', 'sweep', 'pxtr', ...SHORT, '--nodes', 'lisp1,lisp2');
    expect(out).toContain('2 pairs of lisp1 192.168.1.1, lisp2 192.168.2.1');
  });

  it('tells a person at a terminal how far it is, and nobody else', async () => {
    let told = '';
    const stream = {} as NodeJS.ReadWriteStream;
    await runCli(['lab', 'sweep', 'pxtr', ...SHORT, '--only', 'link:lisp1-mapserver'], {
      out: () => undefined,
      err: (text) => (told += text),
      colors: false,
      terminal: { input: stream, output: stream },
    });
    expect(told).toBe('\r\u001b[K1 of 2: without a failure\r\u001b[K2 of 2: link:lisp1-mapserver\r\u001b[K');
  });

  it.each([
    [
      ['--only', 'link:lisp1-mapservr'],
      'there is no "link:lisp1-mapservr" in pxtr to break - did you mean link:lisp1-mapserver?',
    ],
    [['--nodes', 'lisp9,lisp1'], 'no node "lisp9" in pxtr'],
    [['--nodes', 'lisp1'], 'there are no two nodes that could probe each other'],
    [['--down', '1s', '--interval', '2s'], 'no probe would be sent'],
    [['--interval', '0'], 'It has to be more than 0.'],
  ])('%j is refused with code 2', async (flags, message) => {
    const { code, out, err } = await pxtr('lab', 'sweep', 'pxtr', ...flags);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('--help has examples', async () => {
    const { code, out } = await pxtr('lab', 'sweep', '--help');
    expect(code).toBe(0);
    expect(out).toContain('Examples:\n  pxtr lab sweep failover');
  });
});
