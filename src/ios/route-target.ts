import { formatIp } from '../base/ip-text.ts';
import type { StaticRoute } from '../router/options.ts';
import { NULL_INTERFACE } from './interface-name.ts';

/** The gateway or interface, as it is written. */
export function formatTarget(target: StaticRoute['target']): string {
  if (target.kind === 'via') return formatIp(target.gateway);
  return target.kind === 'interface' ? target.name : NULL_INTERFACE;
}
