// The colours of the kinds of neurons: faint enough to stand behind what is drawn, with their names beside them.
import { make } from "../shared/dom";
import { KINDS, type Kind } from "./model";
import "./neurons.css";

const COLOURS: Record<Kind, string> = { monosemantic: "#56b4e9", polysemantic: "#e69f00", dead: "#8c959f" };
const SHARE = 0.28;

/** Fills what `path` has drawn with the tint of a kind. */
export function fillTint(ctx: CanvasRenderingContext2D, kind: Kind, fill: () => void): void {
  const before = ctx.globalAlpha;
  ctx.globalAlpha = before * SHARE;
  ctx.fillStyle = COLOURS[kind];
  fill();
  ctx.globalAlpha = before;
}

/** The kinds with their colours, for a legend. */
export function tintLegend(): HTMLElement[] {
  return KINDS.map((kind) => {
    const swatch = make("span", { class: "tms-swatch", "aria-hidden": "true" });
    swatch.style.background = `color-mix(in srgb, ${COLOURS[kind]} ${100 * SHARE}%, transparent)`;
    return make("span", { class: "tms-scale" }, swatch, kind);
  });
}
