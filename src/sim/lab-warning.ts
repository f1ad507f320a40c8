/** Something in a lab's files that is allowed but probably not meant. */
export interface LabWarning {
  readonly file: string;
  /** Absent when no single line is to blame. */
  readonly line?: number;
  readonly message: string;
}

/** `mapserver.ios:26: EID space overlaps the underlay: ...`. */
export function formatLabWarning({ file, line, message }: LabWarning): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
