// A canvas as wide as its host: sharp at any device pixel ratio, drawn at most once per animation frame.
import { make } from "./dom";
import { onThemeChange, themeOf, type Theme } from "./theme";

/** A style sheet may still be on its way when the first picture is drawn. */
const THEME_LASTS_MS = 500;

/** What a drawing function gets: a cleared context in CSS pixels. */
export interface Pen {
  ctx: CanvasRenderingContext2D;
  width: number;
  height: number;
  theme: Theme;
}

export interface Stage {
  canvas: HTMLCanvasElement;
  /** Asks for a drawing in the next animation frame; asking again before it changes nothing. */
  request(): void;
  destroy(): void;
}

/** Makes the canvas inside `host`; `heightFor` gives its CSS height for a width. */
export function stage(host: HTMLElement, heightFor: (width: number) => number, draw: (pen: Pen) => void): Stage {
  const canvas = make("canvas", { class: "tms-canvas" });
  host.append(canvas);
  let scheduled = 0;
  // Asking the page for a width or a colour makes it lay itself out, so both are remembered between drawings.
  let width = 0;
  let theme: Theme | null = null;
  let themeRead = 0;

  const paint = (now: number): void => {
    scheduled = 0;
    width ||= host.clientWidth;
    if (width === 0) return; // not laid out yet: the resize observer calls again
    const height = Math.round(heightFor(width));
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.height = `${height}px`;
    }
    const ctx = canvas.getContext("2d")!;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    if (!theme || now - themeRead > THEME_LASTS_MS) [theme, themeRead] = [themeOf(canvas), now];
    ctx.font = `11px ${theme.font}`;
    ctx.textBaseline = "middle";
    draw({ ctx, width, height, theme });
  };
  const request = (): void => {
    scheduled ||= requestAnimationFrame(paint);
  };

  const resized = new ResizeObserver(() => {
    width = host.clientWidth;
    request();
  });
  resized.observe(host);
  const unwatch = onThemeChange(() => {
    theme = null;
    request();
  });
  window.addEventListener("resize", request); // zooming changes the pixel ratio without resizing the host
  return {
    canvas,
    request,
    destroy: () => {
      cancelAnimationFrame(scheduled);
      resized.disconnect();
      unwatch();
      window.removeEventListener("resize", request);
      canvas.remove();
    },
  };
}
