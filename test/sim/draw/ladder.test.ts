// Pictures of runs: every packet is drawn once, as what it is, and can be read.
import { describe, expect, it } from 'vitest';
import { ladderStory } from '../../../src/cli/lab-picture.ts';
import { ladderDot } from '../../../src/sim/draw/ladder-dot.ts';
import { ladderSvg } from '../../../src/sim/draw/ladder-svg.ts';
import { packetClass } from '../../../src/sim/draw/ladder-story.ts';
import { ladderMermaid } from '../../../src/sim/draw/mermaid.ts';
import type { Lab } from '../../../src/sim/lab.ts';
import { exampleNames } from '../examples.ts';
import { lab, numbered } from '../../scenarios/support.ts';
import { isInside, isOver, malformation, rectsOf, textsOf, viewBox } from './read-svg.ts';

function ran(name: string, edits: Parameters<typeof lab>[1] = {}): Lab {
  const run = lab(name, edits);
  run.run();
  return run;
}

describe.each(exampleNames())('the ladder of %s', (name) => {
  it('is well formed, everything is inside, and no text covers another', () => {
    for (const showAll of [false, true]) {
      const svg = ladderSvg(ladderStory(ran(name), showAll));
      expect(malformation(svg)).toBeUndefined();
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      const view = viewBox(svg);
      const texts = textsOf(svg);
      expect([...texts, ...rectsOf(svg, 'card')].filter((box) => !isInside(box, view))).toEqual([]);
      const over = texts.flatMap((a, i) =>
        texts
          .slice(i + 1)
          .filter((b) => isOver(a, b))
          .map((b) => [a.text, b.text]),
      );
      expect(over).toEqual([]);
    }
  });

  it('the line of a node runs through no text', () => {
    const svg = ladderSvg(ladderStory(ran(name), true));
    const lines = [...svg.matchAll(/<line class="life" x1="([^"]*)" y1="([^"]*)"/g)].map(([, x, y]) => {
      return { x: Number(x), y: Number(y), width: 0.1, height: viewBox(svg).height };
    });
    const plates = rectsOf(svg, 'plate');
    const struck = textsOf(svg).filter(
      (text) => lines.some((line) => isOver(line, text)) && !plates.some((plate) => isInside(text, plate)),
    );
    expect(lines.length).toBeGreaterThan(1);
    expect(struck.map(({ text }) => text)).toEqual([]);
  });

  it('the same seed gives the same picture', () => {
    expect(ladderSvg(ladderStory(ran(name), true))).toBe(ladderSvg(ladderStory(ran(name), true)));
  });

  it('with everything shown, each packet has one row with its number, time, words and reason', () => {
    const run = ran(name);
    const svg = ladderSvg(ladderStory(run, true));
    expect(svg.match(/<g><title>/g)).toHaveLength(run.story().length);
    const texts = textsOf(svg).map(({ text }) => text);
    for (const { number, title } of numbered(run)) {
      expect(texts).toContain(`#${number!}`);
      expect(texts).toContain(title);
    }
    const titles = svg.match(/<title>[^<]*<\/title>/g) ?? [];
    expect(titles.every((text) => text.includes('\nwhy: '))).toBe(true);
  });
});

describe('the ladder of pxtr', () => {
  it('tells rounds that repeat once, and says so', () => {
    const story = ladderStory(ran('pxtr'), false);
    expect(story.packets.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(textsOf(ladderSvg(story)).map(({ text }) => text)).toContain(
      '… 12 to 23 repeat 8 to 11 three times, until 12.015 s',
    );
  });

  it('draws control messages, LISP data, native packets and upkeep in four ways', () => {
    const story = ladderStory(ran('pxtr'), true);
    expect(story.packets.map(packetClass).slice(0, 15)).toEqual([
      ...['upkeep', 'upkeep', 'upkeep', 'upkeep'],
      ...[
        'control',
        'control',
        'native',
        'native',
        'native',
        'control',
        'control',
        'native',
        'native',
        'native',
      ],
      'lisp',
    ]);
    const svg = ladderSvg(story);
    for (const kind of ['control', 'lisp', 'native', 'upkeep']) {
      const count = story.packets.filter((packet) => packetClass(packet) === kind).length;
      // One more in the key.
      expect(svg.match(new RegExp(`<line class="${kind}"`, 'g'))).toHaveLength(count + 1);
    }
  });

  it('crosses out what is lost, on the link and at its receiver', () => {
    const atReceiver = ladderSvg(ladderStory(ran('pxtr'), false));
    expect(atReceiver.match(/class="lost"/g)).toHaveLength(1);
    const down = ran('pxtr', {
      'lab.yaml': [['run:', 'run:\n  - { at: 9s, link: mapserver-outsideworld, up: false }']],
    });
    const svg = ladderSvg(ladderStory(down, false));
    expect(textsOf(svg).map(({ text }) => text)).toContain('the link is down');
  });

  it('without packets it is an empty picture, not an error', () => {
    const run = lab('pxtr');
    const svg = ladderSvg(ladderStory(run, false));
    expect(malformation(svg)).toBeUndefined();
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

it('each line of the Mermaid diagram is one of its statements', () => {
  for (const name of exampleNames()) {
    const lines = ladderMermaid(ladderStory(ran(name), true))
      .split('\n')
      .slice(0, -1);
    const known =
      /^( *%% [^{}]*|sequenceDiagram| {2}participant n\d+ as [^#;:]+| {2}n\d+(-->>|->>|--\)|-\)|--x|-x)n\d+: ([^#;]|#\d+;)+| {2}Note over n\d+(,n\d+)?: ([^#;]|#\d+;)+)$/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
  }
});

describe('the DOT ladder', () => {
  const TEXT = String.raw`"(?:\\.|[^"\\])*"`;
  const VALUE = String.raw`(?:${TEXT}|[\w.]+)`;
  const LIST = String.raw`\[\w+=${VALUE}(?:, \w+=${VALUE})*\]`;
  const LINE = new RegExp(
    String.raw`^(?:digraph ${TEXT} \{|\}|  (?:graph|node|edge) ${LIST};|  (\w+)(?: -> (\w+))? ${LIST};)$`,
  );

  it('each line is one of its statements, and edges join nodes that stand somewhere', () => {
    for (const name of exampleNames()) {
      const story = ladderStory(ran(name), true);
      const { graph } = story;
      const odd = { ...graph, name: 'end "x"; #1', title: 'a\\"b|c];\n{d} <e> & %%{f}%%' };
      const found = ladderDot({ ...story, graph: odd })
        .split('\n')
        .slice(0, -1)
        .map((line) => ({ line, parts: LINE.exec(line) }));
      expect(found.filter(({ parts }) => parts === null).map(({ line }) => line)).toEqual([]);
      const edges = found.filter(({ parts }) => parts?.[2] !== undefined);
      const placed = found.flatMap(({ line, parts }) =>
        parts?.[1] !== undefined && parts[2] === undefined && / pos="[-\d.]+,[-\d.]+!"/.test(line)
          ? [parts[1]]
          : [],
      );
      expect(new Set(placed).size).toBe(placed.length);
      expect(
        edges.flatMap(({ parts }) => [parts![1], parts![2]]).filter((end) => !placed.includes(end!)),
      ).toEqual([]);
      const told = edges.filter(({ line }) => line.includes('edgetooltip='));
      expect(told).toHaveLength(story.packets.length);
      expect(told.every(({ line }) => line.includes('\\nwhy: '))).toBe(true);
    }
  });

  it('arrows go from sender to receiver; what is lost on its link ends half way, in red', () => {
    const xOf = (text: string, head: string): number =>
      Number(new RegExp(String.raw`^  ${head}.*?pos="([-\d.]+),`, 'm').exec(text)?.[1]);
    const columnOf = (text: string, name: string): number => xOf(text, String.raw`n\d+ \[label="${name}\\n`);
    const story = ladderStory(ran('pxtr'), false);
    const text = ladderDot(story);
    for (const { frame, from, to } of story.packets) {
      const ends = ['from', 'to'].map((end) => xOf(text, `p${frame.number}_${end} `));
      expect(ends).toEqual([columnOf(text, from), columnOf(text, to)]);
    }
    const down = ran('pxtr', {
      'lab.yaml': [['run:', 'run:\n  - { at: 9s, link: mapserver-outsideworld, up: false }']],
    });
    const broken = ladderStory(down, false);
    const lost = broken.packets.find(({ frame }) => frame.fate === 'link-down')!.frame.number;
    const drawn = ladderDot(broken);
    const half = (columnOf(drawn, 'mapserver') + columnOf(drawn, 'outsideworld')) / 2;
    expect(xOf(drawn, `p${lost}_to `)).toBeCloseTo(half, 1);
    expect(drawn).toContain(`p${lost}_to [shape=point, width=0.12`);
    expect(drawn).toContain('label="the link is down\\l"');
  });

  it('without packets it is an empty picture', () => {
    expect(ladderDot(ladderStory(lab('pxtr'), false))).not.toMatch(/NaN|Infinity|undefined/);
  });
});
