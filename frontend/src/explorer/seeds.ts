// What every seed reached: small models fall into different geometries, and that is part of the story.
import { h, setText } from "./dom";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";
import { lossText } from "./settings";

export function seeds(instrument: Instrument): Panel {
  const strip = h("div", { class: "tmsx-seed-list" });
  const element = h(
    "div",
    { class: "tmsx-seeds", role: "group", "aria-label": "Result of every seed" },
    h("h3", { title: "Press one to see it" }, "Seeds: loss and geometry"),
    strip,
  );
  const buttons: HTMLButtonElement[] = [];
  const button = (index: number): HTMLButtonElement =>
    h(
      "button",
      { type: "button", class: "tmsx-button tmsx-seed", click: () => instrument.showSeed(index) },
      h("span", { class: "tmsx-seed-name" }),
      h("span", { class: "tmsx-seed-loss" }),
      h("span", { class: "tmsx-seed-shape" }),
    );
  return {
    element,
    show({ training }) {
      const results = training?.seeds ?? [];
      while (buttons.length < results.length) buttons.push(button(buttons.length));
      buttons.length = results.length;
      if (strip.children.length !== buttons.length) strip.replaceChildren(...buttons);
      results.forEach((result, i) => {
        const [name, loss, shape] = [...buttons[i]!.children] as [Element, Element, Element];
        const best = i === training!.best;
        setText(name, `${best ? "★ " : ""}${result.seed}`);
        setText(loss, lossText(result.loss));
        setText(shape, brief(result.geometry) || "…");
        buttons[i]!.setAttribute("aria-pressed", String(i === training!.instance));
        buttons[i]!.title =
          `Show seed ${result.seed}: loss ${lossText(result.loss)}` +
          (result.geometry ? `, ${result.geometry}` : "") + (best ? "; the best of all" : "");
      });
    },
  };
}

/** A geometry as short as a line of the list; the button's title has it in full. */
function brief(geometry: string): string {
  return geometry.replace(/features? in no named shape/, "unnamed").replace(/ dedicated features?/, " dedicated");
}
