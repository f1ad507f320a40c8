/** `pxtr/url`: the data plane with its WebAssembly module in a file of its own, requested from beside the script. */
export * from './engine.ts';
export { createEngine, createLpm, createOffload, engineModule } from '../engine/open-url.ts';
