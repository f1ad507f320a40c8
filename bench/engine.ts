/** The engine under test: the release build as it ships, with the lab preset unless a case needs more room. */
import type { Engine, EngineOptions } from '../src/engine/engine.ts';
import type { Offload } from '../src/engine/offload.ts';
import { createEngineSync, createOffloadSync, type ModuleChoice } from '../src/engine/open-inline.ts';

export function openEngine(options: EngineOptions & ModuleChoice = {}): Engine {
  return createEngineSync(options);
}

export function openOffload(): Offload {
  return createOffloadSync();
}
