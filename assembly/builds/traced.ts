/** A further entry for the traced build: lookups say what they read. */
export { startTrace, tracedCount } from '../lpm/trace';
// @ts-ignore: decorator
@global
const LPM_TRACE: bool = true;
