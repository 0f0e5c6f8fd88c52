// An attack on one input as a widget.
import { attackView, type AttackState } from "../looking/attack_view";
import { readModel, type ModelMeta } from "../looking/trace";
import { selectableWidget } from "../shared/standalone";

const STATE = ["x", "fraction", "feature", "sign"] as const;

export default selectableWidget(["_meta", "_weights", "_mean_length", ...STATE], (host, events, model) => {
  const view = attackView(host, events, (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    model.save_changes();
  });
  const redraw = (): void => {
    const read = readModel(model.get("_meta") as ModelMeta, model.get("_weights") as DataView);
    const state = Object.fromEntries(STATE.map((name) => [name, model.get(name)])) as unknown as AttackState;
    if (state.x.length !== read.n) throw new Error(`model: an input of ${state.x.length} numbers does not fit ${read.n} features`);
    view.update(read, state, model.get("_mean_length") as number);
  };
  return { view, redraw };
});
