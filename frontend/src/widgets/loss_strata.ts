// The strata of the loss as a widget: one model, or several of which one is shown in full.
import { selectableWidget } from "../shared/standalone";
import { lossStrata, type StrataMeta } from "../views/loss_strata";

export default selectableWidget(["_models", "model"], (host, events, model) => {
  const view = lossStrata(host, events, (place) => {
    model.set("model", place);
    model.save_changes();
  });
  const redraw = (): void => view.update(model.get("_models") as StrataMeta[], model.get("model") as number);
  return { view, redraw };
});
