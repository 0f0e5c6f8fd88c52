// The controls of a figure that another library draws. Where that library cannot draw, the canvas does.
import { h, setText } from "../explorer/dom";
import { featureStyle, SHAPES } from "../shared/colour";
import type { Film } from "../shared/film";
import type { View, ViewFactory } from "../shared/view";
import { featureGeometry } from "../views/feature_geometry";
import { lossCurve } from "../views/loss_curve";
import { projector } from "./projector";
import "./film.css";

const NO_WEBGL =
  "This browser has no WebGL, without which ipyvolume cannot draw; here are the same frames as a plain picture. " +
  "Turning on hardware acceleration in the browser's settings, or another browser, may help.";
/** The bodies in the figure, in the place of the shapes of the flat views. */
const BODIES = ["circle", "square", "diamond", "bar", "triangle"];
/** Of more features the legend would be longer than the picture. */
const MOST_CHIPS = 40;

export function volumeBar(webgl: boolean): ViewFactory {
  return (host, events) => {
    const root = h("div", {
      class: "tmsx tms-film tms-volume", role: "group", "aria-label": "Polyhedron during training", tabindex: -1, "data-lm-suppress-shortcuts": "true",
    });
    const player = projector(root, events);
    const asked = { ...events, onFrame: player.scrub };
    const shape = h("p", { class: "tms-film-shape", "aria-live": "polite" });
    const caption = h("p", { class: "tms-film-caption" });
    const chips = h("div", { class: "tms-chips", role: "group", "aria-label": "Features" });
    const views: View[] = [];
    const canvas = h("div", { class: "tms-volume-canvas" });
    if (!webgl) {
      root.append(h("p", { class: "tms-film-note", role: "status" }, NO_WEBGL), canvas);
      views.push(featureGeometry(canvas, asked));
    }
    const loss = h("div");
    root.append(shape, chips, player.element, loss, caption);
    const curve = lossCurve(loss, asked);
    views.push(curve);
    host.append(root);
    let film: Film | null = null;

    const list = (next: Film): void => {
      const ink = "#8c959f"; // as in the figure, which knows no theme for its corners
      const numbers = Array.from({ length: next.n <= MOST_CHIPS ? next.n : 0 }, (_, i) => i);
      chips.replaceChildren(
        ...numbers.map((i) => {
          const { colour, shape: kind } = featureStyle(i, ink, next.set_size ?? 1);
          const chip = h(
            "button",
            {
              type: "button", class: "tmsx-button tms-chip", "aria-pressed": "false", "aria-label": `Feature ${i}`,
              click: () => events.onPin(i), pointerenter: () => events.onHover(i), pointerleave: () => events.onHover(null),
              focus: () => events.onHover(i), blur: () => events.onHover(null),
            },
            h("span", { class: `tms-chip-mark tms-chip-${webgl ? BODIES[SHAPES.indexOf(kind)] : kind}`, style: `background: ${colour}`, "aria-hidden": "true" }),
            String(i),
          );
          return chip;
        }),
      );
    };
    return {
      update: (next, frame) => {
        if (next !== film) {
          list(next);
          setText(caption, next.caption);
          loss.hidden = player.element.hidden = next.length < 2;
          player.element.style.display = next.length < 2 ? "none" : "";
        }
        film = next;
        player.follow(next, frame);
        setText(shape, next.course?.names[frame] ?? "");
        for (const view of views) view.update(next, frame);
      },
      select: (selection) => {
        Array.from(chips.children).forEach((chip, i) => {
          chip.setAttribute("aria-pressed", String(selection.pinned.includes(i)));
          chip.classList.toggle("tms-chip-hovered", selection.hovered === i);
        });
        for (const view of views) view.select(selection);
      },
      destroy: () => {
        player.destroy();
        for (const view of views) view.destroy();
        root.remove();
      },
    };
  };
}

/** Whether a page can have another WebGL picture; the one that was made to find out is given back. */
export function hasWebGL(): boolean {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  lose(context);
  return context !== null;
}

/** Gives back the WebGL contexts of pictures that are gone: a page has few, and ipyvolume keeps what it took. */
export function releaseContexts(pictures: Iterable<HTMLCanvasElement>): void {
  for (const canvas of pictures) if (!canvas.isConnected) lose(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

function lose(context: RenderingContext | null): void {
  (context as WebGLRenderingContext | null)?.getExtension("WEBGL_lose_context")?.loseContext();
}
