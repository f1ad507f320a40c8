import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { wantsColors } from '../../src/cli/io.ts';
import { foldRepeats, repeatText } from '../../src/cli/render/fold.ts';
import { paintFor } from '../../src/cli/render/paint.ts';
import { expectationLines } from '../../src/cli/render/run.ts';
import { storyLines, storyTitle } from '../../src/cli/render/story.ts';
import { PAGE_COLUMNS, plural, shortTime, table, wrap } from '../../src/cli/render/table.ts';
import { neighbourOrder, topologyLine } from '../../src/cli/render/topology.ts';
import type { LinkReport, NodeReport, PacketReport } from '../../src/cli/run-report.ts';

const PLAIN = paintFor(false);

describe('columns', () => {
  it('are as wide as their widest cell, and lines have no space at their end', () => {
    expect(
      table(
        [
          ['a', 'bb', 'c'],
          ['aaa', '', 'cc'],
          ['a', 'b'],
        ],
        { indent: ' ' },
      ),
    ).toEqual([' a    bb  c', ' aaa      cc', ' a    b']);
  });

  it('styles do not change widths', () => {
    const styled = table(
      [
        ['a', 'b'],
        ['aa', 'b'],
      ],
      { styles: [(text) => `<${text}>`] },
    );
    expect(styled).toEqual(['<a >  b', '<aa>  b']);
  });

  it('wrap the last one below itself', () => {
    const words = Array.from({ length: 30 }, () => 'word').join(' ');
    const lines = table([['key', words]]);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.slice(1).every((line) => line.startsWith('     word'))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(PAGE_COLUMNS);
  });

  it('nothing gives nothing', () => {
    expect(table([])).toEqual([]);
  });

  it('wrapping keeps every word, in order', () => {
    const text = 'a bb ccc dddd eeeee ffffff';
    for (const width of [1, 3, 8, 100]) expect(wrap(text, width).join(' ')).toBe(text);
    expect(wrap(text, 8).every((line) => line.length <= 8)).toBe(true);
  });

  it('after a cell longer than its column the row goes on below', () => {
    expect(
      table(
        [
          ['k', 'v'],
          ['a long key', 'v'],
        ],
        { caps: [4] },
      ),
    ).toEqual(['k  v', 'a long key', '   v']);
  });

  it('counting and times', () => {
    expect(['10.000000', '12.015000', '1.000001', '30.500000'].map(shortTime)).toEqual([
      '10',
      '12.015',
      '1.000001',
      '30.500',
    ]);
    expect([plural(0, 'packet'), plural(1, 'packet')]).toEqual(['0 packets', '1 packet']);
  });
});

describe('topology', () => {
  const node = (name: string): NodeReport => ({
    name,
    kind: 'router',
    roles: [],
    eids: [],
    rlocs: [],
    addresses: [],
  });
  const link = (a: string, b: string): LinkReport => ({
    name: `${a}-${b}`,
    ends: [
      { node: a, interface: 'x' },
      { node: b, interface: 'y' },
    ],
  });

  it('a row of nodes is written as a row', () => {
    const nodes = ['b', 'a', 'c'].map(node);
    expect(topologyLine(nodes, [link('a', 'b'), link('c', 'b')])).toBe('a -- b -- c');
  });

  it('a star is written from its middle, every link once', () => {
    const nodes = ['lisp1', 'ms', 'lisp2', 'world'].map(node);
    const links = [link('lisp1', 'ms'), link('lisp2', 'ms'), link('ms', 'world')];
    expect(topologyLine(nodes, links)).toBe('ms -- lisp1, lisp2, world');
    expect(neighbourOrder(nodes, links)).toEqual(['lisp1', 'ms', 'lisp2', 'world']);
  });

  it('a ring and a lonely node do no harm', () => {
    const nodes = ['a', 'b', 'c', 'd'].map(node);
    const links = [link('a', 'b'), link('b', 'c'), link('c', 'a')];
    expect(topologyLine(nodes, links)).toBe('a -- b, c; b -- c');
    expect(neighbourOrder(nodes, links)).toEqual(['a', 'b', 'c', 'd']);
  });
});

const PACKET: PacketReport = {
  number: 1,
  frame: 9,
  time: '10.000000',
  link: 'a-b',
  from: 'a',
  to: 'b',
  title: 'ECM Map-Request 4.4.4.4/32',
  line: '10.0.1.2 > 10.0.1.1 ECM | Map-Request',
  why: 'a has no mapping',
  fate: 'sent',
  bytes: 100,
};

describe('story', () => {
  const tell = (packet: PacketReport): string[] => storyLines([{ packet }], PLAIN);

  it('tells a packet in three lines', () => {
    expect(tell(PACKET)).toEqual([
      ' 1  10.000  a > b  ECM Map-Request 4.4.4.4/32',
      '    10.0.1.2 > 10.0.1.1 ECM | Map-Request',
      '    why: a has no mapping',
    ]);
  });

  it('says what became of it, and that a link lost it', () => {
    const [head, , why] = tell({ ...PACKET, fate: 'lost', outcome: 'it is gone' });
    expect(head).toMatch(/ {2}lost on the link$/);
    expect(why).toBe('    why: a has no mapping; it is gone');
  });

  it('upkeep has no number, and long lines stay on the page', () => {
    const { number, ...upkeep } = { ...PACKET, line: 'word '.repeat(60).trim() };
    expect(number).toBe(1);
    const lines = tell(upkeep);
    expect(lines[0]).toMatch(/^ {4}10\.0/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(PAGE_COLUMNS);
  });

  it('shows microseconds when there are any', () => {
    expect(tell({ ...PACKET, time: '10.000001' })[0]).toContain('10.000001');
  });

  it('its title counts', () => {
    expect(storyTitle([])).toBe('');
    expect(storyTitle([PACKET])).toBe('1 packet, 10 s to 10 s');
  });
});

describe('repetitions', () => {
  /** One packet a letter; equal letters are equal packets. */
  const packets = (letters: string): PacketReport[] =>
    letters.split('').map((why, i) => ({ ...PACKET, number: i + 1, time: `${i}.000000`, why }));
  const fold = (letters: string): string =>
    foldRepeats(packets(letters))
      .map((each) => ('packet' in each ? each.packet.why : `(${repeatText(each.repeat)})`))
      .join('');

  it('a round that comes again is told once', () => {
    expect(fold('xyabcdabcdabcdabcd')).toBe('xyabcd(7 to 18 repeat 3 to 6 three times, until 17 s)');
    expect(fold('aaaaaa')).toBe('a(2 to 6 repeat 1 5 times, until 5 s)');
  });

  it('it ends with the last packet that fits', () => {
    expect(fold('dabcdabcdabcde')).toBe('dabcd(6 to 13 repeat 2 to 5 twice, until 12 s)e');
  });

  it('nothing is lost: told and folded packets are all packets, in order', () => {
    for (const letters of ['', 'a', 'abcabc', 'abababab', 'aabbaabbaabb', 'abcdeabcdeabcxxxxxxxy']) {
      const all = foldRepeats(packets(letters)).flatMap((each) =>
        'packet' in each ? [each.packet] : each.repeat.packets,
      );
      expect(all.map(({ why }) => why).join('')).toBe(letters);
    }
  });

  it('what saves little stays', () => {
    expect(fold('abcabc')).toBe('abcabc');
    expect(fold('aaaa')).toBe('aaaa');
  });
});

describe('expectations', () => {
  const base = { passed: true, subject: 'packet 1', expected: 'a > b', actual: 'a > b' };

  it('packets that are as expected share a line; others show what came instead', () => {
    const found = [
      base,
      { ...base, subject: 'packet 2' },
      { ...base, subject: 'packet 3', passed: false, actual: 'b > a' },
      { ...base, subject: 'ping 1', expected: '.!!!!' },
    ];
    expect(expectationLines(found, PLAIN)).toEqual([
      'ok   packets 1 to 2: as expected',
      'FAIL packet 3: a > b',
      '     got: b > a',
      'ok   ping 1: .!!!!',
    ]);
    // Where colours are.
    expect(expectationLines(found, paintFor(true)).map(stripVTControlCharacters)).toEqual([
      '✓ packets 1 to 2: as expected',
      '✗ packet 3: a > b',
      '  got: b > a',
      '✓ ping 1: .!!!!',
    ]);
  });
});

describe('colours', () => {
  it('are for terminals, and never against NO_COLOR', () => {
    expect(wantsColors({}, true)).toBe(true);
    expect(wantsColors({}, false)).toBe(false);
    expect(wantsColors({ NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColors({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColors({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
    expect(wantsColors({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(wantsColors({ FORCE_COLOR: '0' }, true)).toBe(false);
    expect(wantsColors({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColors({ CI: 'true' }, false)).toBe(false);
  });

  it('turned off they leave text alone', () => {
    expect(PLAIN.title('x')).toBe('x');
    expect(paintFor(true).title('x')).not.toBe('x');
  });
});
