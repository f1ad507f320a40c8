/** Contenders in JavaScript, beside the engine's kinds. */
import type { Peer } from '../contender.ts';
import { BLOCK_LIST } from './block-list.ts';
import { DIR24_8_JS } from './dir24-8-js.ts';
import { loadLongestPrefixMatch } from './longest-prefix-match.ts';

export async function loadPeers(): Promise<Peer[]> {
  return [DIR24_8_JS, BLOCK_LIST, await loadLongestPrefixMatch()];
}
