// The interference microscope as a widget: a model, and the input that is looked at.
import { microscope } from "../looking/microscope";
import { readModel, type ModelMeta } from "../looking/trace";
import { selectableWidget } from "../shared/standalone";

export default selectableWidget(["_meta", "_weights", "x"], (host, events, model) => {
  const view = microscope(host, events, (x) => {
    model.set("x", x);
    model.save_changes();
  });
  const redraw = (): void => {
    const read = readModel(model.get("_meta") as ModelMeta, model.get("_weights") as DataView);
    const x = model.get("x") as number[];
    if (x.length !== read.n) throw new Error(`model: an input of ${x.length} numbers does not fit ${read.n} features`);
    view.update(read, x);
  };
  return { view, redraw };
});
