// A film: the recorded weights of one training run, the only thing that travels from the kernel to the browser.

/** A feature's dimensionality that moved quickly from one value to another. */
export interface Jump {
  feature: number;
  step_from: number;
  step_to: number;
  before: number;
  after: number;
}

/** What the kernel found in the way a film goes, and the levels that stand for polytopes. */
export interface Course {
  jumps: Jump[];
  stages: { step_from: number; step_to: number }[];
  levels: { name: string; D: number }[];
  /** What the geometry of each frame is called; empty when there are too many features to name. */
  names: string[];
}

/** What `_meta` carries beside the binary `_film`. `plane` holds two orthonormal rows of length m ([[1],[0]] for m = 1). */
export interface FilmMeta {
  n: number;
  m: number;
  untied: boolean;
  architecture: string;
  steps: number[];
  losses: number[] | null;
  importance: number[];
  density: number[];
  /** "independent", or sets of consecutive features: "correlated" or "anticorrelated". */
  features?: string;
  /** Members of each set; null or missing without sets. */
  set_size?: number | null;
  plane: number[][];
  /** In which order neurons are drawn, the same in every frame. */
  neuron_order?: number[];
  caption: string;
  /** Only views of the dynamics get it. */
  course?: Course;
}

/** Frames of W (m*n, row-major), W_out (n*m, row-major; null when tied) and b (n). The arrays are views, not copies. */
export interface Film extends FilmMeta {
  length: number;
  W(f: number): Float32Array;
  Wout(f: number): Float32Array | null;
  b(f: number): Float32Array;
}

/** Float32 values of a binary trait or message buffer: JupyterLab hands over a DataView, Colab a Uint8Array. */
export function floatsOf(buffer: DataView | ArrayBuffer | ArrayBufferView): Float32Array {
  const [raw, start, bytes] =
    buffer instanceof ArrayBuffer
      ? [buffer, 0, buffer.byteLength]
      : [buffer.buffer, buffer.byteOffset, buffer.byteLength];
  if (bytes % 4 !== 0) throw new Error(`film: ${bytes} bytes are not a whole number of float32 values`);
  if (start % 4 === 0) return new Float32Array(raw as ArrayBuffer, start, bytes / 4);
  return new Float32Array((raw as ArrayBuffer).slice(start, start + bytes)); // Float32Array needs an aligned start
}

/** Reads a film. Throws an Error with one sentence when the buffer and the meta data do not belong together. */
export function decodeFilm(meta: FilmMeta, buffer: DataView | ArrayBuffer | ArrayBufferView): Film {
  const { n, m, untied } = meta;
  const values = floatsOf(buffer);
  const matrix = n * m;
  const stride = matrix * (untied ? 2 : 1) + n;
  const length = meta.steps.length;
  if (length === 0) throw new Error("film: there are no frames");
  if (values.length !== stride * length) {
    throw new Error(`film: ${values.length} values do not make ${length} frames of ${stride}`);
  }
  const part = (f: number, from: number, to: number): Float32Array => {
    const frame = Math.min(Math.max(Math.trunc(f), 0), length - 1);
    return values.subarray(frame * stride + from, frame * stride + to);
  };
  return {
    ...meta,
    length,
    W: (f) => part(f, 0, matrix),
    Wout: (f) => (untied ? part(f, matrix, 2 * matrix) : null),
    b: (f) => part(f, stride - n, stride),
  };
}
