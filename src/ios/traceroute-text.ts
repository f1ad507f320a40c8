import { formatIp } from '../base/ip-text.ts';
import type { TracerouteHop, TracerouteResult } from '../router/node.ts';

/** What IOS prints for a traceroute that is over. */
export function formatTraceroute({ request, hops }: TracerouteResult): string[] {
  return [
    'Type escape sequence to abort.',
    `Tracing the route to ${formatIp(request.destination)}`,
    '',
    ...hops.map(hopLine),
  ];
}

/** `  1 10.0.1.1 4 msec *  4 msec`: an address stands where it differs from the one before. */
function hopLine({ ttl, probes }: TracerouteHop): string {
  let last = '';
  const parts = probes.map((probe) => {
    if (probe.kind === 'timeout') return ' * ';
    const from = formatIp(probe.from);
    const address = from === last ? '' : ` ${from}`;
    last = from;
    const millis = Math.max(1, Math.round(probe.roundTrip / 1000));
    return probe.refusal === undefined ? `${address} ${millis} msec` : `${address} !${probe.refusal}`;
  });
  return String(ttl).padStart(3) + parts.join('').trimEnd();
}
