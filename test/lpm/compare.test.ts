import { runLpmSuite } from './conformance.ts';

runLpmSuite({ kind: 'compare' });
