import { runLpmSuite } from './conformance.ts';
import { runBeyond24, runInPlaceSuite, SNAPSHOT_LAWS } from './in-place.ts';

const shape = { kind: 'dir18-run', builds: ['release', 'debug'], effort: 0.12, skip: SNAPSHOT_LAWS } as const;
runLpmSuite({ ...shape, leafBytes: 2 });
runLpmSuite({ ...shape, leafBytes: 4 });
runInPlaceSuite('dir18-run');
runBeyond24('dir18-run');
