import type { SiteKey } from '../mapping/site.ts';
import type { Args } from './args.ts';

/** Part of a pattern. `sha2-hkdf` is our own word for Algorithm ID 3 (RFC 9301 §5.6). */
export const KEY_OPTIONS = 'hash-function <hash:sha1|sha2|sha2-hkdf>';

const ALGORITHMS = { sha1: 1, sha2: 2, 'sha2-hkdf': 3 } as const;

/** The key that the parameters `key`, `key-id` and `hash` describe. */
export function readKey(args: Args): SiteKey {
  const hash = args.optionalWord('hash') as keyof typeof ALGORITHMS | undefined;
  if (hash === 'sha1') args.warn('hash-function sha1 is for legacy peers only');
  return {
    keyId: args.numberOr('key-id', 0),
    algorithmId: ALGORITHMS[hash ?? 'sha2'],
    secret: args.word('key'),
  };
}

/** ` hash-function ...` unless it is the default. */
export function formatKeyOptions({ algorithmId }: SiteKey): string {
  return algorithmId === 2 ? '' : ` hash-function ${hashName(algorithmId)}`;
}

/** As `show` commands and configurations name it. */
export function hashName(algorithmId: number): string {
  return Object.entries(ALGORITHMS).find(([, id]) => id === algorithmId)?.[0] ?? `unknown-${algorithmId}`;
}
