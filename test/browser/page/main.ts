// The page of the determinism test: the library as a browser loads it, with the scenarios' files inside the bundle.
import { runScenario, type ScenarioRun } from '../run-scenario.ts';

const texts: Record<string, string> = import.meta.glob('../../../examples/*/*.{yaml,ios}', {
  query: '?raw',
  import: 'default',
  eager: true,
});

function filesOf(scenario: string): Map<string, string> {
  const folder = `/examples/${scenario}/`;
  return new Map(
    Object.entries(texts)
      .filter(([path]) => path.includes(folder))
      .map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
  );
}

declare global {
  interface Window {
    runScenario: (scenario: string, seed: number) => ScenarioRun;
  }
}

window.runScenario = (scenario, seed) => runScenario(filesOf(scenario), seed);
