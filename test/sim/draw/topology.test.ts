// Pictures of networks: nothing covers anything, everything is inside, equal labs give equal pictures.
import { describe, expect, it } from 'vitest';
import { topologyDot } from '../../../src/sim/draw/topology-dot.ts';
import { topologyMermaid } from '../../../src/sim/draw/mermaid.ts';
import { crossings, orderRows, placeRows } from '../../../src/sim/draw/rows.ts';
import { layOutTopology } from '../../../src/sim/draw/topology-layout.ts';
import { topologySvg } from '../../../src/sim/draw/topology-svg.ts';
import { labGraph } from '../../../src/sim/lab-graph.ts';
import { loadLab } from '../../../src/sim/lab-file.ts';
import { SeededRandom } from '../../../src/base/random.ts';
import { exampleFiles, exampleNames } from '../examples.ts';
import { labFile } from '../../scenarios/support.ts';
import { randomLab } from './gen-lab.ts';
import { isInside, isOver, malformation, rectsOf, textsOf, viewBox, type Box } from './read-svg.ts';

const SEEDS = Array.from({ length: 150 }, (_, i) => i + 1);
const LABS = [
  ...exampleNames().map((name) => [name, labFile(name)] as const),
  ...SEEDS.map((seed) => [`random ${seed}`, randomLab(seed)] as const),
];

function pairs<T>(things: readonly T[]): [T, T][] {
  return things.flatMap((a, i) => things.slice(i + 1).map((b): [T, T] => [a, b]));
}

describe('a topology', () => {
  it('no two node boxes, and no two texts, overlap', () => {
    for (const [name, file] of LABS) {
      const graph = labGraph(file);
      const svg = topologySvg(graph);
      const cards = rectsOf(svg, 'card');
      expect(cards, name).toHaveLength(graph.nodes.length);
      expect(
        pairs(cards).filter(([a, b]) => isOver(a, b)),
        name,
      ).toEqual([]);
      // What stands on a link may have to give way to another link's; everything else has a place of its own.
      const links = new Set(graph.links.map(({ delay }) => `${delay / 1000} ms`));
      const texts = textsOf(svg).filter(({ text }) => !links.has(text.split(',')[0]!));
      const over = pairs(texts).filter(([a, b]) => isOver(a, b));
      expect(
        over.map(([a, b]) => `${a.text} / ${b.text}`),
        name,
      ).toEqual([]);
    }
  });

  it('every box and every text is inside the viewBox, and addresses are inside their boxes', () => {
    for (const [name, file] of LABS) {
      const svg = topologySvg(labGraph(file));
      const view = viewBox(svg);
      const texts = textsOf(svg);
      const boxes = ['card', 'zone-eid', 'zone-rloc', 'plate'].flatMap((style) => rectsOf(svg, style));
      expect(
        [...texts, ...boxes].filter((box) => !isInside(box, view)),
        name,
      ).toEqual([]);
      const cards = rectsOf(svg, 'card');
      const addresses = texts.filter(({ text }) => /\/\d+$/.test(text) && !text.includes('space'));
      expect(addresses.length, name).toBeGreaterThan(0);
      expect(
        addresses.filter((text) => !cards.some((card) => isInside(text, card))),
        name,
      ).toEqual([]);
    }
  });

  it('stands in the middle, also below a title that is wider', () => {
    for (const [name, file] of LABS) {
      const graph = labGraph({ ...file, title: 'A title that is a good deal wider than most networks are' });
      const { width, cards, zones } = layOutTopology(graph);
      const boxes = [...cards, ...zones];
      const left = Math.min(...boxes.map(({ x }) => x));
      const right = Math.max(...boxes.map((box) => box.x + box.width));
      // A zone is wider than what is in it on both sides, so the middle may be off by its padding.
      expect(Math.abs(left - (width - right)), name).toBeLessThan(16.5);
    }
  });

  it('a zone of EID space holds the nodes of its site and none else, and zones do not overlap', () => {
    for (const [name, file] of LABS) {
      const graph = labGraph(file);
      const { zones, cards } = layOutTopology(graph);
      expect(
        pairs(zones).filter(([a, b]) => isOver(a, b)),
        name,
      ).toEqual([]);
      for (const zone of zones) {
        const inside = cards.filter((card) => isOver(card, zone)).map(({ card }) => card.node.name);
        expect(inside.sort(), name).toEqual([...zone.site.nodes].sort());
      }
    }
  });

  it('each link ends at its two nodes', () => {
    for (const [name, file] of LABS) {
      const graph = labGraph(file);
      const { cards } = layOutTopology(graph);
      for (const [link, { ends }] of graph.links.entries()) {
        for (const end of [0, 1] as const) {
          const card = cards.find((each) => each.card.node.name === ends[end].node)!;
          const sockets = [...card.up, ...card.down].filter(
            ({ socket }) => socket.link === link && socket.end === end,
          );
          expect(sockets, name).toHaveLength(1);
          const { x, y } = sockets[0]!;
          expect(x > card.x && x < card.x + card.width && (y === card.y || y === card.y + card.height)).toBe(
            true,
          );
        }
      }
    }
  });

  it('is well formed, says what it is in title and description, and is the same each time', () => {
    for (const [name, file] of LABS) {
      const svg = topologySvg(labGraph(file));
      expect(malformation(svg), name).toBeUndefined();
      expect(svg, name).toBe(topologySvg(labGraph(file)));
      expect(svg).not.toMatch(/NaN|undefined|Infinity|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
      for (const node of file.nodes) expect(svg).toContain(node.name);
    }
    const svg = topologySvg(labGraph(labFile('pxtr')));
    expect(svg).toMatch(/<title [^>]*>pxtr: A site talks to the world through a Proxy xTR<\/title>/);
    expect(svg).toContain('mapserver: Map-Server, Map-Resolver, PITR, PETR, in RLOC space.');
    expect(svg).toContain('lisp1 Fa0/0 10.0.1.2/30 to mapserver Fa0/0 10.0.1.1/30');
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
  });

  it('the reader of SVG above refuses what no XML parser takes', () => {
    for (const bad of ['<a><b></a></b>', '<a', '<a>&</a>', '<a x="1" x="2"/>', '<a x=1/>', '<a>']) {
      expect(malformation(bad), bad).toBeDefined();
    }
  });
});

describe('the graph of a lab', () => {
  it('knows who is a router of a site, who is behind it, and who is in RLOC space', () => {
    const files = exampleFiles('pxtr');
    const change = (name: string, from: string, to: string): void => {
      expect(files.get(name)).toContain(from);
      files.set(name, files.get(name)!.replace(from, to));
    };
    change(
      'lab.yaml',
      'links:',
      '  pc: { host: { addresses: 192.168.1.129/25, gateway: 192.168.1.130 } }\n\nlinks:\n  - { a: lisp1 FastEthernet1/0, b: pc }',
    );
    change(
      'lisp1.ios',
      'interface FastEthernet0/0',
      'interface FastEthernet1/0\n ip address 192.168.1.130 255.255.255.128\n!\ninterface FastEthernet0/0',
    );
    const loaded = loadLab(files);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const { nodes, sites } = labGraph(loaded.value);
    expect(nodes.map(({ name, place, rank }) => [name, place, rank])).toEqual([
      ['lisp1', 'border', 0],
      ['mapserver', 'rloc', 1],
      ['lisp2', 'border', 0],
      ['outsideworld', 'rloc', 2],
      ['pc', 'eid', -1],
    ]);
    expect(sites).toEqual([
      { name: 'site1', eids: ['192.168.1.1/32'], nodes: ['lisp1', 'pc'] },
      { name: 'site2', eids: ['192.168.2.1/32'], nodes: ['lisp2'] },
    ]);
  });

  it('marks EIDs, locators, and the addresses that are neither', () => {
    const { nodes, links } = labGraph(labFile('pxtr'));
    const addresses = [
      ...nodes.flatMap((node) => node.addresses),
      ...links.flatMap(({ ends }) => ends.flatMap((end) => end.addresses)),
    ];
    expect(Object.fromEntries(addresses.map(({ text, role }) => [text, role]))).toEqual({
      '192.168.1.1/32': 'eid',
      '192.168.2.1/32': 'eid',
      '10.0.255.1/32': 'locator',
      '10.0.1.2/30': 'locator',
      '10.0.2.2/30': 'locator',
      '10.0.1.1/30': 'underlay',
      '10.0.2.1/30': 'underlay',
      '10.0.3.1/30': 'underlay',
      '10.0.3.2/30': 'underlay',
      '4.4.4.4/32': 'underlay',
    });
  });

  it('neighbours are at most one rank apart', () => {
    for (const [name, file] of LABS) {
      const { nodes, links } = labGraph(file);
      const rank = (node: string): number => nodes.find((each) => each.name === node)!.rank;
      const far = links.filter(({ ends: [a, b] }) => Math.abs(rank(a.node) - rank(b.node)) > 1);
      // A node behind two sites is ranked by one of them.
      expect(
        far.filter(({ ends }) => ends.every(({ node }) => rank(node) >= 0)),
        name,
      ).toEqual([]);
    }
  });
});

describe('rows', () => {
  const random = new SeededRandom(7, 'rows');
  const cases = Array.from({ length: 40 }, () => {
    const sizes = Array.from({ length: 2 + (random.u32() % 3) }, () => 1 + (random.u32() % 5));
    let next = 0;
    const rows = sizes.map((size) => Array.from({ length: size }, () => next++));
    const wires = rows
      .slice(1)
      .flatMap((row, i) =>
        row.flatMap((b) => rows[i]!.filter(() => random.u32() % 2 === 0).map((a) => ({ a, b }))),
      );
    return { rows, wires, widths: Array.from({ length: next }, () => 20 + (random.u32() % 200)) };
  });

  it('ordering keeps the rows’ members and never adds crossings', () => {
    for (const { rows, wires } of cases) {
      const order = orderRows(rows, wires);
      expect(order.map((row) => [...row].sort((a, b) => a - b))).toEqual(rows);
      expect(crossings(order, wires)).toBeLessThanOrEqual(crossings(rows, wires));
    }
  });

  it('places keep the order and the gaps, and the leftmost is at 0', () => {
    for (const { rows, wires, widths } of cases) {
      const springs = wires.map(({ a, b }) => ({ a, b, aAt: widths[a]! / 2, bAt: widths[b]! / 2 }));
      const lefts = placeRows(rows, widths, springs, () => 10);
      expect(Math.min(...lefts)).toBeCloseTo(0);
      for (const row of rows) {
        for (const [i, each] of row.slice(1).entries()) {
          expect(lefts[each]!).toBeGreaterThanOrEqual(lefts[row[i]!]! + widths[row[i]!]! + 10 - 1e-6);
        }
      }
    }
  });

  it('one thing above two stands over their middle', () => {
    const springs = [
      { a: 0, b: 1, aAt: 10, bAt: 50 },
      { a: 0, b: 2, aAt: 10, bAt: 50 },
    ];
    const lefts = placeRows([[0], [1, 2]], [20, 100, 100], springs, () => 10);
    expect(lefts[0]! + 10).toBeCloseTo((lefts[1]! + lefts[2]!) / 2 + 50, 0);
  });
});

describe('other languages', () => {
  const LINE: Record<string, RegExp> = {
    mermaid:
      /^(%% [^{}]*|flowchart TB| {2}subgraph \w+\["[^"]*"\]| {2}end| {2,4}n\d+\["[^"]*"\]:::\w+| {2}n\d+ ---\|"[^"|]*"\| n\d+| {2}classDef \w+ [^"|]+)$/,
    dot: /^(graph "(\\.|[^"\\])*" \{|\}|| {2,4}(subgraph \w+ \{|\}|(graph|node|edge) \[.*\];|label="(\\.|[^"\\])*";.*|style="[^"]*";.*)| {2,4}"(\\.|[^"\\])*"( -- "(\\.|[^"\\])*")? \[(\w+="(\\.|[^"\\])*"(, )?)+\];)$/,
  };

  it('each line of Mermaid and of DOT is one of its statements, whatever names and titles hold', () => {
    for (const [name, file] of LABS) {
      const graph = labGraph({ ...file, name: 'end "x"; #1', title: 'a\\"b|c];\n{d} <e> & %%{f}%%' });
      const texts = { mermaid: topologyMermaid(graph), dot: topologyDot(graph) };
      for (const [language, text] of Object.entries(texts)) {
        expect(
          text
            .split('\n')
            .slice(0, -1)
            .filter((line) => !LINE[language]!.test(line)),
          `${name} ${language}`,
        ).toEqual([]);
      }
    }
  });

  it('both have every node once and every link once', () => {
    for (const [name, file] of LABS) {
      const graph = labGraph(file);
      const mermaid = topologyMermaid(graph);
      const dot = topologyDot(graph);
      expect(mermaid.match(/^ +n\d+\[/gm) ?? [], name).toHaveLength(graph.nodes.length);
      expect(mermaid.match(/^ +n\d+ ---/gm) ?? [], name).toHaveLength(graph.links.length);
      expect(dot.match(/^ +"[^"]*" \[/gm) ?? [], name).toHaveLength(graph.nodes.length);
      expect(dot.match(/^ +"[^"]*" -- /gm) ?? [], name).toHaveLength(graph.links.length);
    }
  });
});

// A picture is no good if its boxes are: the laws above would hold for boxes of no size.
it('boxes have a size that their texts need', () => {
  const cards: Box[] = rectsOf(topologySvg(labGraph(labFile('pxtr'))), 'card');
  expect(cards.every(({ width, height }) => width > 100 && height > 70)).toBe(true);
});
