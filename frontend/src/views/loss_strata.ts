// The loss by the number of active features: for every k how likely it is, what it costs, and what share that makes.
import { h } from "../explorer/dom";
import type { Pen } from "../shared/canvas";
import { niceLimit, readableOn, viridis } from "../shared/colour";
import { panel } from "../shared/panel";
import type { ViewEvents } from "../shared/view";
import { short } from "../shared/words";

/** One model. */
export interface StrataMeta {
  label: string;
  caption: string;
  k: number[];
  probability: number[];
  loss: number[];
  error: number[];
  total: number;
}

export interface StrataView {
  update(models: StrataMeta[], shown: number): void;
  select(selection: { hovered: number | null; pinned: number[] }): void;
  destroy(): void;
}

interface Chart {
  title: string;
  values(model: StrataMeta): number[];
  errors?(model: StrataMeta): number[];
  text(value: number): string;
}

const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? `${short(Number((100 * share).toPrecision(1)))} %` : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

const CHARTS: Chart[] = [
  { title: "P(k active)", values: ({ probability }) => probability, text: percent },
  { title: "L_k, the loss of such an input", values: ({ loss }) => loss, errors: ({ error }) => error, text: short },
  { title: "P(k) L_k: its share of the loss", values: shares, text: percent },
];
const LEFT = 34;
const CHART = 92;
const TITLE = 18;
const AXIS = 16;
const BAR = 24;
/** From this k on bars of all models have one colour. */
const LAST_COLOUR = 4;

export function lossStrata(host: HTMLElement, events: ViewEvents, show: (model: number) => void): StrataView {
  let models: StrataMeta[] = [];
  let shown = 0;
  let hovered: number | null = null;
  let pinned: number[] = [];
  let labels = 0;

  const view = panel(
    host,
    "Strata of the loss",
    () => listHeight() + CHARTS.length * (TITLE + CHART) + AXIS,
    (pen) => {
      const model = models[shown];
      if (!model) return;
      labels = models.length > 1 ? Math.max(...models.map(({ label }) => pen.ctx.measureText(label).width)) + 12 : 0;
      if (models.length > 1) drawList(pen);
      CHARTS.forEach((chart, c) => drawChart(pen, chart, model, listHeight() + c * (TITLE + CHART) + TITLE));
      drawAxis(pen, model);
    },
  );
  const { canvas } = view;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "bar charts");
  canvas.setAttribute(
    "aria-label",
    "Strata of the loss; left and right walk through the numbers of active features, up and down through the models, Enter pins, Escape clears",
  );

  const listHeight = (): number => (models.length > 1 ? TITLE + models.length * BAR + 14 : 0);
  const bandOf = (width: number, model: StrataMeta): number => (width - LEFT - 4) / model.k.length;
  const colourOf = (k: number): string => viridis(1 - Math.min(k, LAST_COLOUR) / LAST_COLOUR);

  function drawList(pen: Pen): void {
    const { ctx, theme, width } = pen;
    title(pen, "share of the loss by k, each model", 0);
    const legend = [0, 1, 2, 3, LAST_COLOUR];
    let right = width - 2;
    ctx.textAlign = "right";
    for (const k of [...legend].reverse()) {
      const words = k === LAST_COLOUR ? `${k}+` : String(k);
      ctx.fillStyle = theme.ink;
      ctx.fillText(words, right, 9);
      right -= ctx.measureText(words).width + 4;
      ctx.fillStyle = colourOf(k);
      ctx.fillRect(right - 10, 4, 10, 10);
      right -= 18;
    }
    models.forEach((model, place) => {
      const y = TITLE + place * BAR;
      ctx.fillStyle = theme.ink;
      ctx.textAlign = "left";
      if (place === shown) {
        ctx.globalAlpha = 0.18;
        ctx.fillStyle = theme.accent;
        ctx.fillRect(0, y, width, BAR);
        ctx.globalAlpha = 1;
        ctx.fillStyle = theme.ink;
      }
      ctx.fillText(model.label, 4, y + BAR / 2);
      let x = labels;
      shares(model).forEach((share, index) => {
        const k = model.k[index]!;
        const wide = share * (width - labels - 2);
        ctx.fillStyle = colourOf(k);
        ctx.fillRect(x, y + 4, wide, BAR - 8);
        if (wide > 3) {
          const marked = hovered === k || pinned.includes(k);
          ctx.strokeStyle = marked ? theme.accent : theme.line;
          ctx.lineWidth = marked ? 2.5 : 1;
          ctx.strokeRect(x, y + 4, wide, BAR - 8);
        }
        x += wide;
      });
    });
  }

  function drawChart(pen: Pen, chart: Chart, model: StrataMeta, top: number): void {
    const { ctx, theme, width } = pen;
    const values = chart.values(model);
    const end = niceLimit(Math.max(...values));
    const band = bandOf(width, model);
    title(pen, chart.title, top - TITLE, LEFT);
    const high = CHART - 14;
    ctx.textAlign = "right";
    for (const share of [0, 0.5, 1]) {
      const y = Math.round(top + high * (1 - share)) + 0.5;
      ctx.strokeStyle = share === 0 ? theme.line : theme.grid;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(LEFT, y);
      ctx.lineTo(width - 4, y);
      ctx.stroke();
      ctx.fillStyle = theme.inkSoft;
      if (share > 0) ctx.fillText(chart.text(end * share).replace(" ", ""), LEFT - 4, y);
    }
    values.forEach((value, index) => {
      const k = model.k[index]!;
      const x = LEFT + index * band + Math.min(band * 0.15, 8);
      const wide = Math.max(band - Math.min(band * 0.3, 16), 0.8);
      const tall = (high * value) / end;
      ctx.fillStyle = colourOf(k);
      ctx.fillRect(x, top + high - tall, wide, tall);
      const marked = hovered === k || pinned.includes(k);
      ctx.strokeStyle = marked ? theme.accent : theme.line;
      ctx.lineWidth = marked ? 2.5 : 1;
      if (wide > 3) ctx.strokeRect(x, top + high - tall, wide, tall);
      const error = ((chart.errors?.(model)[index] ?? 0) * high) / end;
      if (error > 1) {
        ctx.fillStyle = theme.ink;
        ctx.fillRect(x + wide / 2 - 0.5, top + high - tall - error, 1, 2 * error);
      }
      if (band < 46) return;
      ctx.textAlign = "center";
      const inside = tall > high - 14;
      ctx.fillStyle = inside ? readableOn(colourOf(k)) : theme.ink;
      const above = inside ? -10 - (error > 1 ? error : 0) : 8 + (error > 1 ? error : 0);
      ctx.fillText(chart.text(value), x + wide / 2, top + high - tall - above);
    });
  }

  function drawAxis(pen: Pen, model: StrataMeta): void {
    const { ctx, theme, width } = pen;
    const band = bandOf(width, model);
    const y = listHeight() + CHARTS.length * (TITLE + CHART) + 2;
    const every = [1, 2, 5, 10, 20, 50, 100].find((step) => step * band >= 20) ?? 200;
    ctx.textAlign = "center";
    model.k.forEach((k, index) => {
      if (index % every !== 0) return;
      ctx.fillStyle = hovered === k ? theme.ink : theme.inkSoft;
      ctx.fillText(String(k), LEFT + (index + 0.5) * band, y);
    });
    ctx.textAlign = "left";
    ctx.fillStyle = theme.inkSoft;
    ctx.fillText("k =", 6, y);
  }

  /** What lies under a point: a stratum, a model, or both. */
  const under = (x: number, y: number): { k: number | null; model: number } | null => {
    const model = models[shown];
    if (!model) return null;
    if (y < listHeight()) {
      const place = Math.floor((y - TITLE) / BAR);
      const other = models[place];
      if (y < TITLE || !other) return null;
      let share = (x - labels) / (canvas.clientWidth - labels - 2);
      if (share < 0) return { k: null, model: place };
      const index = shares(other).findIndex((part) => (share -= part) <= 0);
      return { k: other.k[index] ?? null, model: place };
    }
    const index = Math.floor((x - LEFT) / bandOf(canvas.clientWidth, model));
    return index >= 0 && index < model.k.length ? { k: model.k[index]!, model: shown } : null;
  };
  const about = (k: number, place = shown): string => {
    const model = models[place]!;
    const index = model.k.indexOf(k);
    if (index < 0) return `${model.label}: k = ${k} does not occur`;
    const sure = model.error[index]! > 0 ? ` ± ${short(Number(model.error[index]!.toPrecision(1)))}` : " (exact)";
    const head = models.length > 1 ? `${model.label}, ` : "";
    return `${head}k = ${k}: P = ${percent(model.probability[index]!)}, L_{${k}} = ${short(model.loss[index]!)}${sure}, ${percent(shares(model)[index]!)} of the loss`;
  };
  const report = (k: number | null): void => {
    if (k !== hovered) events.onHover(k);
  };
  const leave = (): void => {
    view.tip(null);
    report(null);
  };
  const speak = (k: number): void => {
    const model = models[shown]!;
    report(k);
    view.tip(about(k), LEFT + (model.k.indexOf(k) + 0.5) * bandOf(canvas.clientWidth, model), listHeight() + TITLE);
    view.say(about(k));
  };
  const walk = (by: number): void => {
    const { k } = models[shown]!;
    const from = hovered === null ? (by > 0 ? -1 : k.length) : k.indexOf(hovered);
    speak(k[Math.min(Math.max(from + by, 0), k.length - 1)]!);
  };
  const go = (by: number): void => {
    const next = Math.min(Math.max(shown + by, 0), models.length - 1);
    if (next === shown) return;
    show(next);
    view.say(models[next]!.label);
  };
  const keys: Record<string, () => void> = {
    ArrowRight: () => walk(1),
    ArrowLeft: () => walk(-1),
    ArrowDown: () => go(1),
    ArrowUp: () => go(-1),
    Home: () => walk(-Infinity),
    End: () => walk(Infinity),
    Enter: () => hovered !== null && events.onPin(hovered),
    " ": () => hovered !== null && events.onPin(hovered),
    Escape: () => {
      leave();
      events.onClear();
    },
  };
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const found = under(offsetX, offsetY);
    canvas.style.cursor = found ? "pointer" : "";
    view.tip(found && found.k !== null ? about(found.k, found.model) : null, offsetX, offsetY);
    report(found?.k ?? null);
  });
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("blur", leave);
  canvas.addEventListener("click", ({ offsetX, offsetY }) => {
    const found = under(offsetX, offsetY);
    if (!found) return;
    if (found.model !== shown) show(found.model);
    else if (found.k !== null) events.onPin(found.k);
  });
  canvas.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || models.length === 0 || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
  view.legend(
    h("span", {}, "bars: k active features, from yellow (0) to dark (4 and more);"),
    h("span", { class: "tms-note" }, "k = 0 and 1 are exact, thin lines: ± a standard error of what is sampled"),
  );

  return {
    update: (next, place) => {
      models = next;
      shown = Math.min(Math.max(place, 0), Math.max(next.length - 1, 0));
      view.caption(models[shown]?.caption ?? "");
      view.request();
    },
    select: (next) => {
      ({ hovered, pinned } = next);
      view.request();
    },
    destroy: view.destroy,
  };
}

export function shares({ probability, loss, total }: StrataMeta): number[] {
  return probability.map((p, index) => (total > 0 ? (p * loss[index]!) / total : 0));
}

function title({ ctx, theme }: Pen, words: string, y: number, x = 4): void {
  ctx.textAlign = "left";
  ctx.fillStyle = theme.ink;
  ctx.fillText(words.replace("L_k", "Lₖ"), x, y + 8);
}
