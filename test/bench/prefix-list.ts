// Tables that native contenders and the engine are held to each other over.
import { ipv4, ipv6, prefix, type IpPrefix } from '../../src/base/ip.ts';
import { formatPrefix } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';

/** So many prefixes or a few less, of both families, many of them inside others; as text. */
export function prefixList(count: number, seed: number): string {
  return prefixesOf(count, seed)
    .map((each) => formatPrefix(each) + '\n')
    .join('');
}

export function prefixesOf(count: number, seed: number): IpPrefix[] {
  const random = new SeededRandom(seed, 'native prefixes');
  const made: IpPrefix[] = [];
  for (let i = 0; i < count; i++) {
    const parent = made.length > 2 && random.u32() % 2 === 0 ? made[random.u32() % made.length] : undefined;
    const family = parent?.address.family ?? (i % 2 === 0 ? 4 : 6);
    const [w0, w1, w2, w3] = [random.u32(), random.u32(), random.u32(), random.u32()];
    const least = parent?.bits ?? 4;
    const bits = least + (random.u32() % ((family === 4 ? 32 : 128) - least + 1));
    if (bits < 1) continue;
    // Half of all are cut from their parent: the same bits as far as those go.
    const fresh = family === 4 ? ipv4(w0) : ipv6(w0, w1, w2, w3);
    const address = parent === undefined ? fresh : within(parent, [w0, w1, w2, w3]);
    made.push(prefix(address, bits));
  }
  return made;
}

function within({ address, bits }: IpPrefix, noise: readonly number[]): IpPrefix['address'] {
  const part = (own: number, i: number): number => {
    const kept = Math.max(0, Math.min(32, bits - 32 * i));
    const mask = kept === 0 ? 0 : (0xffff_ffff << (32 - kept)) >>> 0;
    return ((own & mask) | (noise[i]! & ~mask)) >>> 0;
  };
  const { family, w0, w1, w2, w3 } = address;
  return family === 4 ? ipv4(part(w0, 0)) : ipv6(part(w0, 0), part(w1, 1), part(w2, 2), part(w3, 3));
}
