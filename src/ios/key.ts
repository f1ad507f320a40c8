/** Keys shared between an ETR and its Map-Server, as configurations write them. */
import type { SiteKey } from '../mapping/site.ts';
import type { Args } from './args.ts';
import type { DraftKey } from './draft.ts';
import { quoteWord } from './lexer.ts';
import { unmaskType7 } from './type7.ts';

/** Part of a pattern. `sha2-hkdf` is our own word for Algorithm ID 3 (RFC 9301 §5.6). */
export const KEY_OPTIONS = 'hash-function <hash:sha1|sha2|sha2-hkdf>';

/** How the key behind it is written: in clear, encrypted, masked. */
export const KEY_TYPE = '<key-type:0|6|7>';

const ALGORITHMS = { sha1: 1, sha2: 2, 'sha2-hkdf': 3 } as const;

/** The key that the parameters `key`, `key-id` and `hash` describe; undefined after a refusal. */
export function readKey(args: Args): DraftKey | undefined {
  const type = args.optionalWord('key-type');
  const text = args.word('key');
  const secret = type === '7' ? unmaskType7(text) : text;
  if (type === '6') {
    args.refuse(
      'key',
      'An encrypted (type 6) key cannot be read: it needs the master key of the router that wrote it',
      'write the key in clear, behind 0 or without a number',
    );
    return undefined;
  }
  if (secret === undefined) {
    args.refuse(
      'key',
      'Invalid encrypted key',
      'type 7 is two digits below 53 and two hexadecimal digits for each character; a key in clear stands behind 0',
    );
    return undefined;
  }
  const hash = args.optionalWord('hash') as keyof typeof ALGORITHMS | undefined;
  if (hash === 'sha1') args.warn('hash-function sha1 is for legacy peers only');
  const keyId = args.numberOr('key-id', 0);
  return { keyId, algorithmId: ALGORITHMS[hash ?? 'sha2'], secret, ...(type === '7' && { masked: text }) };
}

/** `7 0822455D0A16` or the key itself. */
export function formatKey({ secret, masked }: DraftKey): string {
  return masked === undefined ? quoteWord(secret) : `7 ${masked}`;
}

/** With the key ID in front, and 0 where that would be taken for the type: a lone 6 or 7 is one, as in IOS. */
export function formatSiteKey(key: DraftKey): string {
  if (key.keyId === 0) return formatKey(key);
  const isLikeType = key.masked === undefined && (key.keyId === 6 || key.keyId === 7);
  return `${key.keyId} ${isLikeType ? '0 ' : ''}${formatKey(key)}`;
}

/** Without how it was written. */
export function plainKey({ keyId, algorithmId, secret }: SiteKey): SiteKey {
  return { keyId, algorithmId, secret };
}

/** ` hash-function ...` unless it is the default. */
export function formatKeyOptions({ algorithmId }: SiteKey): string {
  return algorithmId === 2 ? '' : ` hash-function ${hashName(algorithmId)}`;
}

/** As `show` commands and configurations name it. */
export function hashName(algorithmId: number): string {
  return Object.entries(ALGORITHMS).find(([, id]) => id === algorithmId)?.[0] ?? `unknown-${algorithmId}`;
}
