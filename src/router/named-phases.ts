import type { Phase } from '../engine/phases.ts';

/** Phases for people: the data plane knows interfaces by number only. */
export function namedPhases(phases: readonly Phase[], interfaces: readonly string[]): Phase[] {
  const named = (text: string): string =>
    text.replace(/\binterface (\d+)\b/g, (all, index: string) => interfaces[Number(index)] ?? all);
  return phases.map((phase) => ({ ...phase, result: named(phase.result) }));
}
