// The top row: presets in lecture order, undo and redo, reset, help.
import { h, iconButton } from "./dom";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";
import { matches } from "./settings";

export function header(instrument: Instrument, help: () => void): Panel {
  const presets = instrument.snapshot.presets.map((preset, index) =>
    h(
      "button",
      {
        type: "button",
        class: "tmsx-button tmsx-preset",
        title: `${preset.title} (key ${index + 1})`,
        "aria-pressed": "false",
        click: () => instrument.choosePreset(index),
      },
      h("kbd", { "aria-hidden": "true" }, String(index + 1)),
      preset.name,
    ),
  );
  const undo = iconButton("undo", "Undo (Ctrl+Z)", () => instrument.undo());
  const redo = iconButton("redo", "Redo (Ctrl+Shift+Z)", () => instrument.redo());
  const reset = textButton("Reset", "Back to the settings this instrument opened with", () => instrument.reset());
  const keys = textButton("?", "Keys and help (?)", help);
  keys.setAttribute("aria-label", "Keys and help");
  keys.setAttribute("aria-haspopup", "dialog");
  keys.classList.add("tmsx-square");
  return {
    element: h(
      "div",
      { class: "tmsx-header" },
      h("div", { class: "tmsx-presets", role: "group", "aria-label": "Presets from the paper" }, ...presets),
      h("div", { class: "tmsx-tools" }, undo, redo, reset, keys),
    ),
    show({ settings, canUndo, canRedo, presets: all }) {
      presets.forEach((button, i) => button.setAttribute("aria-pressed", String(matches(settings, all[i]!))));
      undo.disabled = !canUndo;
      redo.disabled = !canRedo;
    },
  };
}

function textButton(text: string, title: string, click: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "tmsx-button", title, click }, text);
}
