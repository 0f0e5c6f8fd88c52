// A part of a picture that is drawn once and kept: what does not change while the reader points at things.
import type { Pen } from "./canvas";

/** Draws into `pen` what `draw` drew when `key`, the size and the theme last changed. */
export type Kept = (pen: Pen, key: unknown, draw: (pen: Pen) => void) => void;

export function kept(): Kept {
  const canvas = document.createElement("canvas");
  let known: unknown[] = [];
  return (pen, key, draw) => {
    const { width, height, ratio } = sizeOf(pen);
    const { ink, paper, line, negative, positive } = pen.theme;
    const now = [key, width, height, ink, paper, line, negative, positive];
    if (now.some((value, k) => !Object.is(value, known[k]))) {
      known = now;
      canvas.width = width;
      canvas.height = height;
      const ctx = canvas.getContext("2d")!;
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.font = pen.ctx.font;
      ctx.textBaseline = pen.ctx.textBaseline;
      draw({ ...pen, ctx });
    }
    if (width > 0 && height > 0) pen.ctx.drawImage(canvas, 0, 0, width / ratio, height / ratio);
  };
}

function sizeOf({ ctx }: Pen): { width: number; height: number; ratio: number } {
  return { width: ctx.canvas.width, height: ctx.canvas.height, ratio: ctx.getTransform().a };
}
