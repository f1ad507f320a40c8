/**
 * `pxtr/research`: longest-prefix match with all algorithms of docs/lpm.md, as Node takes it, for those who compare them. The module is a
 * file of its own; `createLpm` and `createEngine` of `pxtr` take it as their option `wasm`.
 */
export * from './engine.ts';
export { researchModule } from '../engine/open-research-node.ts';
export {
  ResearchTable,
  type ResearchBuild,
  type ResearchTableOptions,
  type Touch,
  type Walk,
} from '../engine/research-table.ts';
export type { FibChange } from '../engine/fib.ts';
export { RESEARCH_KINDS, type LeafBytes } from '../engine/lpm.ts';
