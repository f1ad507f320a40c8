/**
 * `pxtr`: the data plane with its WebAssembly module built in, which works in Node, in browsers and in every bundler
 * without a file or a request. Everything here is a function of its inputs: no clock, no sockets, no randomness.
 */
export * from './entries/engine.ts';
export {
  createEngine,
  createEngineSync,
  createLpm,
  createLpmSync,
  createOffload,
  createOffloadSync,
  type ModuleChoice,
} from './engine/open-inline.ts';
