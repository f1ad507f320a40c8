import type { Phase } from '../../engine/phases.ts';
import type { PacketTrace } from '../../router/view.ts';
import { timeOfDay } from '../clock.ts';

/** `show trace`: the packets that `trace add` recorded, with the steps of their forwarding. */
export function showTraces(traces: readonly PacketTrace[]): string[] {
  if (traces.length === 0) return ['No packets traced. "trace add 5" traces the next five.'];
  return traces.flatMap(({ time, interfaceName, packet, explanation }, i) => [
    ...(i === 0 ? [] : ['']),
    `Packet ${i + 1}, ${timeOfDay(time)}, ${interfaceName === undefined ? 'from this router' : `in ${interfaceName}`}`,
    `  ${packet}`,
    ...phaseLines(explanation.phases),
  ]);
}

function phaseLines(phases: readonly Phase[]): string[] {
  const width = phases.reduce((widest, { phase }) => Math.max(widest, phase.length), 0) + 2;
  return phases.map(({ phase, table, key, result }) => {
    const place = table === '-' ? '' : `${table}: `;
    const what = key === '-' ? result : `${key}: ${result}`;
    return `  ${phase.padEnd(width)}${place}${what}`;
  });
}
