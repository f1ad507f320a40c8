/** `pxtr/url`: the data plane with its WebAssembly module in a file of its own, read from this package: what Node takes for `pxtr/url`. */
export * from './engine.ts';
export { createEngine, createLpm, createOffload, engineModule } from '../engine/open-node.ts';
