/** The engine under test: the release build as it ships, with the lab preset unless a case needs more room. */
import { createEngineSync, type Engine, type EngineOptions } from '../src/engine/engine.ts';

export function openEngine(options: EngineOptions = {}): Engine {
  return createEngineSync(options);
}
