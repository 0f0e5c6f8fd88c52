// The colours of the kinds of neurons: faint enough to stand behind what is drawn, with their names beside them.
import { VIRIDIS_GRADIENT } from "../shared/colour";
import { formula, make } from "../shared/dom";
import { KINDS, type Kind } from "./model";
import "./neurons.css";

const COLOURS: Record<Kind, string> = { monosemantic: "#56b4e9", polysemantic: "#e69f00", dead: "#8c959f" };
const SHARE = 0.28;

/** Lets `fill` fill with the tint of a kind; `full` is for marks that are too small for a faint one. */
export function fillTint(ctx: CanvasRenderingContext2D, kind: Kind, fill: () => void, full = false): void {
  const before = ctx.globalAlpha;
  ctx.globalAlpha = before * (full ? 1 : SHARE);
  ctx.fillStyle = COLOURS[kind];
  fill();
  ctx.globalAlpha = before;
}

/** The colours of features and the tints of neurons, for a legend; `end` is what the end of the colours stands for. */
export function neuronLegend(untied: boolean, end: string): HTMLElement[] {
  const ramp = make("span", { class: "tms-ramp", role: "img", "aria-label": "dark blue to yellow" });
  ramp.style.background = VIRIDIS_GRADIENT;
  const kinds = KINDS.map((kind) => {
    const swatch = make("span", { class: "tms-swatch", "aria-hidden": "true" });
    swatch.style.background = `color-mix(in srgb, ${COLOURS[kind]} ${100 * SHARE}%, transparent)`;
    return make("span", { class: "tms-scale" }, swatch, kind);
  });
  return [
    make("span", {}, formula(`feature: interference ${untied ? "Σ_{j≠i}½(g_{ij+}² + g_{ij−}²)" : "Σ_{j≠i}(Ŵ_i·W_j)²"}`)),
    make("span", { class: "tms-scale" }, "0", ramp, end),
    make("span", {}, "neuron:"),
    ...kinds,
  ];
}
