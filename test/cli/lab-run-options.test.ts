// pxtr lab run: what it writes beside its text, what it holds a run against, and a run at a reader's pace.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/cli/run-report.ts';
import { pxtr, pxtrFed } from './run.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxtr-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('--events', () => {
  it('is the event log whose digest the run prints, in a file or alone on standard output', async () => {
    const path = join(folder, 'events.log');
    const run = await pxtr('lab', 'run', 'pxtr', '--events', path);
    const text = readFileSync(path, 'utf8');
    expect([run.code, run.err]).toEqual([0, `wrote ${path}: ${text.split('\n').length - 1} lines\n`]);
    expect(run.out).toContain('passed: ');
    expect(text).toMatch(/^0\.000000 lisp1 etr:register-sent /);
    expect(text).toMatch(/^10\.000000 lisp1 typed prompt="#" text="ping 4\.4\.4\.4 source Loopback0"$/m);
    expect(await pxtr('lab', 'run', 'pxtr', '--events', '-')).toMatchObject({ code: 0, out: text, err: '' });
  });
});

describe('--assert', () => {
  it('holds more against a run than its lab does', async () => {
    const path = written('more.yaml', '- { ping: 1, at-least: 80 }\n');
    const { code, out } = await pxtr('lab', 'run', 'pxtr', '--assert', path);
    expect(code).toBe(0);
    expect(out).toContain('\nok   ping 1: .!!!! 80 percent\n');
    expect(out).toContain('\nok   ping 1: any marks 80 percent or more\npassed: ');
  });

  it('exit code 3 when one does not hold, also of a run that stops early', async () => {
    const path = written('strict.yaml', 'expect:\n  - { ping: 1, rate: 100 }\n');
    const { code, out } = await pxtr('lab', 'run', 'pxtr', '--assert', path);
    expect(code).toBe(3);
    expect(out).toContain('FAIL ping 1: any marks 100 percent\n     got: .!!!! 80 percent\n');
    const early = await pxtr('lab', 'run', 'pxtr', '--assert', path, '--until', '11s', '--json');
    expect(early.code).toBe(3);
    const { complete, passed, expectations } = JSON.parse(early.out) as RunReport;
    expect({ complete, passed, count: expectations.length }).toEqual({
      complete: false,
      passed: false,
      count: 1,
    });
  });

  it.each([
    ['- { pong: 1 }', 1, ':1:5: unknown key "pong" (did you mean ping?)\n    - { pong: 1 }\n        ^'],
    ['- { show: lisp7, command: show ip route }', 1, 'there is no node lisp7 (did you mean lisp1?)'],
    ['expect: []', 1, 'nothing is expected'],
    ['', 1, 'the file must be a list'],
    ['expected: [{ count: 1 }]', 1, 'unknown key "expected" (did you mean expect?)'],
    ['- [', 1, 'is no list of expectations'],
  ])('%j is refused, with its place', async (text, code, said) => {
    const run = await pxtr('lab', 'run', 'pxtr', '--assert', written('bad.yaml', text));
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(said);
  });

  it('a file that cannot be read is said before anything runs', async () => {
    const run = await pxtr('lab', 'run', 'pxtr', '--assert', join(folder, 'none.yaml'));
    expect([run.code, run.out]).toEqual([2, '']);
    expect(run.err).toContain('none.yaml: no such file or directory');
  });
});

describe('--step', () => {
  const step = (lines: string, ...more: string[]): ReturnType<typeof pxtr> =>
    pxtrFed(lines, 'lab', 'run', 'pxtr', '--step', ...more);
  /** Numbers of the packets told. */
  const told = (out: string): number[] =>
    [...out.matchAll(/^ ?(\d+) {2}\d+\.\d+ {2}\S+ > /gm)].map(([, number]) => Number(number));

  it('tells as many packets as it is asked for, with what consoles said before them', async () => {
    const { code, out } = await step('\n2\nq\n');
    expect(code).toBe(0);
    expect(told(out)).toEqual([1, 2, 3]);
    expect(out.indexOf('lisp1#ping 4.4.4.4')).toBeLessThan(out.indexOf(' 1  10.000'));
    expect(out).toContain('stopped before packet 4, at 10.003 s');
    expect(out).not.toContain('passed');
  });

  it('the shell that it names at a stop stands there', async () => {
    const { out } = await step('3\nq\n');
    const args = /^ {2}pxtr (lab shell .*)$/m.exec(out)![1]!.split(' ');
    const shell = await pxtrFed('lisp1#show ip lisp map-cache\n', ...args);
    expect(shell.code).toBe(0);
    expect(shell.out).toContain('0.0.0.0/1');
    expect(shell.out).not.toContain('%');
  });

  it('goes on to the end, and then says what had been expected', async () => {
    const whole = await step('c\n');
    expect(told(whole.out)).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
    expect(whole.out).toMatch(/\nok   ping 1: \.!!!! 80 percent\n[^]*\npassed: /);
    expect(await step('')).toEqual(whole);
    expect((await step('23\n')).out).toBe(whole.out);
    const wrong = written('wrong.yaml', '- { count: 1 }\n');
    expect((await step('c\n', '--assert', wrong)).code).toBe(3);
    expect((await step('q\n', '--assert', wrong)).code).toBe(0);
  });

  it('a line that it does not know asks for nothing', async () => {
    const { out } = await step('soon\n0\n1\nq\n');
    expect(out).toContain('% soon is none of: Enter, a number, c, q');
    expect(told(out)).toEqual([1]);
  });

  it('--all steps through upkeep as well', async () => {
    const { out } = await step('1\nq\n', '--all');
    expect(out).toContain('Map-Register 192.168.1.1/32');
    expect(out).toContain('stopped before a packet, at 0 s');
  });
});

describe('--html', () => {
  async function pageOf(...args: string[]): Promise<string> {
    const { out, err } = await pxtr('lab', 'run', ...args, '--html', '-');
    expect(err).toBe('');
    return out;
  }

  it('has the network, every packet with its reason, consoles, verdicts and the event log', async () => {
    const page = await pageOf('pxtr');
    const report = JSON.parse((await pxtr('lab', 'run', 'pxtr', '--json')).out) as RunReport;
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('class="pxtr-topology"');
    expect(page).toContain('class="pxtr-ladder"');
    for (const { frame, why } of report.packets) {
      expect(page).toContain(`<tr id="frame-${frame}"`);
      expect(page).toContain(`why: ${why.replaceAll('"', '&quot;').replaceAll('>', '&gt;')}`);
    }
    for (const { prompt, command } of report.console) expect(page).toContain(`<b>${prompt}${command}</b>`);
    expect(page.match(/<li class="good">/g)).toHaveLength(report.expectations.length);
    expect(page).toContain(`digest ${report.end.logHash}`);
    expect(page).toMatch(/<p class="end good">passed: /);
  });

  it('needs nothing else: no scripts, nothing to load', async () => {
    const page = await pageOf('failover');
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\s(src|href)="(?!#)/);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(id);
  });

  it('every element is closed, whatever the names are', async () => {
    const name = written(
      'lab.yaml',
      readFileSync(new URL('lab.yaml', PXTR), 'utf8').replace('name: pxtr', 'name: "<b>&"'),
    );
    for (const file of ['lisp1', 'lisp2', 'mapserver', 'outsideworld'])
      written(`${file}.ios`, readFileSync(new URL(`${file}.ios`, PXTR), 'utf8'));
    const page = await pageOf(name);
    expect(page).toContain('<title>&lt;b&gt;&amp;: ');
    const open: string[] = [];
    for (const [, slash, tag, end] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(tag);
      else if (end !== '/' && tag !== 'meta') open.push(tag!);
    }
    expect(open).toEqual([]);
  });

  it('says what did not go as expected', async () => {
    const page = await pageOf('pxtr', '--assert', written('none.yaml', '- { count: 1 }\n'));
    expect(page).toContain('<p class="end bad">1 of ');
    expect(page).toContain('<li class="bad"><b>✗</b> packets in the story: 1<pre>got: 23</pre></li>');
  });
});

const PXTR = new URL('../../examples/pxtr/', import.meta.url);

it.each([
  [['--json', '--step'], '--json and --step'],
  [['--events', '-', '--html', '-'], '--events - and --html -'],
  [['--pcap', '-', '--json'], '--json and --pcap -'],
])('%j both want standard output', async (flags, said) => {
  const { code, out, err } = await pxtr('lab', 'run', 'pxtr', ...flags);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`${said} both want standard output`);
});

it('a file that cannot be written fails', async () => {
  for (const flag of ['--html', '--events', '--pcap']) {
    const { code, err } = await pxtr('lab', 'run', 'pxtr', flag, '/no/such/file');
    expect([code, err]).toEqual([1, 'pxtr: cannot write /no/such/file: no such file or directory\n']);
  }
});
