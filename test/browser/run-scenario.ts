// One scenario, one seed, and everything that must be equal wherever it runs. Imported by the page and by the test.
import { createLab, loadLab } from '../../src/entries/sim.ts';
import { createEngineSync } from '../../src/index.ts';

export interface ScenarioRun {
  readonly passed: boolean;
  readonly logHash: string;
  /** The event log, line by line. */
  readonly log: string[];
  /** The capture file, byte by byte. */
  readonly pcapng: number[];
}

export function runScenario(files: ReadonlyMap<string, string>, seed: number): ScenarioRun {
  const file = loadLab(files);
  if (!file.ok) throw new Error(JSON.stringify(file.error));
  const lab = createLab(file.value, { seed, makeDataPlane: () => createEngineSync() });
  const { passed, logHash } = lab.run();
  return { passed, logHash, log: lab.log(), pcapng: [...lab.capture()] };
}
