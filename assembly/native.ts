/** Forwarding as an ordinary router: by the underlay, one hop less to live. */
import {
  DESC_MTU_OFFSET,
  DESC_NEXT_HOP_OFFSET,
  DESC_ORIGINATED,
  REASON_AGGREGATE_HOLE,
  REASON_NO_ROUTE,
  REASON_TOO_BIG,
  ROW_ROUTE_OFFSET,
  ROW_TOS_OFFSET,
  ROW_TTL_OFFSET,
} from './layout';
import { descOf, drop, familyOf, hasFlag, leaveNative, lengthOf, packetOf, punt } from './batch';
import { setTtlAndTos } from './classify';
import { leadsOut, nextHopMtu, nextHopOf } from './nexthop';

/** Lowers the TTL of a packet that is leaving, unless it was made here. Returns the TTL it leaves with. */
export function lowerTtl(row: usize): u32 {
  const ttl = <u32>load<u8>(row, ROW_TTL_OFFSET);
  if (hasFlag(row, DESC_ORIGINATED)) return ttl;
  setTtlAndTos(familyOf(row), packetOf(row), ttl - 1, load<u8>(row, ROW_TOS_OFFSET));
  return ttl - 1;
}

/** Sends along the row's route, which leads out. */
export function sendNative(row: usize): void {
  const desc = descOf(row);
  const route = load<u32>(row, ROW_ROUTE_OFFSET);
  const mtu = nextHopMtu(nextHopOf(route));
  if (lengthOf(row) > mtu) {
    store<u16>(desc, mtu, DESC_MTU_OFFSET);
    return punt(desc, REASON_TOO_BIG);
  }
  lowerTtl(row);
  store<u32>(desc, route, DESC_NEXT_HOP_OFFSET);
  leaveNative(desc);
}

/** The underlay has the last word: native, or a hole in an aggregate (IW-15), or no route at all. */
export function byRoute(row: usize): void {
  const route = load<u32>(row, ROW_ROUTE_OFFSET);
  if (route == 0) return drop(descOf(row), REASON_NO_ROUTE);
  if (!leadsOut(nextHopOf(route))) return drop(descOf(row), REASON_AGGREGATE_HOLE);
  sendNative(row);
}
