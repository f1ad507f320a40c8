import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOptions } from '../../src/ios/apply.ts';
import { GLOBAL_FORM } from '../../src/ios/draft.ts';
import { renderConfig, renderDraft } from '../../src/ios/render.ts';
import { draftOfText } from '../../src/sim/lab-console-config.ts';
import { DIALECT_TEXTS } from './dialect-configs.ts';
import { inForm, inXe } from './gen-dialect.ts';
import { routerOptions } from './gen-options.ts';
import { LAB } from './lab-configs.ts';
import { read } from './read.ts';
import { unordered } from './unordered.ts';

/** A configuration as blocks: a heading and the lines and blocks inside. */
interface Block {
  readonly heading: string;
  readonly inside: readonly Block[];
  /** The last line inside, where the block is closed by one. */
  readonly closing: string;
}

function blocksOf(text: string): Block[] {
  const lines = text.split('\n').filter((line) => !/^\s*(!.*|end)?$/.test(line));
  const build = (at: number, depth: number): { blocks: Block[]; next: number } => {
    const blocks: Block[] = [];
    while (at < lines.length && depthOf(lines[at]!) >= depth) {
      const { blocks: inside, next } = build(at + 1, depth + 1);
      const closes = inside.at(-1)?.heading.startsWith('exit') === true;
      blocks.push({
        heading: lines[at]!.trim(),
        inside: closes ? inside.slice(0, -1) : inside,
        closing: closes ? `${inside.at(-1)!.heading}\n` : '',
      });
      at = next;
    }
    return { blocks, next: at };
  };
  return build(0, 0).blocks;
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Every permutation inside every mode; the address that is not secondary counts wherever it stands. */
function shuffled(blocks: readonly Block[]): fc.Arbitrary<string> {
  const texts = blocks.map(({ heading, inside, closing }) =>
    shuffled(inside).map((body) => `${heading}\n${body}${closing}`),
  );
  return fc
    .tuple(...texts)
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))
    .map((all) => all.join(''));
}

describe('order of lines', () => {
  it.each(Object.entries(LAB))('does not matter within any mode of %s', (_, text) => {
    const expected = unordered(read(text).options);
    const blocks = blocksOf(renderConfig(read(text).options));
    fc.assert(
      fc.property(shuffled(blocks), (other) => {
        expect(unordered(read(other).options)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each(DIALECT_TEXTS)('does not matter within any mode of %s', (_, text) => {
    const expected = unordered(read(text).options);
    const blocks = blocksOf(renderDraft(draftOfText(text)));
    fc.assert(
      fc.property(shuffled(blocks), (other) => {
        expect(unordered(read(other).options)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('does not matter in any configuration of any dialect', () => {
    const pairs = routerOptions.chain((options) =>
      fc
        .constantFrom(inForm(options, GLOBAL_FORM), inXe(options, 'eid-table'), inXe(options, 'instance-id'))
        .chain((draft) => shuffled(blocksOf(renderDraft(draft))))
        .map((text) => ({ options, text })),
    );
    fc.assert(
      fc.property(pairs, ({ options, text }) => {
        expect(unordered(read(text).options)).toEqual(unordered(canonicalOptions(options)));
      }),
      { numRuns: 100 },
    );
  });

  it('does not matter in any configuration', () => {
    const pairs = routerOptions.chain((options) =>
      shuffled(blocksOf(renderConfig(options))).map((text) => ({ options, text })),
    );
    fc.assert(
      fc.property(pairs, ({ options, text }) => {
        expect(unordered(read(text).options)).toEqual(unordered(read(renderConfig(options)).options));
      }),
      { numRuns: 100 },
    );
  });

  it('a route may name an interface, and a mapping an interface, that is configured later', () => {
    const { options } = read(`ip route 0.0.0.0 0.0.0.0 fa0/0
router lisp
 database-mapping 10.9.0.0/16 ipv4-interface fa0/0 priority 1 weight 1
interface FastEthernet0/0
 ip address 192.0.2.1 255.255.255.0`);
    expect(options.staticRoutes[0]?.target).toEqual({ kind: 'interface', name: 'FastEthernet0/0' });
    expect(options.lisp?.databaseMappings[0]?.locators[0]?.address).toEqual(
      options.interfaces[0]?.addresses[0]?.address,
    );
  });

  it('Map-Resolvers are asked in the order of their lines', () => {
    const lines = ['10.0.0.9', '10.0.0.1'].map((a) => ` ipv4 itr map-resolver ${a}\n`).join('');
    expect(renderConfig(read(`router lisp\n${lines}`).options)).toContain(lines);
  });
});
