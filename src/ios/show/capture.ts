import type { CaptureFacts } from '../console-facts.ts';
import { timeOfDay } from '../clock.ts';

/** `show monitor capture`. */
export function showCapture(capture: CaptureFacts | undefined): string[] {
  if (capture === undefined) return ['No capture. "monitor capture start" begins one.'];
  const { startedAt, stoppedAt, interfaceName, packets, bytes } = capture;
  return [
    `Status: ${stoppedAt === undefined ? 'active' : 'inactive'}`,
    `  Interface:  ${interfaceName ?? 'all'}`,
    `  Started:    ${timeOfDay(startedAt)}`,
    ...(stoppedAt === undefined ? [] : [`  Stopped:    ${timeOfDay(stoppedAt)}`]),
    `  Packets:    ${packets}`,
    `  Bytes:      ${bytes}`,
  ];
}
