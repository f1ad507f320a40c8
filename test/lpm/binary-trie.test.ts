import { runLpmSuite } from './conformance.ts';

runLpmSuite({ kind: 'binary-trie', builds: ['research', 'research-debug'] });
