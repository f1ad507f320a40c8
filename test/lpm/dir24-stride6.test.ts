import { runLpmSuite } from './conformance.ts';
import { runInPlaceSuite, SNAPSHOT_LAWS } from './in-place.ts';

const shape = {
  kind: 'dir24-stride6',
  builds: ['release', 'debug'],
  effort: 0.3,
  skip: SNAPSHOT_LAWS,
} as const;
runLpmSuite({ ...shape, leafBytes: 2 });
runLpmSuite({ ...shape, leafBytes: 4 });
runInPlaceSuite('dir24-stride6', 6);
