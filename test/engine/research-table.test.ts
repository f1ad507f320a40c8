import { describe, expect, it } from 'vitest';
import { prefix, type Family, type IpAddress } from '../../src/base/ip.ts';
import { cidr, formatPrefix, ip } from '../../src/base/ip-text.ts';
import type { FibChange } from '../../src/engine/fib.ts';
import { leastLeafBytes, LPM_KINDS, RESEARCH_KINDS, serves, type LpmKind } from '../../src/engine/lpm.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { partNames } from '../../src/engine/lpm-parts.ts';
import { createLpmSync } from '../../src/engine/open-inline.ts';
import { researchModuleSync } from '../../src/engine/open-research-node.ts';
import { researchModule as fetchedResearchModule } from '../../src/engine/open-research-url.ts';
import { ResearchTable, type ResearchTableOptions } from '../../src/engine/research-table.ts';
import { engineModule } from './engine-builds.ts';

const KINDS: readonly LpmKind[] = [...LPM_KINDS, ...RESEARCH_KINDS];
const FORMS = KINDS.flatMap((kind) =>
  ([4, 6] as const).flatMap((family) =>
    ([2, 4] as const)
      .filter((leafBytes) => serves(kind, family) && leafBytes >= leastLeafBytes(kind))
      .map((leafBytes) => ({ kind, family, leafBytes, fibBytes: 96 * 2 ** 20 })),
  ),
);

/** Nested prefixes, the value of each its place in the list and 1. */
const PREFIXES: Readonly<Record<Family, readonly string[]>> = {
  4: ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.128/25', '10.1.2.200/32'],
  6: ['::/0', '2001:db8::/32', '2001:db8:1::/48', '2001:db8:1:2::/64', '2001:db8:1:2::8/125', '::1/128'],
};
/** An address in each of them, and in no longer one. */
const INSIDE: Readonly<Record<Family, readonly string[]>> = {
  4: ['192.0.2.1', '10.2.0.0', '10.1.0.1', '10.1.2.3', '10.1.2.129', '10.1.2.200'],
  6: ['::2', '2001:db8:2::', '2001:db8:1::1', '2001:db8:1:2::1', '2001:db8:1:2::9', '::1'],
};

function rowsOf(family: Family): FibChange[] {
  return PREFIXES[family].map((text, i) => ({ prefix: cidr(text), value: i + 1 }));
}

const BUILT_WHOLE: readonly LpmKind[] = ['multibit', 'poptrie', 'dxr', 'sail', 'hash-length'];

/** Prefixes of all lengths, some beside and some inside others. */
function mixedRows(family: Family): FibChange[] {
  const rows = Array.from({ length: 400 }, (_, i) => {
    const mixed = Math.imul(i + 1, 0x9e37_79b1) >>> 0;
    const [a, b, c, d] = [mixed >>> 24, (mixed >>> 16) & 7, (mixed >>> 8) & 15, mixed & 255];
    const hex = [b, c, d, i].map((word) => word.toString(16));
    const text =
      family === 4 ? `${1 + (a & 15)}.${b}.${c}.${d}` : `2001:${(a & 7).toString(16)}:${hex.join(':')}::1`;
    return { prefix: prefix(ip(text), 1 + ((7 * i) % (family === 4 ? 32 : 128))), value: 1 + (i % 50) };
  });
  return [...new Map(rows.map((row) => [formatPrefix(row.prefix), row])).values()];
}

function build(options: ResearchTableOptions): ResearchTable {
  return ResearchTable.build(engineModule('traced'), rowsOf(options.family), options);
}

const single = (table: ResearchTable, address: IpAddress): number => {
  const { family, w0, w1, w2, w3 } = address;
  const keys = Uint32Array.from(family === 4 ? [w0] : [w0, w1, w2, w3]);
  const out = new Uint32Array(1);
  table.engine.lookupBatch('routes', 0, family, keys, out);
  return out[0]!;
};

describe.each(FORMS)('a $kind of $leafBytes bytes, IPv$family', (form) => {
  it('finds by a walk what a lookup finds, and tells at least one read of its memory', () => {
    const table = build(form);
    const start = table.engine.memory.byteLength;
    for (const [i, text] of INSIDE[form.family].entries()) {
      const { value, touches } = table.walk(ip(text));
      expect(value).toBe(i + 1);
      expect(value).toBe(single(table, ip(text)));
      expect(touches.length).toBeGreaterThan(0);
      for (const { at, bytes } of touches) {
        expect(bytes).toBeGreaterThan(0);
        expect(at + bytes).toBeLessThanOrEqual(start);
      }
    }
  });

  it('goes on with changes, the removals among them', () => {
    const table = build(form);
    const [, second, third] = rowsOf(form.family);
    table.change([{ ...third!, value: 0 }]);
    expect(table.walk(ip(INSIDE[form.family][2]!)).value).toBe(second!.value);
    expect(single(table, ip(INSIDE[form.family][2]!))).toBe(second!.value);
  });

  it('has the parts that are declared, and they make up what lookups walk', () => {
    const table = ResearchTable.build(engineModule('traced'), mixedRows(form.family), form);
    const isWhole = BUILT_WHOLE.includes(form.kind);
    const expectSum = (): Map<string, number> => {
      const parts = table.parts();
      expect(parts.map(({ part }) => part)).toEqual(partNames(form.kind));
      const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
      // A built structure has 64 bytes in front of its parts.
      expect(total).toBe(table.readerBytes - (isWhole ? 64 : 0));
      expect(table.liveBytes).toBeGreaterThanOrEqual(table.readerBytes);
      return new Map(parts.map(({ part, bytes }) => [part, bytes]));
    };
    const bytesOf = expectSum();
    // What is left over is what waits for readers, and so far nothing has been replaced.
    expect(bytesOf.get('retired') ?? 0).toBe(0);
    for (const [part, bytes] of bytesOf)
      if (part !== 'retired' && part !== 'prefix') expect(bytes, part).toBeGreaterThan(0);
    const seen = new Map<string, Set<number>>();
    for (const { prefix } of mixedRows(form.family)) {
      for (const { part, at, bytes } of table.walk(prefix.address).touches) {
        const bytesSeen = seen.get(part) ?? new Set();
        seen.set(part, bytesSeen);
        for (let i = 0; i < bytes; i++) bytesSeen.add(at + i);
      }
    }
    // The prefixes of dir24-stride6 are in the tree of the writer.
    for (const [part, { size }] of seen)
      if (part !== 'prefix' || form.kind !== 'dir24-stride6')
        expect(bytesOf.get(part), part).toBeGreaterThanOrEqual(size);
    table.change(mixedRows(form.family).map(({ prefix }, i) => ({ prefix, value: i % 3 === 0 ? 0 : 7 })));
    const later = expectSum();
    if (later.has('retired')) expect(later.get('retired')).toBeGreaterThan(0);
  });
});

describe('walks', () => {
  const walk = (kind: LpmKind, address: string): string[] => {
    const family = address.includes(':') ? 6 : 4;
    const table = build({ kind, leafBytes: 4, family, fibBytes: 96 * 2 ** 20 });
    return table.walk(ip(address)).touches.map(({ part, bytes }) => `${part} ${bytes}`);
  };

  it('read what the papers say', () => {
    expect(walk('dir24-8', '10.1.2.3')).toEqual(['directory 4', 'quad 4', 'bitmap 8', 'leaf 4']);
    expect(walk('dir24-8', '10.2.0.0')).toEqual(['directory 4']);
    expect(walk('dir18-run', '10.2.0.0')).toEqual(['directory 4', 'bitmap 8', 'leaf 4']);
    expect(walk('sail', '10.2.0.0')).toEqual(['C16 4', 'N16 4']);
    expect(walk('sail', '10.1.0.1')).toEqual(['C16 4', 'C24 4', 'N24 4']);
    expect(walk('sail', '10.1.2.3')).toEqual(['C16 4', 'C24 4', 'N32 4']);
    expect(walk('poptrie', '192.0.2.1')).toEqual(['direct 4']);
    expect(walk('poptrie', '10.1.2.3')).toEqual(['direct 4', 'node 24', 'node 24', 'leaf 4']);
    expect(walk('multibit', '10.1.2.200')).toEqual(['root 4', 'node 4', 'node 4']);
    expect(walk('linear', '10.1.2.3')).toEqual(Array.from({ length: 6 }, () => 'prefix 24'));
    // One node for each bit of the longest prefix on the way.
    expect(walk('binary-trie', '10.1.2.200')).toHaveLength(33);
    expect(walk('tree-bitmap', '10.1.2.200')).toHaveLength(10);
  });
});

describe('what cannot be', () => {
  it('a walk in a module that does not tell', () => {
    const table = ResearchTable.build(engineModule('research'), rowsOf(4), {
      kind: 'poptrie',
      leafBytes: 2,
      family: 4,
    });
    expect(() => table.walk(ip('10.0.0.1'))).toThrow(/only the traced module/);
  });

  it('a kind of research in the module of routers', () => {
    const options = { kind: 'sail', leafBytes: 4, family: 4 } as const;
    expect(() => ResearchTable.build(engineModule('release'), [], options)).toThrow(/pxtr\/research/);
    expect(() => createLpmSync({ kind: 'sail' })).toThrow(
      'engine: bad-module in sail: a kind of pxtr/research: pass `wasm: await researchModule()`',
    );
  });

  it('a kind, a size of leaves or a family that there is not', () => {
    const open = (options: object) => (): ResearchTable =>
      ResearchTable.build(engineModule('research'), [], {
        kind: 'patricia',
        leafBytes: 4,
        family: 4,
        ...options,
      });
    const kinds = KINDS.join(', ');
    const refused: [options: object, hint: string][] = [
      [{ kind: 'foo' }, `kind: no kind foo, but ${kinds}`],
      [{ kind: 'auto' }, `kind: no kind auto, but ${kinds}`],
      [{ kind: 'sail', family: 6 }, 'family: sail serves 4, not 6'],
      [{ kind: 'dir24-stride6', family: 4 }, 'family: dir24-stride6 serves 6, not 4'],
      [{ family: 5 }, 'family: patricia serves 4, 6, not 5'],
      [{ kind: 'dxr', leafBytes: 3 }, 'leafBytes: dxr has leaves of 2, 4 bytes, not 3'],
      [{ leafBytes: 2 }, 'leafBytes: patricia has leaves of 4 bytes, not 2'],
    ];
    for (const [options, hint] of refused) {
      expect(open(options)).toThrow(EngineError);
      expect(open(options)).toThrow(`engine: bad-options in ${hint}`);
    }
  });

  it('rows and walks of the other family, values that no kind holds', () => {
    const table = build({ kind: 'patricia', leafBytes: 4, family: 4 });
    expect(() => table.walk(ip('::1'))).toThrow('engine: bad-options in address: none of IPv4: use ip()');
    expect(() => table.walk('10.0.0.1' as unknown as IpAddress)).toThrow('none of IPv4: use ip()');
    const change = (text: string, value: number) => () => {
      table.change([{ prefix: cidr(text), value }]);
    };
    expect(change('2001:db8::/32', 1)).toThrow('engine: bad-options in 2001:db8::/32: no prefix of IPv4');
    for (const value of [-1, 1.5, 2 ** 31])
      expect(change('10.0.0.0/8', value)).toThrow(
        `engine: bad-value in 10.0.0.0/8: a value is 0 .. 2^31-1, not ${value}`,
      );
    expect(table.walk(ip('10.2.0.0')).value).toBe(2);
  });

  it('a build that there is not', async () => {
    const build = 'foo' as 'research';
    expect(() => researchModuleSync(build)).toThrow(
      'engine: bad-options in build: no foo, but research, traced',
    );
    await expect(fetchedResearchModule(build)).rejects.toThrow('engine: bad-options in build: no foo');
  });

  it('a value that leaves of two bytes do not hold, a table that is larger than its memory', () => {
    const large = [{ prefix: cidr('10.0.0.0/8'), value: 40_000 }];
    const options = { kind: 'dxr', leafBytes: 2, family: 4 } as const;
    expect(() => ResearchTable.build(engineModule('research'), large, options)).toThrow(
      /leaves of four bytes/,
    );
    const small = { ...options, leafBytes: 4, fibBytes: 65_536 } as const;
    expect(() => ResearchTable.build(engineModule('research'), large, small)).toThrow(/no-room/);
  });
});

describe('createLpm with the research module', () => {
  it.each(RESEARCH_KINDS)('serves %s, publish by publish', (kind) => {
    const lpm = createLpmSync({ kind, wasm: engineModule('research'), tableBytes: 32 * 2 ** 20 });
    for (const family of [4, 6] as const) {
      for (const { prefix, value } of rowsOf(family)) lpm.insert(prefix, value);
    }
    lpm.publish();
    for (const family of [4, 6] as const) {
      expect(INSIDE[family].map((text) => lpm.lookup(ip(text)))).toEqual([1, 2, 3, 4, 5, 6]);
    }
    lpm.insert(cidr('10.1.0.0/16'), 100_000);
    lpm.remove(cidr('10.1.2.0/24'));
    lpm.publish();
    expect(INSIDE[4].map((text) => lpm.lookup(ip(text)))).toEqual([1, 2, 100_000, 100_000, 5, 6]);
    expect(lpm.kindOf(4)).toBe(kind);
  });
});
