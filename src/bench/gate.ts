/** Who answers as the table says; nobody else is timed. */
import { formatIp } from '../base/ip-text.ts';
import { ipv4, ipv6, type Family } from '../base/ip.ts';
import { Digest } from '../tables/digest.ts';
import type { TableContender } from './contender.ts';
import type { Oracle } from './oracle.ts';

/** Keys that the oracle is asked for. */
const JUDGED_KEYS = 8192;

export interface Judged {
  /** Of all its answers. */
  readonly digest: string;
  /** Undefined: it may be timed. */
  readonly why?: string;
}

/**
 * Holds each contender to the oracle for some keys, and all of them to each other for every key. Where these differ, the
 * answers of the most are taken for right.
 */
export function gate(
  contenders: readonly TableContender[],
  keys: Uint32Array,
  oracle: Pick<Oracle, 'sample'>,
  progress: (contender: TableContender) => void = () => undefined,
): { readonly judged: readonly Judged[]; readonly matched: number } {
  const expected = oracle.sample(keys, JUDGED_KEYS);
  const votes = new Map<string, number>();
  const matches = expected.filter(({ value }) => value > 0).length;
  const judged = contenders.map((contender) => {
    progress(contender);
    contender.setKeys(keys);
    const values = contender.values();
    const isMatch = contender.answers === 'match';
    const digest = digestOf(values);
    const wrong = expected.find(({ at, value }) => values[at] !== (isMatch ? Math.min(1, value) : value));
    const why =
      wrong === undefined
        ? undefined
        : `answers ${values[wrong.at]!} for ${keyText(contender.family, keys, wrong.at)}, where ${isMatch ? Math.min(1, wrong.value) : wrong.value} is right`;
    const match = isMatch ? digest : digestOf(values.map((value) => Math.min(1, value)));
    if (why === undefined && !isMatch) votes.set(digest, (votes.get(digest) ?? 0) + 1);
    return { contender, digest, match, why };
  });
  const most = Math.max(0, ...votes.values());
  const right = judged.find(({ digest }) => votes.get(digest) === most && most > 0);
  const verdicts = judged.map(({ contender, digest, match, why }): Judged => {
    if (why !== undefined) return { digest, why };
    const isRight =
      right === undefined ||
      (contender.answers === 'match' ? match === right.match : digest === right.digest);
    return isRight
      ? { digest }
      : { digest, why: `answers ${digest} over all keys, where ${right.digest} is right` };
  });
  return { judged: verdicts, matched: matches / expected.length };
}

export function digestOf(values: Uint32Array): string {
  const digest = new Digest();
  // In pieces: what it adds up at once is exact up to 2^53.
  for (let at = 0; at < values.length; at += 65_536) digest.add(values.subarray(at, at + 65_536));
  return digest.toString();
}

export function keyText(family: Family, keys: Uint32Array, at: number): string {
  if (family === 4) return formatIp(ipv4(keys[at]!));
  const [w0, w1, w2, w3] = keys.subarray(4 * at, 4 * at + 4);
  return formatIp(ipv6(w0!, w1!, w2!, w3!));
}
