/** All ideas of docs/lpm.md, "What was tried to be faster", that were built. */
import type { Peer, TableContender } from '../../src/bench/contender.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { openBlocks, type BlockSlots } from './blocks.ts';
import { engineStage, type BaseKind } from './engine-stage.ts';
import { openHybrid } from './hybrid.ts';
import { openRegions, REGIONS_KIND } from './regions.ts';

type Open = (rows: readonly TableRow[], keys: number) => TableContender;

/** Entries of 8 bytes, lists, and the order of lanes. */
const FRONT_BYTES = 16_384;
const SORT_BYTES = 8192;

const IDEAS: Readonly<Record<string, Open>> = {
  ...front('dir18-run', 10, 0),
  ...front('dir18-run', 12, 0),
  ...front('dir18-run', 14, 0),
  ...front('dir18-run', 12, 3),
  ...front('dir24-8', 12, 0),
  ...sorting('dir18-run', 8),
  ...sorting('dir24-8', 8),
  ...sorting('dir24-8', 10),
  'hybrid 16 /8 by traffic': (rows, keys) => openHybrid(rows, keys, 'traffic', 16),
  'hybrid 64 /8 by prefixes': (rows, keys) => openHybrid(rows, keys, 'prefixes', 64),
  [REGIONS_KIND]: openRegions,
  ...blocks(64),
  ...blocks(32),
  ...blocks(16),
};

/** `keys`: the most that will be looked up. */
export function ideaPeers(keys: number): Peer[] {
  return Object.entries(IDEAS).map(([kind, open]) => ({
    kind,
    families: [4],
    open: (_, rows) => open(rows, keys),
  }));
}

/** 2^`bits` entries; one in 2^`fill` of the keys that were missing comes in. */
function front(base: BaseKind, bits: number, fill: number): Readonly<Record<string, Open>> {
  const kind = `front ${2 ** (bits - 10)} Ki${fill === 0 ? '' : `, 1 in ${2 ** fill}`}, ${base}`;
  const workBytes = FRONT_BYTES + 8 * 2 ** bits;
  return {
    [kind]: (rows, keys) =>
      engineStage(rows, keys, { kind, file: 'front', base, workBytes, numbers: [bits, fill] }),
  };
}

function sorting(base: BaseKind, bits: number): Readonly<Record<string, Open>> {
  const kind = `sorted by ${bits} bits, ${base}`;
  return {
    [kind]: (rows, keys) =>
      engineStage(rows, keys, { kind, file: 'sort', base, workBytes: SORT_BYTES, numbers: [bits] }),
  };
}

function blocks(size: BlockSlots): Readonly<Record<string, Open>> {
  const kind = `2-byte directory, blocks of ${size}`;
  return { [kind]: (rows) => openBlocks(kind, rows, size) };
}
