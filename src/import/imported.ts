/** What came of reading another system's configuration. */
import type { RouterOptions } from '../router/options.ts';

/** Line and column count from 1; both are 0 for what concerns no single place. */
export interface ImportPlace {
  readonly line: number;
  readonly column: number;
}

/** Something that did not come over as it was. */
export interface ImportRemark extends ImportPlace {
  /**
   * no-equivalent: left out. changed: here it is something else, or has another name. assumed: the input does not say,
   * this was taken.
   */
  readonly kind: 'no-equivalent' | 'changed' | 'assumed';
  readonly text: string;
}

/** Input that is not what it should be. */
export interface ImportError extends ImportPlace {
  readonly message: string;
  readonly hint: string;
}

/** A configuration that was read. */
export interface Imported {
  readonly options: RouterOptions;
  /** In the order of the input. */
  readonly remarks: readonly ImportRemark[];
}

/** What the input does not hold and somebody knows. */
export interface ImportSettings {
  /** Default: Router. */
  readonly hostname?: string;
  /** Addresses of interfaces by their foreign names: `10.0.1.2/30`, host bits and all. */
  readonly addresses?: ReadonlyMap<string, readonly string[]>;
  /** Foreign interface names to IOS ones; others get a name that is near. */
  readonly interfaces?: ReadonlyMap<string, string>;
}
