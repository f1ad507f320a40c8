import { reasonName } from '../../engine/counters.ts';
import type { PacketCount } from '../../engine/data-plane.ts';
import type { RouterView } from '../../router/view.ts';
import { counterWords } from './counter-words.ts';

/** `show ip lisp statistics`: counters of the data plane and of the control plane, zeros of reasons left out. */
export function showStatistics(view: RouterView): string[] {
  const { received, native, encapsulated, decapsulated, punted, dropped, byReason } = view.forwarding();
  const control = [...view.control()];
  return [
    'LISP EID Statistics for all EID instances',
    'Data packets:',
    row('Received', packets(received)),
    row('Forwarded natively', packets(native)),
    row('Encapsulated', packets(encapsulated)),
    row('Decapsulated', packets(decapsulated)),
    row('Handed to the control plane', String(punted)),
    row('Dropped', String(dropped)),
    ...section(
      'Data packets by reason:',
      byReason.flatMap((count, reason) => (count === 0 ? [] : [[reasonName(reason), count] as const])),
    ),
    ...section(
      'Data packets held or lost:',
      control.filter(([name]) => name.startsWith('packet:')),
    ),
    ...section(
      'Control packets:',
      control.filter(([name]) => !name.includes(':')),
    ),
    ...section(
      'Control packets dropped:',
      control.filter(([name]) => name.startsWith('drop:')),
    ),
  ];
}

function section(title: string, counts: readonly (readonly [string, number])[]): string[] {
  if (counts.length === 0) return [];
  return [title, ...counts.map(([name, count]) => row(counterWords(name), String(count)))];
}

function row(label: string, value: string): string {
  return `  ${`${label}: `.padEnd(34)}${value}`;
}

function packets({ packets: count, bytes }: PacketCount): string {
  return `${count} packets, ${bytes} bytes`;
}
