/** Two labs, decision by decision: what packets between any two addresses meet in one and in the other. */
import { contains, hostPrefix, sameIp, type Family, type IpAddress, type IpPrefix } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import type { Micros } from '../../base/time.ts';
import { createLab, type Lab } from '../../sim/lab.ts';
import type { LabFile } from '../../sim/lab-file.ts';
import type { LabNode } from '../../sim/lab-node.ts';
import { quietFile } from '../../sim/lab-quiet.ts';
import { dataPlaneMaker } from '../data-planes.ts';
import { describeBlocks, mergeBlocks, splitSpace, type Range } from './address-space.ts';
import { diffConfigs, type ConfigDiffLine } from './config-diff.ts';
import { Oracle, type Decision, type Source } from './decision.ts';
import { knownPrefixes, NOT_UNICAST } from './known-prefixes.ts';
import { settle, type Pair } from './settle.ts';

/** How the labs are brought to where they are compared. */
export interface CompareOptions {
  readonly seed: number;
  /** When sites have registered and routes are learned. */
  readonly at: Micros;
  /** Nothing looked up, instead of everything. */
  readonly cold: boolean;
}

/** `lost`: delivered before, not any more; `gained`: the other way round; `changed`: another way to the same end. */
export type ChangeKind = 'lost' | 'gained' | 'changed';

/** A change of what packets meet, for all the pairs of addresses that share it. */
export interface DecisionChange {
  readonly kind: ChangeKind;
  readonly node: string;
  readonly sources: readonly IpAddress[];
  /** Every destination, as few prefixes; disjoint and in order. */
  readonly destinations: readonly IpPrefix[];
  /** The same destinations as prefixes with exceptions; multicast and the like may be among them. */
  readonly ranges: readonly Range[];
  readonly before: Decision;
  readonly after: Decision;
}

/** Configuration lines of a node that differ. */
export interface NodeConfigDiff {
  readonly node: string;
  readonly lines: readonly ConfigDiffLine[];
}

/** Names or addresses that only one of the labs has. */
export interface OneSided<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}

/** What two labs differ in. */
export interface LabComparison {
  readonly config: readonly NodeConfigDiff[];
  readonly nodes: OneSided<string>;
  /** As text: name and ends. */
  readonly links: OneSided<string>;
  /** Of nodes that both have: packets from these cannot be compared. */
  readonly addresses: OneSided<Source>;
  /** What was compared: addresses to send from, blocks of addresses to send to, and pairs of them. */
  readonly compared: { readonly sources: number; readonly blocks: number; readonly decisions: number };
  /** Pairs that differ, by kind. */
  readonly differing: Readonly<Record<ChangeKind, number>>;
  /** What is lost first, then what is gained. */
  readonly changes: readonly DecisionChange[];
}

/**
 * Compares every decision. Destinations are grouped into blocks that no table of either lab tells apart inside, so
 * one address stands for each block, and nothing is left to chance.
 */
export function compareLabs(a: LabFile, b: LabFile, options: CompareOptions): LabComparison {
  const labs = [a, b].map((file) => startLab(file, options)) as [Lab, Lab];
  const addresses = oneSided(sourcesOf(labs[0]), sourcesOf(labs[1]), sourceKey);
  const shared = sourcesOf(labs[0]).filter((each) => !addresses.before.includes(each));
  const families = ([4, 6] as const).filter((family) =>
    shared.some(({ address }) => address.family === family),
  );
  const blocks = families.flatMap((family) => settledBlocks(family, labs, shared, options));
  const oracles = labs.map((lab) => new Oracle(lab)) as [Oracle, Oracle];
  const found = shared.flatMap((source) => {
    const own = blocks.filter(({ address }) => address.family === source.address.family);
    return [...changesFrom(source, own, oracles).values()];
  });
  const known = new Set(labs[0].nodeNames.filter((name) => labs[1].nodeNames.includes(name)));
  return {
    config: configDiffs(a, b),
    nodes: oneSided(labs[0].nodeNames, labs[1].nodeNames, (name) => name),
    links: oneSided(linkTexts(a), linkTexts(b), (text) => text),
    addresses: {
      before: addresses.before.filter(({ node }) => known.has(node)),
      after: addresses.after.filter(({ node }) => known.has(node)),
    },
    compared: {
      sources: shared.length,
      blocks: blocks.length,
      decisions: shared.reduce((sum, { address }) => sum + blocksOf(blocks, address.family).length, 0),
    },
    differing: {
      lost: countOf(found, 'lost'),
      gained: countOf(found, 'gained'),
      changed: countOf(found, 'changed'),
    },
    changes: joinSources(found, blocks),
  };
}

/** The lab at the time of the question, nothing typed. */
function startLab(file: LabFile, { seed, at }: CompareOptions): Lab {
  // Going back is not wanted: one checkpoint is enough. The engine's answers come from the model anyway.
  const settings = { seed, makeDataPlane: dataPlaneMaker('model'), checkpointEvery: 1_000_000_000 };
  const lab = createLab(dropMisses(quietFile(file, at)), settings);
  lab.timeline.runUntil(at);
  return lab;
}

/** What happens to a packet during its lookup is no decision; held ones would only go round in loops afterwards. */
function dropMisses(file: LabFile): LabFile {
  const nodes = file.nodes.map((node): LabNode => {
    if (node.kind === 'host' || node.options.lisp === undefined) return node;
    const { options } = node;
    return { ...node, options: { ...options, lisp: { ...node.options.lisp, missPolicy: 'drop' } } };
  });
  return { ...file, nodes };
}

/** Every address of every node that is up, in the order of the lab file. */
function sourcesOf(lab: Lab): Source[] {
  return lab.file.nodes.flatMap((node) =>
    ownAddresses(node, lab).map((address) => ({ node: node.name, address })),
  );
}

function ownAddresses(node: LabNode, lab: Lab): IpAddress[] {
  if (node.kind === 'host') return node.options.addresses.map(({ address }) => address);
  const interfaces = lab.router(node.name)?.options.interfaces ?? [];
  return interfaces
    .filter(({ shutdown }) => !shutdown)
    .flatMap(({ addresses }) => addresses.map(({ address }) => address));
}

function sourceKey({ node, address }: Source): string {
  return `${node} ${formatIp(address)}`;
}

/** Answers may bring prefixes that were nowhere before; then the space is cut again, and asked again. */
const MAX_CUTS = 4;

function settledBlocks(
  family: Family,
  labs: readonly [Lab, Lab],
  sources: readonly Source[],
  { cold }: CompareOptions,
): IpPrefix[] {
  const cut = (): IpPrefix[] => splitSpace(family, labs.flatMap(knownPrefixes));
  let blocks = cut();
  if (cold) return blocks;
  const own = sources.filter(({ address }) => address.family === family);
  for (let round = 0; round < MAX_CUTS; round++) {
    const pairs = own.flatMap((source) =>
      blocks.filter(isUnicast).map(({ address: destination }): Pair => ({ source, destination })),
    );
    for (const lab of labs) settle(lab, pairs);
    const finer = cut();
    if (finer.length === blocks.length) return blocks;
    blocks = finer;
  }
  return blocks;
}

function isUnicast({ address }: IpPrefix): boolean {
  return !NOT_UNICAST.some((range) => contains(range, address));
}

interface FoundChange {
  readonly source: Source;
  readonly blocks: IpPrefix[];
  readonly before: Decision;
  readonly after: Decision;
}

/** Changes of packets from one address, by the pair of decisions. */
function changesFrom(
  source: Source,
  blocks: readonly IpPrefix[],
  [a, b]: readonly [Oracle, Oracle],
): Map<string, FoundChange> {
  const found = new Map<string, FoundChange>();
  for (const block of blocks) {
    const [before, after] = [a.decide(source, block.address), b.decide(source, block.address)];
    if (before.key === after.key) continue;
    const key = `${before.key}\n\n${after.key}`;
    const change = found.get(key) ?? { source, blocks: [], before, after };
    found.set(key, change);
    change.blocks.push(block);
  }
  return found;
}

/** Addresses of one node that share a change and its destinations are told together. */
function joinSources(found: readonly FoundChange[], blocks: readonly IpPrefix[]): DecisionChange[] {
  const joined = new Map<string, { first: FoundChange; sources: IpAddress[] }>();
  for (const change of found) {
    const destinations = change.blocks.map(({ address, bits }) => `${formatIp(address)}/${bits}`).join(' ');
    const key = [change.source.node, change.before.key, change.after.key, destinations].join('\n\n');
    const held = joined.get(key);
    if (held === undefined) joined.set(key, { first: change, sources: [change.source.address] });
    else held.sources.push(change.source.address);
  }
  const changes = [...joined.values()].map(({ first, sources }): DecisionChange => {
    const { family } = first.source.address;
    const chosen = new Set(first.blocks);
    return {
      kind: kindOf(first),
      node: first.source.node,
      sources,
      destinations: mergeBlocks(first.blocks),
      ranges: describeBlocks(family, blocksOf(blocks, family), (block) =>
        chosen.has(block) ? 'in' : isUnicast(block) ? 'out' : 'either',
      ),
      before: first.before,
      after: first.after,
    };
  });
  return KINDS.flatMap((kind) => changes.filter((change) => change.kind === kind));
}

const KINDS: readonly ChangeKind[] = ['lost', 'gained', 'changed'];

/** Some flows lost are a loss. */
function kindOf({ before, after }: Pick<FoundChange, 'before' | 'after'>): ChangeKind {
  const [was, is] = [before, after].map(({ paths }) => paths.every(({ end }) => end === 'delivered'));
  return was === is ? 'changed' : was === true ? 'lost' : 'gained';
}

function countOf(found: readonly FoundChange[], kind: ChangeKind): number {
  return found.reduce((sum, each) => sum + (kindOf(each) === kind ? each.blocks.length : 0), 0);
}

function blocksOf(blocks: readonly IpPrefix[], family: Family): IpPrefix[] {
  return blocks.filter(({ address }) => address.family === family);
}

function configDiffs(a: LabFile, b: LabFile): NodeConfigDiff[] {
  const textOf = (file: LabFile, name: string): string => {
    const node = file.nodes.find((each) => each.name === name);
    return node === undefined ? '' : node.kind === 'router' ? node.config : hostText(node.options.addresses);
  };
  const names = [...new Set([...a.nodes, ...b.nodes].map(({ name }) => name))];
  return names
    .map((node) => ({ node, lines: diffConfigs(textOf(a, node), textOf(b, node)) }))
    .filter(({ lines }) => lines.length > 0);
}

function hostText(addresses: readonly { readonly address: IpAddress; readonly bits: number }[]): string {
  return addresses.map(({ address, bits }) => `host ${formatIp(address)}/${bits}`).join('\n');
}

function linkTexts({ links }: LabFile): string[] {
  return links.map(
    ({ name, a, b }) => `${name}: ${a.node} ${a.interfaceName} - ${b.node} ${b.interfaceName}`,
  );
}

function oneSided<T>(a: readonly T[], b: readonly T[], keyOf: (each: T) => string): OneSided<T> {
  const without = (these: readonly T[], those: readonly T[]): T[] => {
    const known = new Set(those.map(keyOf));
    return these.filter((each) => !known.has(keyOf(each)));
  };
  return { before: without(a, b), after: without(b, a) };
}

/** The node that has this address, if one has. */
export function ownerOf({ nodes }: LabFile, { address, bits }: IpPrefix): string | undefined {
  if (hostPrefix(address).bits !== bits) return undefined;
  return nodes.find((node) => {
    const own =
      node.kind === 'host'
        ? node.options.addresses
        : node.options.interfaces.flatMap((port) => port.addresses);
    return own.some((each) => sameIp(each.address, address));
  })?.name;
}
