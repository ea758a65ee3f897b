export type { Arrays, Engine, PrepareOptions, Program, StepTime } from "./engines/engine.ts";
export { referenceEngine } from "./engines/reference/engine.ts";
export * from "./ir/errors.ts";
export * from "./models/index.ts";
export { type Evaluation, Evaluator } from "./train/evaluate.ts";
export { sgd } from "./train/optimizers.ts";
export { constantRate, cosine } from "./train/schedules.ts";
export { type Report, Trainer, type TrainerOptions } from "./train/trainer.ts";
