// The top row: presets in lecture order, one section of the paper at a time; undo and redo, reset, help.
import { h, iconButton } from "./dom";
import type { Instrument, Snapshot } from "./instrument";
import type { Panel } from "./panel";
import { matches } from "./settings";

export function header(instrument: Instrument, help: () => void): Panel {
  const [section, presets] = [sectionChoice(instrument), presetChoice(instrument)];
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
      section.element,
      h("div", { class: "tmsx-tools" }, undo, redo, reset, keys),
      presets.element,
    ),
    show(snapshot) {
      section.show(snapshot);
      presets.show(snapshot);
      undo.disabled = !snapshot.canUndo;
      redo.disabled = !snapshot.canRedo;
    },
  };
}

function sectionChoice(instrument: Instrument): Panel {
  const { sections } = instrument.snapshot;
  const title = "Section of the paper, whose presets stand below";
  const select = h(
    "select",
    { class: "tmsx-input tmsx-section", title, "aria-label": "Section of the paper" },
    ...sections.map((section) => h("option", { value: section }, `§ ${section}`)),
  );
  select.addEventListener("change", () => instrument.chooseSection(select.value));
  return {
    element: select,
    show({ section }) {
      select.value = section;
    },
  };
}

/** A button for each preset of the section shown. */
function presetChoice(instrument: Instrument): Panel {
  const element = h("div", { class: "tmsx-presets", role: "group", "aria-label": "Presets from the paper" });
  let shown: string | null = null;
  let buttons: HTMLButtonElement[] = [];
  return {
    element,
    show({ settings, section, presets }) {
      if (section !== shown) {
        shown = section;
        buttons = presetButtons(instrument, presets);
        element.replaceChildren(...buttons);
      }
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(matches(settings, presets[i]!))));
    },
  };
}

function presetButtons(instrument: Instrument, presets: Snapshot["presets"]): HTMLButtonElement[] {
  return presets.map((preset, index) =>
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
}

function textButton(text: string, title: string, click: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "tmsx-button", title, click }, text);
}
