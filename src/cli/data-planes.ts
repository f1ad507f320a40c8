import type { DataPlane } from '../engine/data-plane.ts';
import { createEngineSync } from '../engine/open-inline.ts';
import { Model } from '../engine/model.ts';

export type DataPlaneKind = 'engine' | 'model';

/** Makes the data plane of one router: the WASM engine, or its plain twin. */
export function dataPlaneMaker(kind: DataPlaneKind): () => DataPlane {
  return kind === 'model' ? () => new Model() : () => createEngineSync();
}
