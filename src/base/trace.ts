/** A trace event: what happened, with plain fields. Sinks decide what to do with it; nothing here prints. */
export interface TraceEvent {
  /** Who speaks: 'itr', 'map-server', 'router'... */
  readonly source: string;
  /** What happened, as a kebab-case word: 'map-request-sent'. */
  readonly event: string;
  readonly fields: TraceFields;
}

/** Details of a trace event, in the order in which they are printed. */
export type TraceFields = Readonly<Record<string, string | number | boolean>>;
