/** What both forms of `pxtr/research` have. */
export {
  ResearchTable,
  type ResearchBuild,
  type ResearchTableOptions,
  type Touch,
  type Walk,
} from '../engine/research-table.ts';
export type { FibChange } from '../engine/fib.ts';
export { RESEARCH_KINDS, type LeafBytes } from '../engine/lpm.ts';
