/** `pxtr/ios`: configurations and show commands in the words of IOS. Text in, plain objects or text out. */

export type * from './router-types.ts';
export type { Family, IpAddress, IpPrefix } from '../base/ip.ts';

// Text to options and back.
export { parseConfig, type ParsedConfig, type ParseSettings } from '../ios/parse.ts';
export { renderConfig } from '../ios/render.ts';
export { formatConfigError, type ConfigError, type Place, type Remark } from '../ios/config-error.ts';

// Options made by hand.
export { DEFAULT_MTU, noLisp, noRip } from '../router/options.ts';
export { checkRouterOptions, type OptionIssue } from '../router/options-schema.ts';

// Commands.
export { parseExec, type ExecCommand, type ExecSettings } from '../ios/exec.ts';
export type { NamedHost } from '../ios/named-host.ts';
export { runShow } from '../ios/show/show.ts';
export { formatPing } from '../ios/ping-text.ts';
