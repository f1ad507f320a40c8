import type { Micros } from '../base/time.ts';
import type { LabFile } from './lab-file.ts';

/**
 * The lab before anybody does anything: without what is typed, pinged or thrown at it, and without what happens after
 * `until`. Changes of links and configurations up to then are part of how it is set up.
 */
export function quietFile(file: LabFile, until: Micros): LabFile {
  const steps = file.steps.filter(
    ({ at, action }) => at <= until && (action.kind === 'link' || action.kind === 'config'),
  );
  return { ...file, steps, expectations: [] };
}
