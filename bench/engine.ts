/** The engine under test: the release build as it ships, with the lab preset unless a case needs more room. */
import type { Engine, EngineOptions } from '../src/engine/engine.ts';
import { createEngineSync } from '../src/engine/open-inline.ts';

export function openEngine(options: EngineOptions = {}): Engine {
  return createEngineSync(options);
}
