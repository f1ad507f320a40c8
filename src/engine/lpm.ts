import {
  ATOMICITY_PER_ADDRESS,
  CAP_INSERT,
  CAP_V4,
  CAP_V6,
  LPM_LINEAR,
  LPM_PATRICIA,
} from '../../assembly/layout.ts';
import type { Family } from '../base/ip.ts';
import type { EngineExports } from './wasm.ts';

/** Names of the lookup algorithms; see docs/lpm.md. */
export type LpmKind = 'linear' | 'patricia';

const CODES: Readonly<Record<LpmKind, number>> = { linear: LPM_LINEAR, patricia: LPM_PATRICIA };

/** The names of all lookup algorithms. */
export const LPM_KINDS = Object.keys(CODES) as readonly LpmKind[];

/** The LPM_* code of a kind. */
export function lpmCode(kind: LpmKind): number {
  return CODES[kind];
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
  const caps = exports.lpmCaps(CODES[kind]);
  return {
    families: [...(caps & CAP_V4 ? [4 as const] : []), ...(caps & CAP_V6 ? [6 as const] : [])],
    incremental: (caps & CAP_INSERT) !== 0,
    atomicity: exports.lpmAtomicity(CODES[kind]) === ATOMICITY_PER_ADDRESS ? 'per-address' : 'snapshot',
  };
}

/** The kind behind 'auto'. Patricia serves every size until larger-table kinds exist. */
export function chooseLpm(wanted: LpmKind | 'auto'): LpmKind {
  return wanted === 'auto' ? 'patricia' : wanted;
}
