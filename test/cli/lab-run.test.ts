import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_COLUMNS } from '../../src/cli/render/table.ts';
import type { RunReport } from '../../src/cli/run-report.ts';
import { expectGolden, pxtr } from './run.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const SCENARIOS = ['failover', 'outside-in', 'pxtr', 'pxtr-petr', 'pxtr-v6', 'two-sites'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxtr-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the scenario pxtr with its lab.yaml changed. */
function changedScenario(name: string, change: (text: string) => string): string {
  const path = join(folder, name);
  cpSync(join(EXAMPLES, 'pxtr'), path, { recursive: true });
  writeFileSync(join(path, 'lab.yaml'), change(readFileSync(join(path, 'lab.yaml'), 'utf8')));
  return path;
}

async function report(...args: string[]): Promise<RunReport> {
  const { out } = await pxtr('lab', 'run', ...args, '--json');
  return JSON.parse(out) as RunReport;
}

describe('pxtr lab run', () => {
  it('prints the story, the ladder, the consoles and the expectations', async () => {
    const { code, out, err } = await pxtr('lab', 'run', 'pxtr');
    expect(err).toBe('');
    expect(code).toBe(0);
    expectGolden('lab-run-pxtr', out);
  });

  it('prints the ping of the article exactly as IOS does', async () => {
    const { out } = await pxtr('lab', 'run', 'pxtr');
    expect(out).toContain(
      [
        'lisp1#ping 4.4.4.4 source Loopback0',
        'Type escape sequence to abort.',
        'Sending 5, 100-byte ICMP Echos to 4.4.4.4, timeout is 2 seconds:',
        'Packet sent with a source address of 192.168.1.1',
        '.!!!!',
        'Success rate is 80 percent (4/5), round-trip min/avg/max = 4/4/4 ms',
        '',
      ].join('\n'),
    );
  });

  it.each(SCENARIOS)('%s goes as expected, on the engine and on the model alike', async (scenario) => {
    const engine = await report(scenario);
    const model = await report(scenario, '--model');
    expect(engine.expectations.filter(({ passed }) => !passed)).toEqual([]);
    expect(engine.passed).toBe(true);
    expect(engine.end.logHash).toBe(model.end.logHash);
    expect([engine.dataPlane, model.dataPlane]).toEqual(['engine', 'model']);
  });

  it.each(SCENARIOS)('%s fits the page', async (scenario) => {
    const { out } = await pxtr('lab', 'run', scenario);
    const long = out.split('\n').filter((line) => line.length > PAGE_COLUMNS);
    expect(long).toEqual([]);
  });

  it('--json has the facts of the text', async () => {
    const { out: text } = await pxtr('lab', 'run', 'pxtr', '--all');
    const facts = await report('pxtr');
    expect(facts).toMatchObject({
      schema: 'pxtr-lab-run/1',
      scenario: 'pxtr',
      seed: 1,
      passed: true,
      pings: [{ node: 'lisp1', destination: '4.4.4.4', marks: '.!!!!', sent: 5, received: 4, percent: 80 }],
    });
    expect(text).toContain(facts.title);
    for (const { title, from, to } of facts.packets) {
      expect(text).toMatch(new RegExp(`${from} > ${to} +${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
    }
    for (const { prompt, command, output } of facts.console)
      expect(text).toContain(`${prompt}${command}\n${output}\n`);
    for (const { name } of facts.nodes) expect(text).toContain(`  ${name}`);
    const upkeep = facts.packets.filter(({ number }) => number === undefined).length;
    expect(text).toContain(
      `${facts.end.events} events in 42 s, ${facts.end.frames} packets (${upkeep} upkeep), seed 1, log ${facts.end.logHash}`,
    );
    expect(facts.packets.flatMap(({ number }) => number ?? [])).toEqual(
      Array.from({ length: 23 }, (_, i) => i + 1),
    );
  });

  it('--all tells registration and repetitions as well', async () => {
    const { out } = await pxtr('lab', 'run', 'pxtr', '--all');
    expect(out).toContain('Map-Register 192.168.1.1/32');
    expect(out).not.toContain('... ');
    expect(out).toMatch(/^23 +12\.015 /m);
  });

  it('equal seeds give equal output, another seed another log', async () => {
    const [one, again, two] = [
      await report('pxtr'),
      await report('pxtr'),
      await report('pxtr', '--seed', '2'),
    ];
    expect(again).toEqual(one);
    expect(two.end.logHash).not.toBe(one.end.logHash);
    expect(two.packets.map(({ title }) => title)).toEqual(one.packets.map(({ title }) => title));
  });

  it('--until stops early and then leaves the expectations out', async () => {
    const facts = await report('pxtr', '--until', '10500ms');
    expect(facts.end.time).toBe('10.500000');
    expect(facts).toMatchObject({ complete: false, expectations: [], passed: true });
    expect(facts.packets.flatMap(({ number }) => number ?? [])).toHaveLength(7);
    const { out } = await pxtr('lab', 'run', 'pxtr', '--until', '5s');
    expect(out).toContain('\nNo packets but upkeep: --all shows it\n');
    expect(out).toMatch(/\nstopped early, expectations not checked: \d+ events in 5 s/);
  });

  it('an expectation that does not hold gives exit code 3 and says what came instead', async () => {
    const path = changedScenario('wrong', (text) =>
      text.replace("line: '.!!!!', rate: 80", "line: '!!!!!', rate: 100"),
    );
    const { code, out } = await pxtr('lab', 'run', path);
    expect(code).toBe(3);
    expect(out).toContain('FAIL ping 1: !!!!! 100 percent\n     got: .!!!! 80 percent\n');
    expect(out).toMatch(/\n1 of \d+ expectations failed: /);
    const { code: jsonCode, out: json } = await pxtr('lab', 'run', path, '--json');
    expect(jsonCode).toBe(3);
    expect((JSON.parse(json) as RunReport).passed).toBe(false);
  });

  it('takes the folder or its lab.yaml', async () => {
    const path = changedScenario('same', (text) => text);
    expect((await report(path)).passed).toBe(true);
    expect((await report(join(path, 'lab.yaml'))).passed).toBe(true);
  });

  it('--pcap writes the capture and says how to open it; - writes nothing but the capture', async () => {
    const file = join(folder, 'out.pcapng');
    const { code, err, out } = await pxtr('lab', 'run', 'pxtr', '--pcap', file);
    expect(code).toBe(0);
    expect(err).toContain(`open it with: wireshark ${file}, or pxtr decode ${file}`);
    expect(out).toContain('passed: ');
    const piped = await pxtr('lab', 'run', 'pxtr', '--pcap', '-');
    expect(piped).toMatchObject({ code: 0, out: '', err: '' });
    expect(Buffer.from(piped.bytes).equals(readFileSync(file))).toBe(true);
  });

  it('is done in two seconds', async () => {
    const start = performance.now();
    await pxtr('lab', 'run', 'pxtr');
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('a scenario that does not work', () => {
  it('a folder without lab.yaml, or none at all: exit code 2 and what to do', async () => {
    const empty = await pxtr('lab', 'run', folder);
    expect(empty.code).toBe(2);
    expect(empty.err).toContain('has no lab.yaml');
    const missing = await pxtr('lab', 'run', join(folder, 'missing'));
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('there is no folder');
  });

  it('a broken lab.yaml or configuration: exit code 1, file, line, column and a hint', async () => {
    const path = changedScenario('broken', (text) => text.replace('nodes:', 'nodez:'));
    const { code, err } = await pxtr('lab', 'run', path);
    expect(code).toBe(1);
    expect(err).toMatch(
      /lab\.yaml:\d+:\d+: unknown key "nodez" \(did you mean nodes\?\)\n {4}nodez:.*\n {4}\^\n/,
    );
    const config = changedScenario('config', (text) => text);
    writeFileSync(join(config, 'lisp1.ios'), 'hostname lisp1\nrouter lips\n');
    const bad = await pxtr('lab', 'run', config);
    expect(bad.code).toBe(1);
    expect(bad.err).toContain('lisp1.ios:2:8: ');
  });

  it('a capture that cannot be written: exit code 1', async () => {
    const { code, err } = await pxtr('lab', 'run', 'pxtr', '--pcap', join(folder, 'no', 'such', 'x.pcapng'));
    expect(code).toBe(1);
    expect(err).toContain('cannot write ');
  });
});
