/** The outputs that every role makes. */
import type { TraceFields } from '../base/trace.ts';
import type { RoleOutput } from './machine.ts';

export function drop(out: RoleOutput[], reason: string, detail?: string): void {
  out.push(detail === undefined ? { kind: 'drop', reason } : { kind: 'drop', reason, detail });
}

export function trace(out: RoleOutput[], source: string, event: string, fields: TraceFields): void {
  out.push({ kind: 'trace', event: { source, event, fields } });
}
