/** A second entry for the research build: with it, the module has the kinds of lpm/research. */
export { partBytes as lpmPartBytes } from '../lpm/research/kinds';

// @ts-ignore: decorator
@global
const LPM_RESEARCH: bool = true;
