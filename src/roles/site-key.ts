import type { SiteKey } from '../mapping/site.ts';
import type { AuthKey } from '../wire/authenticate.ts';

/** The key as the MAC functions want it: the secret in UTF-8. */
export function authKey({ keyId, algorithmId, secret }: SiteKey): AuthKey {
  return { keyId, algorithmId, secret: new TextEncoder().encode(secret) };
}
