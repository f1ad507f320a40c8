// Everybody takes part in bench -- native, over a small table; and who answers wrongly is refused while others are timed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineWorld } from '../../bench/engine-world.ts';
import { generate, readTableRows } from '../../bench/native-data.ts';
import { NEXT_HOPS, type Field } from '../../bench/native-field.ts';
import { buildNative, NativeHarness } from '../../bench/native-harness.ts';
import { lookupCase, lookupCases } from '../../bench/native-lookup.ts';
import { packetCase } from '../../bench/native-packets.ts';
import { openTables, type OpenTables } from '../../bench/native-tables.ts';
import { RangeOracle } from '../../bench/range-oracle.ts';
import { measureCase, type Case, type CaseResult, type Settings } from '../../bench/runner.ts';
import type { Family } from '../../src/base/ip.ts';
import { ALL_KINDS, formsOf } from '../../src/bench/forms.ts';
import { loadPeers } from '../../src/bench/peers/load-peers.ts';
import { isResearchKind } from '../../src/engine/lpm.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { prefixList } from './prefix-list.ts';

/** Few enough for BlockList. */
const PREFIXES = 300;
/** Not whole batches. */
const KEYS = 4200;
const COUNT = 4096;
const SETTINGS: Settings = { rounds: 1, seconds: 0.01, seed: 1, keys: 0, unsummed: false };

const programs = buildNative();
if ('skipped' in programs) console.warn(`skipped: ${programs.skipped}`);

const quiet = (): void => undefined;
const measure = (work: Case): Promise<CaseResult> => measureCase('native', work, SETTINGS, quiet);
const namesOf = ({ measured }: CaseResult): string[] => measured.map(({ name }) => name);

describe.skipIf('skipped' in programs)('bench -- native', { timeout: 60_000 }, () => {
  let folder: string;
  let harness: NativeHarness;
  let field: Field;

  beforeAll(async () => {
    if ('skipped' in programs) return;
    folder = mkdtempSync(join(tmpdir(), 'pxtr-native-cases-'));
    const list = join(folder, 'prefixes.txt');
    writeFileSync(list, prefixList(PREFIXES, 1));
    const data = join(folder, 'data');
    generate(programs.gen, list, data, { seed: 1, nextHops: NEXT_HOPS, keys4: KEYS, keys6: KEYS });
    harness = new NativeHarness(programs.harness, 1536);
    await harness.load(data);
    const contenders = await harness.list();
    field = { harness, folder: data, settings: SETTINGS, contenders, peers: [], progress: quiet };
  });

  afterAll(() => {
    harness.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const rowsOf = (family: Family): TableRow[] => readTableRows(field.folder, family);

  for (const family of [4, 6] as const) {
    it(`has all kinds and peers answer rightly over IPv${family}`, { timeout: 120_000 }, async () => {
      const peers = await loadPeers();
      const all: Field = { ...field, peers, settings: { ...SETTINGS, kinds: 'all', peers: true } };
      const forms = formsOf(family, rowsOf(family), undefined);
      expect(new Set(forms.map(({ kind }) => kind)).size).toBeGreaterThan(family === 4 ? 11 : 6);
      for await (const work of lookupCases(all, family)) {
        const result = await measure(work);
        expect(result.refused).toBeUndefined();
        expect(result.operationsPerCall).toBe(COUNT);
        const names = namesOf(result);
        expect(names).toContain(family === 4 ? 'rte_lpm_bulk' : 'rte_lpm6_bulk');
        expect(names).toEqual(
          expect.arrayContaining([
            ...forms.map(({ kind, leafBytes }) => `pxtr ${kind}, ${leafBytes}-byte leaves`),
            ...forms.flatMap(({ kind }) => (isResearchKind(kind) ? [] : [`lookupBatch ${kind}`])),
            ...peers.filter((peer) => peer.families.includes(family)).map(({ kind }) => kind),
          ]),
        );
      }
    });
  }

  it('has the fast kinds alone when none is named, and says why others are absent', () => {
    const few = openTables(field, 4, rowsOf(4), COUNT);
    expect(few.tables.map(({ name }) => name)).toEqual([
      ...['dir18-run', 'dir24-8'].flatMap((kind) => [2, 4].map((n) => `pxtr ${kind}, ${n}-byte leaves`)),
      'lookupBatch dir18-run',
      'lookupBatch dir24-8',
    ]);
    const none = openTables({ ...field, settings: { ...SETTINGS, kinds: ['dxr'] } }, 6, rowsOf(6), COUNT);
    expect(none).toEqual({ tables: [], notes: { pxtr: 'skipped: no kind named serves IPv6' } });
  });

  it('leaves lists out of a large table unless they are named, and peers that cannot manage it', async () => {
    const rows = Array.from({ length: 4097 }, (_, i): TableRow => {
      const address = { family: 4, w0: i << 12, w1: 0, w2: 0, w3: 0 } as const;
      return { prefix: { address, bits: 20 }, value: 1 };
    });
    const large = (settings: Partial<Settings>, peers: Field['peers']): OpenTables =>
      openTables({ ...field, peers, settings: { ...SETTINGS, ...settings } }, 4, rows, COUNT);
    const peers = await loadPeers();
    const all = large({ kinds: 'all' }, peers);
    const kinds = new Set(all.tables.map(({ contender }) => contender.kind));
    for (const kind of ALL_KINDS.filter((each) => each !== 'dir24-stride6'))
      expect(`${kind} ${kinds.has(kind)}`).toBe(`${kind} ${kind !== 'linear' && kind !== 'compare'}`);
    expect(all.notes['pxtr linear']).toMatch(/^skipped: searched from end to end/);
    expect(all.notes['BlockList']).toMatch(/^skipped: .*at most 256/);
    const named = large({ kinds: ['compare'] }, []);
    expect(named.tables.map(({ name, most }) => `${name} ${most}`)).toContain(
      'pxtr compare, 4-byte leaves 65536',
    );
    expect(large({ unsummed: true }, peers).notes['js dir24-8']).toBe('skipped: it always sums');
  });

  it('refuses a kind and a native table that are wrong, and times the others', async () => {
    const opened = openTables(field, 4, rowsOf(4), COUNT);
    const oracle = new RangeOracle(4, rowsOf(4));
    const wrong = opened.tables[1]!;
    // The answers of two keys changed: the sum says nothing.
    const { contender } = wrong;
    const values = (): Uint32Array => {
      const own = contender.values();
      const at = own.findIndex((value, i) => value !== own[i + 1]);
      [own[at], own[at + 1]] = [own[at + 1]!, own[at]!];
      return own;
    };
    const pass = contender.pass.bind(contender);
    const setKeys = contender.setKeys.bind(contender);
    const swapped = {
      ...wrong,
      contender: { ...contender, answers: 'values' as const, values, pass, setKeys },
    };
    const tables = opened.tables.map((each) => (each === wrong ? swapped : each));
    // One that copies keys under the name of another.
    const real = (name: string): string => (name === 'rte_lpm_x4' ? 'null4' : name);
    const work = await lookupCase(
      {
        ...field,
        harness: {
          round: (name, ...rest) => harness.round(real(name), ...rest),
          check: (name, ...rest) => harness.check(real(name), ...rest),
          show: harness.show.bind(harness),
        },
      },
      4,
      'rand',
      { ...opened, tables },
      oracle,
    );
    const result = await measure(work);
    expect(result.refused?.map(({ name }) => name)).toEqual(['rte_lpm_x4', wrong.name]);
    for (const { why } of result.refused!)
      expect(why).toMatch(
        /^answers \d+ for [\d.]+, where \d+ is right; over 4096 keys [\da-f]{8} \d+, where [\da-f]{8} \d+ is right$/,
      );
    // The digest alone tells them apart.
    expect(result.refused![1]!.why).toMatch(/over 4096 keys [\da-f]{8} (\d+), where [\da-f]{8} \1 is right/);
    const names = namesOf(result);
    expect(names).toEqual(
      expect.arrayContaining(['rte_lpm_bulk', opened.tables[0]!.name, 'lookupBatch dir24-8']),
    );
    expect(names).not.toContain(wrong.name);
    expect(names).not.toContain('rte_lpm_x4');
  });

  it('refuses all when the oracle is another, so nobody else is it', async () => {
    const opened = openTables(field, 6, rowsOf(6), COUNT);
    const oracle = new RangeOracle(6, rowsOf(6).slice(1));
    const result = await measure(await lookupCase(field, 6, 'rand', opened, oracle));
    expect(namesOf(result)).toEqual(['null6']);
  });

  it(
    'refuses packet loops that differ from the others or from the Model, and times the rest',
    { timeout: 120_000 },
    async () => {
      const [right, wrong] = (['dir18-run', 'dir24-8'] as const).map((kind) => ({
        name: `pxtr forward ${kind}`,
        world: EngineWorld.open(field.folder, NEXT_HOPS, kind, 'forward'),
      }));
      const { world } = wrong!;
      const broken = {
        setFrames: world.setFrames.bind(world),
        pass: world.pass.bind(world),
        digest: (keys: Uint32Array) => world.digest(keys.subarray(0, keys.length - 1)),
      };
      const real = (name: string): string => (name === 'forward_wide4_lpm' ? 'forward_bare_lpm' : name);
      const work = await packetCase(
        {
          ...field,
          harness: {
            round: harness.round.bind(harness),
            check: (name, ...rest) => harness.check(real(name), ...rest),
            show: async (name, ...rest) => {
              const packets = await harness.show(name, ...rest);
              if ('skipped' in packets || name !== 'forward_plain_fib') return packets;
              return packets.map((packet, i) =>
                i === 7 ? { ...packet, flowHash: packet.flowHash + 1 } : packet,
              );
            },
          },
        },
        'forward',
        'rand',
        [right!, { name: wrong!.name, world: broken }],
      );
      const result = await measure(work);
      const refused = new Map(result.refused?.map(({ name, why }) => [name, why]));
      expect([...refused.keys()].sort()).toEqual([
        'forward_plain_fib',
        'forward_wide4_lpm',
        'pxtr forward dir24-8',
      ]);
      expect(refused.get('forward_plain_fib')).toMatch(/^makes of packet 7 verdict .*, the Model verdict /);
      expect(refused.get('forward_wide4_lpm')).toMatch(
        /where forward_plain_lpm has .* the Model finds it right$/,
      );
      expect(namesOf(result)).toEqual(
        expect.arrayContaining(['receive', 'forward_plain_lpm', 'pxtr receive', 'pxtr forward dir18-run']),
      );
    },
  );
});
