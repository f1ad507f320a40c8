/** A trace event: what happened, with plain fields. Sinks decide what to do with it; nothing here prints. */
export interface TraceEvent {
  /** Who speaks: 'itr', 'map-server', 'router'... */
  readonly source: string;
  /** What happened, as a kebab-case word: 'map-request-sent'. */
  readonly event: string;
  readonly fields: TraceFields;
}

export type TraceFields = Readonly<Record<string, string | number | boolean>>;
