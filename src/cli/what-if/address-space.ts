/** The address space in blocks that nothing in a network tells apart inside, and sets of blocks in few words. */
import {
  addressBits,
  anyAddress,
  comparePrefix,
  covers,
  flipBit,
  prefix,
  samePrefix,
  type Family,
  type IpPrefix,
} from '../../base/ip.ts';

/**
 * Cuts the space of a family at the borders of all `prefixes` of it: the widest prefixes that lie inside or outside of
 * each of them. In order; together they are everything.
 */
export function splitSpace(family: Family, prefixes: readonly IpPrefix[]): IpPrefix[] {
  const borders = prefixes.filter(({ address }) => address.family === family).sort(comparePrefix);
  const blocks: IpPrefix[] = [];
  const split = (part: IpPrefix, inside: readonly IpPrefix[]): void => {
    const finer = inside.filter(({ bits }) => bits > part.bits);
    if (finer.length === 0) {
      blocks.push(part);
      return;
    }
    for (const half of halves(part))
      split(
        half,
        finer.filter((each) => covers(half, each)),
      );
  };
  split(prefix(anyAddress(family), 0), borders);
  return blocks;
}

function halves({ address, bits }: IpPrefix): [IpPrefix, IpPrefix] {
  return [
    { address, bits: bits + 1 },
    { address: flipBit(address, bits), bits: bits + 1 },
  ];
}

/** `prefix` without the parts in `except`. */
export interface Range {
  readonly prefix: IpPrefix;
  readonly except: readonly IpPrefix[];
}

/** Whether a block is meant, is not, or does not matter. */
export type Membership = 'in' | 'out' | 'either';

/**
 * The fewest prefixes, and exceptions from them, that say exactly which blocks of a partition are meant: what
 * compression of routing tables does (Draves, King, Venkatachary, Zill, 1999), for two next hops.
 */
export function describeBlocks(
  family: Family,
  blocks: readonly IpPrefix[],
  membership: (block: IpPrefix) => Membership,
): Range[] {
  const root = planFor(prefix(anyAddress(family), 0), blocks, membership);
  const ranges: Range[] = [];
  collect(root, false, ranges, []);
  return ranges.map(({ prefix: outer, except }) => ({ prefix: outer, except }));
}

/** Prefixes to write below a node, itself included, when everything around it is out (0) or in (1). */
interface Plan {
  readonly prefix: IpPrefix;
  readonly cost: readonly [number, number];
  /** Whether the node itself is written to flip what is around it. */
  readonly flips: readonly [boolean, boolean];
  readonly parts: readonly Plan[];
}

function planFor(part: IpPrefix, blocks: readonly IpPrefix[], of: (block: IpPrefix) => Membership): Plan {
  const [first] = blocks;
  const isLeaf = blocks.length === 1 && samePrefix(first!, part);
  const parts = isLeaf
    ? []
    : halves(part).map((half) =>
        planFor(
          half,
          blocks.filter((each) => covers(half, each)),
          of,
        ),
      );
  const kept = isLeaf
    ? leafCost(of(first!))
    : ([0, 1] as const).map((state) => parts.reduce((sum, { cost }) => sum + cost[state], 0));
  const flips = [kept[1]! + 1 < kept[0]!, kept[0]! + 1 < kept[1]!] as const;
  const cost = [Math.min(kept[0]!, kept[1]! + 1), Math.min(kept[1]!, kept[0]! + 1)] as const;
  return { prefix: part, cost, flips, parts };
}

/** More than any table could cost. */
const IMPOSSIBLE = 1e9;

function leafCost(membership: Membership): [number, number] {
  return membership === 'either' ? [0, 0] : membership === 'in' ? [IMPOSSIBLE, 0] : [0, IMPOSSIBLE];
}

function collect(plan: Plan, isIn: boolean, ranges: Range[], exceptions: IpPrefix[]): void {
  const flips = plan.flips[isIn ? 1 : 0];
  if (!flips) {
    for (const part of plan.parts) collect(part, isIn, ranges, exceptions);
    return;
  }
  if (isIn) {
    // Whatever is meant again inside the exception is a range of its own.
    exceptions.push(plan.prefix);
    for (const part of plan.parts) collect(part, false, ranges, []);
    return;
  }
  const except: IpPrefix[] = [];
  ranges.push({ prefix: plan.prefix, except });
  for (const part of plan.parts) collect(part, true, ranges, except);
}

/** The widest prefixes that hold these blocks and nothing else, in order. */
export function mergeBlocks(blocks: readonly IpPrefix[]): IpPrefix[] {
  const merged: IpPrefix[] = [];
  for (const block of [...blocks].sort(comparePrefix)) {
    let last = block;
    for (;;) {
      const before = merged.at(-1);
      if (before === undefined || before.bits !== last.bits || last.bits === 0) break;
      const whole = prefix(last.address, last.bits - 1);
      if (!samePrefix(whole, prefix(before.address, before.bits - 1))) break;
      merged.pop();
      last = whole;
    }
    merged.push(last);
  }
  return merged;
}

/** Bits of the longest prefix of a family. */
export function isHost({ address, bits }: IpPrefix): boolean {
  return bits === addressBits(address.family);
}
