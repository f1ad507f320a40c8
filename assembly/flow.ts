/**
 * Hash of what makes a flow: addresses, protocol, and the ports of whole TCP, UDP and SCTP packets (RFC 9300 §9, §12).
 * It chooses the locator and the outer source port. MurmurHash3 x86 32 (Austin Appleby), seed 0.
 */
import {
  ROW_DESTINATION_OFFSET,
  ROW_FRAGMENT_OFFSET,
  ROW_HEADER_OFFSET,
  ROW_PROTOCOL_OFFSET,
  ROW_SOURCE_OFFSET,
} from './layout';
import { load32 } from './bytes';
import { familyOf, lengthOf, packetOf } from './batch';

const TCP: u32 = 6;
const UDP: u32 = 17;
const SCTP: u32 = 132;

// @ts-ignore: decorator
@inline
function mix(h: u32, word: u32): u32 {
  const k = rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
  return rotl<u32>(h ^ k, 13) * 5 + 0xe6546b64;
}

// @ts-ignore: decorator
@inline
function finish(h: u32, words: u32): u32 {
  h ^= words << 2;
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  return h ^ (h >>> 16);
}

/** Source and destination port as one word, 0 where there are none. */
function portsOf(row: usize, protocol: u32): u32 {
  if (protocol != TCP && protocol != UDP && protocol != SCTP) return 0;
  if (load<u8>(row, ROW_FRAGMENT_OFFSET)) return 0;
  const header = <u32>load<u16>(row, ROW_HEADER_OFFSET);
  return lengthOf(row) - header < 4 ? 0 : load32(packetOf(row) + header);
}

export function flowHash(row: usize): u32 {
  const protocol = <u32>load<u8>(row, ROW_PROTOCOL_OFFSET);
  const ports = portsOf(row, protocol);
  let h: u32 = 0;
  if (familyOf(row) == 4) {
    h = mix(h, load<u32>(row, ROW_SOURCE_OFFSET));
    h = mix(h, load<u32>(row, ROW_DESTINATION_OFFSET));
    return finish(mix(mix(h, ports), protocol), 4);
  }
  for (let i: usize = 0; i < 16; i += 4) h = mix(h, load<u32>(row + i, ROW_SOURCE_OFFSET));
  for (let i: usize = 0; i < 16; i += 4) h = mix(h, load<u32>(row + i, ROW_DESTINATION_OFFSET));
  return finish(mix(mix(h, ports), protocol), 10);
}
