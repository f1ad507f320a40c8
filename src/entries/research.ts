/**
 * `pxtr/research`: longest-prefix match with all algorithms of docs/lpm.md, for those who compare them. The module is a
 * file of its own; `createLpm` and `createEngine` of `pxtr` take it as their option `wasm`.
 */
export * from './engine.ts';
export { researchModule } from '../engine/open-research-url.ts';
export * from './research-tables.ts';
