import { runLpmSuite } from './conformance.ts';
import { runBeyond24, runInPlaceSuite, SNAPSHOT_LAWS } from './in-place.ts';

const shape = { kind: 'dir24-8', builds: ['release', 'debug'], effort: 0.06, skip: SNAPSHOT_LAWS } as const;
runLpmSuite({ ...shape, leafBytes: 2 });
runLpmSuite({ ...shape, leafBytes: 4 });
runInPlaceSuite('dir24-8');
runBeyond24('dir24-8');
