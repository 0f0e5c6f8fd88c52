// Whoever trains answers this interface: the kernel today, the page itself one day.
import type { FilmMeta } from "../shared/film";
import type { Settings } from "./settings";

export type Request =
  | { type: "train"; token: number; settings: Settings; budget_ms: number }
  | { type: "continue"; token: number; budget_ms: number }
  | { type: "show"; token: number; instance: number };

export interface SeedResult {
  seed: number;
  loss: number;
  /** The name of the geometry this seed reached; empty while it still trains. */
  geometry: string;
}

/** Everything about a training besides its film. */
export interface TrainingState {
  token: number;
  done: boolean;
  progress: number;
  eta_s: number;
  /** Index of the seed whose film this is. */
  instance: number;
  seeds: SeedResult[];
  best: number;
  engine: string;
  /** Why the engine is not the fast one; empty when it is. */
  note: string;
  /** Why the training ended before its last step; empty when it did not. */
  stopped: string;
  settings: Settings;
}

export type FilmBuffer = DataView | ArrayBuffer | ArrayBufferView;

export type Reply =
  | { type: "film"; state: TrainingState; meta: FilmMeta; film: FilmBuffer }
  | { type: "error"; token: number; message: string };

export interface Trainer {
  /** One request, one reply. The promise stays open for as long as nobody answers; it fails when nobody can be asked. */
  train(request: Request): Promise<Reply>;
  dispose(): void;
}
