import { runLpmSuite } from './conformance.ts';

runLpmSuite({ kind: 'tree-bitmap', builds: ['research', 'research-debug'] });
