/** The read side of a snapshot (layout.ts): VRF records, their tables, their PETR. */
import {
  CONTROL_EMPTY_VRF_OFFSET,
  CONTROL_OFFSET,
  SNAPSHOT_FLAGS_OFFSET,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_PROXY_ETR,
  SNAPSHOT_VRF_COUNT_OFFSET,
  VRF_BYTES_SHIFT,
  VRF_INSTANCE_OFFSET,
  VRF_KINDS4_OFFSET,
  VRF_KINDS6_OFFSET,
  VRF_PETR4_OFFSET,
  VRF_PETR6_OFFSET,
  VRF_ROOTS4_OFFSET,
  VRF_ROOTS6_OFFSET,
} from './layout';

/** The VRF record of an instance; 0 when there is none. */
export function findVrf(snapshot: usize, instanceId: u32): usize {
  const records = snapshot + SNAPSHOT_HEADER_BYTES;
  let low: u32 = 0;
  let high = load<u32>(snapshot, SNAPSHOT_VRF_COUNT_OFFSET);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const vrf = records + (<usize>middle << VRF_BYTES_SHIFT);
    const at = load<u32>(vrf, VRF_INSTANCE_OFFSET);
    if (at == instanceId) return vrf;
    if (at < instanceId) low = middle + 1;
    else high = middle;
  }
  return 0;
}

/** A VRF with nothing in it. */
// @ts-ignore: decorator
@inline
export function emptyVrf(): usize {
  return CONTROL_OFFSET + CONTROL_EMPTY_VRF_OFFSET;
}

/** SNAPSHOT_ flags: what this router is, and how it reads LISP headers. */
// @ts-ignore: decorator
@inline
export function snapshotFlags(snapshot: usize): u32 {
  return load<u32>(snapshot, SNAPSHOT_FLAGS_OFFSET);
}

// @ts-ignore: decorator
@inline
export function isProxyEtr(snapshot: usize): bool {
  return (load<u32>(snapshot, SNAPSHOT_FLAGS_OFFSET) & SNAPSHOT_PROXY_ETR) != 0;
}

/** Root of a TABLE_; 0 or EMPTY_ROOT when it holds nothing. */
// @ts-ignore: decorator
@inline
export function vrfRoot(vrf: usize, family: i32, table: u32): usize {
  const roots = family == 4 ? VRF_ROOTS4_OFFSET : VRF_ROOTS6_OFFSET;
  return <usize>load<u32>(vrf + roots + <usize>(table << 2));
}

/** LPM_ kind of a TABLE_. */
// @ts-ignore: decorator
@inline
export function vrfKind(vrf: usize, family: i32, table: u32): i32 {
  return load<u8>(vrf + (family == 4 ? VRF_KINDS4_OFFSET : VRF_KINDS6_OFFSET) + <usize>table);
}

/** Index + 1 of the entry that stands for the PETR of packets of this family; 0 = none. */
// @ts-ignore: decorator
@inline
export function vrfPetr(vrf: usize, family: i32): u32 {
  return load<u32>(vrf + (family == 4 ? VRF_PETR4_OFFSET : VRF_PETR6_OFFSET));
}
