import { formatIp } from '../../base/ip-text.ts';
import { formatAge, type Micros } from '../../base/time.ts';
import type { RouterView } from '../../router/view.ts';

/** `show lisp session`: the Map-Servers of this ETR and whether they acknowledge. */
export function showSessions(view: RouterView, now: Micros): string[] {
  const sessions = view.mapServers();
  const up = sessions.filter(({ state }) => state === 'up').length;
  const width = Math.max(...sessions.map(({ address }) => formatIp(address).length), 'Peer'.length) + 2;
  const age = (time: Micros | undefined): string => (time === undefined ? 'never' : formatAge(now - time));
  return [
    `Sessions with Map-Servers, total: ${sessions.length}, established: ${up}`,
    `${'Peer'.padEnd(width)}State  Registered  Notified  Unacked  EIDs  Families`,
    ...sessions.map(({ address, state, lastRegister, lastNotify, unacknowledged, eids, families }) =>
      [
        formatIp(address).padEnd(width) + state.padEnd(7) + age(lastRegister).padEnd(12),
        age(lastNotify).padEnd(10) + String(unacknowledged).padEnd(9) + String(eids).padEnd(6),
        families.map((family) => `IPv${family}`).join(' '),
      ].join(''),
    ),
  ];
}
