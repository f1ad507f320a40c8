/** `pxtr/import`: configurations of OOR, VPP and the OpenDaylight mapping service as router options and IOS text. */

export type * from './router-types.ts';
export type { Family, IpAddress, IpPrefix } from '../base/ip.ts';

export {
  detectFormat,
  IMPORT_FORMATS,
  importConfig,
  renderImported,
  type ImportFormat,
} from '../import/import.ts';
export type { ImportError, Imported, ImportPlace, ImportRemark, ImportSettings } from '../import/imported.ts';
