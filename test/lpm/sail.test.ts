import { BUILT_WHOLE_SHAPE } from './built-whole.ts';
import { runLpmSuite } from './conformance.ts';

runLpmSuite({ ...BUILT_WHOLE_SHAPE, kind: 'sail', leafBytes: 2 });
runLpmSuite({ ...BUILT_WHOLE_SHAPE, kind: 'sail', leafBytes: 4 });
