// The Explorer widget: one instrument for each model, any number of views of it.
import "../shared/theme.css";
import "../explorer/transport.css";
import "../explorer/explorer.css";
import "../explorer/data_controls.css";
import { Instrument } from "../explorer/instrument";
import { KernelTrainer } from "../explorer/kernel_trainer";
import type { Model } from "../explorer/model";
import { mount } from "../explorer/mount";
import { sayReady } from "../shared/ready";

export default () => {
  let instrument: Instrument;
  return {
    initialize({ model }: { model: Model }) {
      instrument = new Instrument(model, new KernelTrainer(model));
      sayReady(model);
      return () => instrument.dispose();
    },
    render({ el }: { el: HTMLElement }) {
      return mount(instrument, el);
    },
  };
};
