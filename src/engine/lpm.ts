import {
  ATOMICITY_PER_ADDRESS,
  CAP_INSERT,
  CAP_V4,
  CAP_V6,
  LPM_BINARY_TRIE,
  LPM_COMPARE,
  LPM_DIR18_RUN,
  LPM_DIR18_RUN_NARROW,
  LPM_DIR24_8,
  LPM_DIR24_8_NARROW,
  LPM_DIR24_STRIDE6,
  LPM_DIR24_STRIDE6_NARROW,
  LPM_DXR,
  LPM_DXR_NARROW,
  LPM_FIRST_RESEARCH,
  LPM_HASH_LENGTH,
  LPM_LINEAR,
  LPM_MULTIBIT,
  LPM_PATRICIA,
  LPM_POPTRIE,
  LPM_POPTRIE_NARROW,
  LPM_SAIL,
  LPM_SAIL_NARROW,
  LPM_TREE_BITMAP,
} from '../../assembly/layout.ts';
import type { Family } from '../base/ip.ts';
import { badOption } from './errors.ts';
import type { EngineExports } from './wasm.ts';

/** Names of the lookup algorithms that every engine has; see docs/lpm.md. */
export type RouterLpmKind = 'linear' | 'compare' | 'patricia' | 'dir18-run' | 'dir24-8' | 'dir24-stride6';

/** Names of those that only the module of `pxtr/research` has. */
export type ResearchLpmKind =
  'binary-trie' | 'tree-bitmap' | 'multibit' | 'poptrie' | 'dxr' | 'sail' | 'hash-length';

/** Names of all lookup algorithms. */
export type LpmKind = RouterLpmKind | ResearchLpmKind;

/** Bytes of a value in the tables of a kind that has a choice. */
export type LeafBytes = 2 | 4;

const CODES: Readonly<Record<LpmKind, Readonly<Partial<Record<LeafBytes, number>>>>> = {
  linear: { 4: LPM_LINEAR },
  compare: { 4: LPM_COMPARE },
  patricia: { 4: LPM_PATRICIA },
  'dir18-run': { 2: LPM_DIR18_RUN_NARROW, 4: LPM_DIR18_RUN },
  'dir24-8': { 2: LPM_DIR24_8_NARROW, 4: LPM_DIR24_8 },
  'dir24-stride6': { 2: LPM_DIR24_STRIDE6_NARROW, 4: LPM_DIR24_STRIDE6 },
  'binary-trie': { 4: LPM_BINARY_TRIE },
  'tree-bitmap': { 4: LPM_TREE_BITMAP },
  multibit: { 4: LPM_MULTIBIT },
  poptrie: { 2: LPM_POPTRIE_NARROW, 4: LPM_POPTRIE },
  dxr: { 2: LPM_DXR_NARROW, 4: LPM_DXR },
  sail: { 2: LPM_SAIL_NARROW, 4: LPM_SAIL },
  'hash-length': { 4: LPM_HASH_LENGTH },
};

const FOUR_ONLY: readonly LpmKind[] = ['compare', 'dir18-run', 'dir24-8', 'dxr', 'sail'];

const ALL_KINDS = Object.keys(CODES) as LpmKind[];

/** The names of the lookup algorithms that every engine has. */
export const LPM_KINDS = ALL_KINDS.filter((kind) => !isResearchKind(kind)) as readonly RouterLpmKind[];

/** The names of those that only the module of `pxtr/research` has. */
export const RESEARCH_KINDS = ALL_KINDS.filter(isResearchKind) as readonly ResearchLpmKind[];

/** Whether only the module of `pxtr/research` has it. */
export function isResearchKind(kind: LpmKind): kind is ResearchLpmKind {
  return lpmCode(kind) >= LPM_FIRST_RESEARCH;
}

/** Throws EngineError when `kind`, given as the option `option`, is none of `kinds`. */
export function checkKind(
  option: string,
  kind: LpmKind | 'auto',
  kinds: readonly (LpmKind | 'auto')[] = ['auto', ...ALL_KINDS],
): void {
  if (!kinds.includes(kind)) throw badOption(option, `no kind ${kind}, but ${kinds.join(', ')}`);
}

/** Largest value that every kind can hold. */
export const LARGEST_VALUE = 0x7fff_ffff;

/** Largest value of a leaf of two bytes. */
export const LARGEST_NARROW_VALUE = 0x7fff;

/** The LPM_* code of a kind with leaves of this size. */
export function lpmCode(kind: LpmKind, leafBytes: LeafBytes = 4): number {
  return CODES[kind][leafBytes] ?? CODES[kind][4]!;
}

/** The smallest leaves that a kind can have. */
export function leastLeafBytes(kind: LpmKind): LeafBytes {
  return CODES[kind][2] === undefined ? 4 : 2;
}

/** What a kind can do. */
export interface LpmCapabilities {
  readonly families: readonly Family[];
  /** Single prefixes can be inserted and removed; otherwise the table is built whole. */
  readonly incremental: boolean;
  /** What a reader sees of a change: the whole table before or after it, or that address by address. */
  readonly atomicity: 'snapshot' | 'per-address';
}

export function lpmCapabilities(exports: EngineExports, kind: LpmKind): LpmCapabilities {
  const code = lpmCode(kind);
  const caps = exports.lpmCaps(code);
  return {
    families: [...(caps & CAP_V4 ? [4 as const] : []), ...(caps & CAP_V6 ? [6 as const] : [])],
    incremental: (caps & CAP_INSERT) !== 0,
    atomicity: exports.lpmAtomicity(code) === ATOMICITY_PER_ADDRESS ? 'per-address' : 'snapshot',
  };
}

/** Up to this many prefixes 'auto' compares each with each address. */
export const SMALL_TABLE = 16;

/** From this many prefixes on 'auto' takes a kind for large tables, and leaves it below half as many. */
export const LARGE_TABLE = 4096;

/** Whether a kind takes prefixes of this family. */
export function serves(kind: LpmKind, family: Family): boolean {
  if (kind === 'dir24-stride6') return family === 6;
  return family === 4 || !FOUR_ONLY.includes(kind);
}

/**
 * How the addresses of packets lie, which 'auto' cannot see: all over the table, or most of them on few addresses. See
 * docs/lpm.md for what it changes.
 */
export type Traffic = 'spread' | 'skewed';

/** A kind, and the reason for it in a few words. */
export interface LpmChoice {
  readonly kind: LpmKind;
  readonly why: string;
}

/** Whether 'auto' takes it for many prefixes. */
export function isLarge(kind: LpmKind): boolean {
  return kind.startsWith('dir');
}

/** The kind for a table of `prefixes` prefixes, which is of kind `now`; what does not serve a family is replaced. */
export function chooseLpm(
  wanted: LpmKind | 'auto',
  family: Family,
  prefixes: number,
  now: LpmKind,
  traffic: Traffic = 'spread',
): LpmChoice {
  if (wanted !== 'auto')
    return serves(wanted, family)
      ? { kind: wanted, why: 'asked for' }
      : { kind: 'patricia', why: `${wanted} does not serve IPv${family}` };
  const many = isLarge(now) && prefixes < LARGE_TABLE ? LARGE_TABLE / 2 : LARGE_TABLE;
  if (prefixes >= many) {
    const why = `${many} prefixes or more`;
    if (family === 6) return { kind: 'dir24-stride6', why };
    return { kind: traffic === 'skewed' ? 'dir24-8' : 'dir18-run', why: `${why}, ${traffic} traffic` };
  }
  const few = now === 'compare' && prefixes > SMALL_TABLE / 2 ? SMALL_TABLE : SMALL_TABLE / 2;
  const until = few === SMALL_TABLE ? '' : `, and then up to ${SMALL_TABLE}`;
  if (family === 4 && prefixes <= few) return { kind: 'compare', why: `${few} prefixes or fewer${until}` };
  return { kind: 'patricia', why: `fewer than ${many} prefixes` };
}
