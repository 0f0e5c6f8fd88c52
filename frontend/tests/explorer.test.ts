import assert from "node:assert/strict";
import { test } from "node:test";
import { Conductor } from "../src/explorer/conductor";
import { DECAYS, DENSITIES, FACTORS, FEATURES, HIDDEN, nearestIndex } from "../src/explorer/grids";
import { History } from "../src/explorer/history";
import {
  fitting, formulaOf, lossText, matches, perturbedWords, sameSettings, setSizes, setWords, sparsityOf, sparsityWords, trainingWords,
  type Settings,
} from "../src/explorer/settings";
import type { Reply, Request, Trainer, TrainingState } from "../src/explorer/trainer";

const SETTINGS: Settings = {
  n_features: 5, n_hidden: 2, density: 0.1, importance: 0.9, architecture: "relu_output", activation: "relu",
  hidden_bias: false, l1: 0, features: "independent",
  set_size: null, perturbed: null, factor: 1, training: {}, seed: 0, n_seeds: 8,
};
const at = (density: number): Settings => ({ ...SETTINGS, density });

/** A trainer that answers when the test says so. */
class Puppet implements Trainer {
  asked: { request: Request; resolve: (reply: Reply) => void; reject: () => void }[] = [];

  train(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => this.asked.push({ request, resolve, reject }));
  }

  dispose(): void {}

  get last(): Request {
    return this.asked.at(-1)!.request;
  }

  async answer(changes: Partial<TrainingState> = {}, index = this.asked.length - 1): Promise<void> {
    const { request, resolve } = this.asked[index]!;
    resolve({ type: "film", state: { token: request.token, done: true, ...changes } as TrainingState } as Reply);
    await settled();
  }

  async refuse(message: string): Promise<void> {
    const { request, resolve } = this.asked.at(-1)!;
    resolve({ type: "error", token: request.token, message });
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

function conducted() {
  const trainer = new Puppet();
  const heard: string[] = [];
  const conductor = new Conductor(trainer, {
    onReply: (reply) => heard.push(`film ${reply.state.done ? "done" : "part"}`),
    onError: (message) => heard.push(message),
    onSilence: (silent) => heard.push(silent ? "silent" : "speaks"),
    onActivity: () => {},
  });
  conductor.setAwake(true);
  return { trainer, conductor, heard };
}

const density = (request: Request): unknown => (request.type === "train" ? request.settings.density : null);

test("one request is under way and the newest wish wins", async () => {
  const { trainer, conductor, heard } = conducted();
  for (const p of [0.5, 0.4, 0.3, 0.2]) conductor.train(at(p));
  assert.deepEqual(trainer.asked.map(({ request }) => density(request)), [0.5]);
  await trainer.answer();
  assert.deepEqual(trainer.asked.map(({ request }) => density(request)), [0.5, 0.2]);
  await trainer.answer();
  assert.deepEqual(heard, ["film done", "film done"]);
  assert.equal(conductor.busy, false);
  assert.ok(trainer.asked[0]!.request.token < trainer.asked[1]!.request.token);
});

test("a training that is not finished is asked to go on, until it is cancelled", async () => {
  const { trainer, conductor } = conducted();
  conductor.train(SETTINGS);
  await trainer.answer({ done: false });
  assert.equal(trainer.last.type, "continue");
  assert.equal(trainer.last.token, trainer.asked[0]!.request.token);
  conductor.cancel();
  await trainer.answer({ done: false });
  assert.equal(trainer.asked.length, 2);
  conductor.resume();
  assert.equal(trainer.asked.length, 3);
  await trainer.answer({ done: true });
  assert.equal(trainer.asked.length, 3);
});

test("nothing is asked while nobody looks", async () => {
  const { trainer, conductor } = conducted();
  conductor.train(SETTINGS);
  conductor.setAwake(false);
  await trainer.answer({ done: false });
  conductor.train(at(0.2));
  assert.equal(trainer.asked.length, 1);
  conductor.setAwake(true);
  assert.equal(density(trainer.last), 0.2);
});

test("an error ends the training and is heard, unless a newer wish is waiting", async () => {
  const { trainer, conductor, heard } = conducted();
  conductor.train(SETTINGS);
  await trainer.refuse("too large");
  assert.deepEqual(heard, ["too large"]);
  assert.equal(trainer.asked.length, 1);
  conductor.train(at(0.2));
  conductor.train(at(0.3));
  await trainer.refuse("too large again");
  await trainer.answer();
  assert.deepEqual(heard, ["too large", "film done"]);
});

test("silence is noticed after three seconds, the newest wish is tried, late answers count only if still wanted", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { trainer, conductor, heard } = conducted();
  conductor.train(at(0.5));
  conductor.train(at(0.4));
  t.mock.timers.tick(2999);
  assert.deepEqual(heard, []);
  t.mock.timers.tick(1);
  assert.deepEqual(heard, ["silent"]);
  assert.equal(density(trainer.last), 0.4);
  await trainer.answer({}, 0);
  assert.deepEqual(heard, ["silent"], "the answer to an older request is stale");
  await trainer.answer({}, 1);
  assert.deepEqual(heard, ["silent", "speaks", "film done"]);
});

test("a connection that is gone is silence at once", async () => {
  const { trainer, conductor, heard } = conducted();
  conductor.train(SETTINGS);
  trainer.asked[0]!.reject();
  await settled();
  assert.deepEqual(heard, ["silent"]);
  assert.equal(conductor.busy, false);
});

test("what the kernel trains by itself takes the place of what was asked", async () => {
  const { trainer, conductor, heard } = conducted();
  conductor.train(SETTINGS);
  conductor.adopt(-7, false);
  assert.deepEqual([trainer.last.type, trainer.last.token], ["continue", -7]);
  await trainer.answer({}, 0);
  assert.deepEqual(heard, [], "the reply to the older request is stale");
  await trainer.answer({}, 1);
  assert.deepEqual(heard, ["film done"]);
});

test("steps of one gesture are undone together", () => {
  let now = 0;
  const history = new History<number>(() => now);
  for (const [value, time] of [[1, 0], [2, 100], [3, 200], [4, 5000]] as const) {
    now = time;
    history.record(value, "density");
  }
  history.record(5, "");
  history.record(6, "");
  assert.equal(history.undo(7), 6);
  assert.equal(history.undo(6), 5);
  assert.equal(history.undo(5), 4);
  assert.equal(history.undo(4), 1);
  assert.equal(history.undo(1), undefined);
  assert.equal(history.redo(1), 4);
  history.record(9, "");
  assert.equal(history.canRedo, false);
});

test("the grids hold the paper's values exactly, in order", () => {
  const sparsities = DENSITIES.map(sparsityOf);
  for (const S of [0, 0.8, 0.9, 0.95, 0.99, 0.999]) assert.ok(sparsities.includes(S), `S = ${S}`);
  for (const r of [0.7, 0.8, 0.9, 1]) assert.ok(DECAYS.includes(r), `r = ${r}`);
  for (const n of [2, 5, 20, 80, 100]) assert.ok(FEATURES.includes(n), `n = ${n}`);
  for (const m of [1, 2, 5, 20, 30]) assert.ok(HIDDEN.includes(m), `m = ${m}`);
  assert.equal(FACTORS[(FACTORS.length - 1) / 2], 1, "1 in the middle");
  FACTORS.forEach((x, i) => assert.ok(Math.abs(x * FACTORS.at(-1 - i)! - 1) < 0.02, `${x} has its inverse`));
  for (const grid of [sparsities, DECAYS, FEATURES, HIDDEN, FACTORS]) {
    assert.deepEqual([...grid], [...new Set(grid)].sort((a, b) => a - b));
    grid.forEach((value, i) => assert.equal(nearestIndex(grid.map((x) => x + 1e-9), value + 1e-9), i));
  }
  assert.equal(DENSITIES[nearestIndex(DENSITIES, 0.0101)], 0.01);
});

test("settings in words", () => {
  assert.equal(sparsityWords(0.3), "1 − S = 0.3 · 1/(1 − S) = 3.33");
  assert.equal(sparsityWords([0.1, 0.5]), "1 − S from 0.1 to 0.5, one for each feature");
  assert.equal(sparsityOf(0.0015), 0.9985);
  assert.deepEqual([0.021, 0.000459, 1.5].map(lossText), ["0.0210", "0.000459", "1.5"]);
  const preset = { name: "", title: "", section: "", settings: { density: 0.1, n_features: 5 } };
  assert.ok(matches(SETTINGS, preset));
  assert.ok(!matches(at(0.2), preset));
});

test("settings are made to fit each other", () => {
  assert.deepEqual(fitting(SETTINGS), SETTINGS);
  const pairs = fitting({ ...SETTINGS, n_features: 6, features: "correlated" });
  assert.equal(pairs.set_size, 2);
  assert.equal(fitting({ ...pairs, n_features: 9 }).set_size, 3);
  assert.equal(fitting({ ...pairs, n_features: 20, set_size: 9 }).set_size, 10);
  assert.equal(fitting({ ...pairs, n_features: 7 }).set_size, 7, "a prime number of features is one set");
  assert.equal(fitting({ ...pairs, features: "independent" }).set_size, null);
  const perturbed = { ...SETTINGS, perturbed: 4, factor: 0.2 };
  assert.deepEqual([fitting({ ...perturbed, n_features: 3 }).perturbed, fitting({ ...perturbed, n_features: 3 }).n_hidden], [2, 2]);
  assert.equal(fitting({ ...perturbed, perturbed: null }).factor, 1);
});

test("set sizes are the divisors above 1", () => {
  assert.deepEqual([6, 7, 20, 1].map(setSizes), [[2, 3, 6], [7], [2, 4, 5, 10, 20], []]);
  assert.equal(fitting({ ...SETTINGS, n_features: 1, features: "correlated" }).set_size, 1);
  const neurons = fitting({ ...SETTINGS, architecture: "untied", n_hidden: 9, hidden_bias: true, training: { init: "mirrored", steps: 9 } });
  assert.deepEqual([neurons.n_hidden, neurons.hidden_bias, neurons.training.init], [9, true, "mirrored"], "more neurons than features");
  const without = fitting({ ...neurons, architecture: "relu_output" });
  assert.deepEqual([without.n_hidden, without.hidden_bias, without.training], [5, false, { steps: 9 }]);
  assert.equal(fitting({ ...SETTINGS, architecture: "linear" }).activation, "linear");
  assert.equal(fitting({ ...SETTINGS, activation: "linear" }).architecture, "linear", "a ReLU output that has none");
});

test("settings are the same whatever the order of the training's names", () => {
  const one = { ...SETTINGS, training: { init: 0.02, steps: 10 } };
  assert.ok(sameSettings(one, { ...SETTINGS, training: { steps: 10, init: 0.02 } }));
  assert.ok(!sameSettings(one, SETTINGS));
  assert.ok(!sameSettings(SETTINGS, { ...SETTINGS, perturbed: 0 }));
});

test("sets, the perturbed feature and the training in words", () => {
  const sets = { ...SETTINGS, n_features: 6, features: "correlated", set_size: 2 };
  assert.equal(setWords(SETTINGS), "");
  assert.equal(setWords(sets), "3 sets of 2, each active as a whole with probability 1\u00a0−\u00a0S");
  assert.equal(setWords({ ...sets, features: "anticorrelated", set_size: 6 }), "1 set of 6: in each, with probability 1\u00a0−\u00a0S, one random member is active");
  const perturbed = { ...SETTINGS, density: 0.05, perturbed: 1, factor: 0.2 };
  assert.equal(perturbedWords(SETTINGS), "");
  assert.equal(perturbedWords(perturbed), "Feature 1: 1 − S = 0.05 → 0.01");
  assert.equal(perturbedWords({ ...perturbed, factor: 1 }), "Feature 1: 1 − S = 0.05, unchanged");
  assert.equal(perturbedWords({ ...perturbed, density: 0.5, factor: 4 }), "Feature 1: 1 − S = 1, the most there is (× 2)");
  assert.equal(perturbedWords({ ...perturbed, ...sets, perturbed: 3, factor: 2, density: 0.1 }), "Its set, 2–3: 1 − S = 0.1 → 0.2");
  assert.equal(trainingWords({}), "");
  assert.equal(
    trainingWords({ init: 0.02, decay: "none", learning_rate: 0.001, steps: 8000 }),
    "weights start at about 0.02, learning rate 0.001, a constant rate, 8000 steps",
  );
});

test("the formula of a model says what it has", () => {
  assert.equal(formulaOf(SETTINGS), "x′ = ReLU(WᵀWx + b)");
  assert.equal(formulaOf({ ...SETTINGS, activation: "squared_relu" }), "x′ = ReLU(WᵀWx + b)²");
  assert.equal(formulaOf({ ...SETTINGS, architecture: "linear", activation: "linear" }), "x′ = WᵀWx + b");
  const hidden = { ...SETTINGS, architecture: "relu_hidden", hidden_bias: true };
  assert.equal(formulaOf(hidden), "x′ = ReLU(Wᵀ ReLU(Wx + bₕ) + b)");
  assert.equal(formulaOf({ ...hidden, architecture: "untied", activation: "linear" }), "y′ = W₂ ReLU(W₁x + bₕ) + b, target |x|");
});
