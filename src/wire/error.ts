import { WireFault, type FaultCode } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Where and why bytes were refused. `offset` counts from the start of the buffer given to the decoder. */
export interface WireError {
  readonly code: FaultCode;
  readonly offset: number;
  readonly field: string;
}

/** A value, or why the bytes are none: code, byte offset, field. */
export type Decoded<T> = Result<T, WireError>;

/** Runs a decoder and turns its fault into a value: the only place where a WireFault is caught. */
export function decoded<T>(decode: () => T): Decoded<T> {
  try {
    return ok(decode());
  } catch (fault) {
    if (fault instanceof WireFault)
      return err({ code: fault.code, offset: fault.offset, field: fault.field });
    throw fault;
  }
}

/** One line: what is wrong, where, in which field. */
export function formatWireError({ code, offset, field }: WireError): string {
  return `${code} at byte ${offset} (${field})`;
}
