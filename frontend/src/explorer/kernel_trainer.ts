// Asks the kernel: a request is one custom message, its reply another with the film as a binary buffer.
import type { FilmMeta } from "../shared/film";
import type { Model } from "./model";
import type { FilmBuffer, Reply, Request, Trainer, TrainingState } from "./trainer";

type Message =
  | ({ type: "film"; meta: FilmMeta } & TrainingState)
  | { type: "error"; token: number; message: string };

export class KernelTrainer implements Trainer {
  private waiting: { token: number; resolve: (reply: Reply) => void }[] = [];

  constructor(private readonly model: Model) {
    model.on("msg:custom", this.receive);
  }

  train(request: Request): Promise<Reply> {
    return new Promise((resolve) => {
      this.model.send(messageOf(request)); // throws, and so rejects, when the connection to the kernel is gone
      this.waiting.push({ token: request.token, resolve });
    });
  }

  dispose(): void {
    this.model.off("msg:custom", this.receive);
    this.waiting = [];
  }

  private readonly receive = (message: Message, buffers: FilmBuffer[]): void => {
    const reply = readReply(message, buffers);
    if (!reply) return;
    const token = reply.type === "film" ? reply.state.token : reply.token;
    const answered = this.waiting.filter((one) => one.token === token);
    this.waiting = this.waiting.filter((one) => one.token > token); // older ones will not be answered any more
    for (const one of answered) one.resolve(reply);
  };
}

/** What travels: the seeds stand beside the settings of the problem. */
function messageOf(request: Request): unknown {
  if (request.type !== "train") return request;
  const { seed, n_seeds, ...settings } = request.settings;
  return { ...request, settings, seed, n_seeds };
}

function readReply(message: Message, buffers: FilmBuffer[]): Reply | null {
  if (message.type === "error") return message;
  if (message.type !== "film" || !buffers[0]) return null;
  const { type, meta, ...state } = message;
  return { type, meta, state, film: buffers[0] };
}
