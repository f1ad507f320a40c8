/** The outputs that every role makes. */
import type { TraceFields } from '../base/trace.ts';
import type { RoleOutput } from './machine.ts';

/** A list that takes role outputs, and perhaps others. */
interface RoleOutputs {
  push(output: RoleOutput): unknown;
}

export function drop(out: RoleOutputs, reason: string, detail?: string): void {
  out.push(detail === undefined ? { kind: 'drop', reason } : { kind: 'drop', reason, detail });
}

export function trace(out: RoleOutputs, source: string, event: string, fields: TraceFields): void {
  out.push({ kind: 'trace', event: { source, event, fields } });
}
