import type { ModelOptions } from "convnets";
import type { Settings } from "./settings.ts";

/** What of a training is not among its settings and yet in its code. */
export interface Circumstances {
  readonly options: ModelOptions;
  /** Pictures there are to train on. */
  readonly available: number;
}

/** The training on the command line. */
export function commandOf(settings: Settings, { options }: Circumstances): string {
  const { model, data, optimizer, rate, batch, epochs, weightDecay, schedule } = settings;
  const { labelSmoothing, augment, seed, start } = settings;
  const flags = [
    `--data ${data === "digits" ? "digits" : "folder:PICTURES"}`,
    ...(options.size === undefined ? [] : [`--size ${options.size}`]),
    ...[`--epochs ${epochs}`, `--batch ${batch}`],
    ...[`--optimizer ${optimizer}`, `--rate ${rate}`, `--weight-decay ${weightDecay}`],
    ...(optimizer === "rmsprop" ? ["--momentum 0"] : []),
    `--schedule ${schedule}${schedule === "onecycle" ? " --warmup 0.3" : ""}`,
    ...(labelSmoothing > 0 ? [`--label-smoothing ${labelSmoothing}`] : []),
    ...(augment === "none" ? [] : [`--augment ${augment}`]),
    ...(start === "" ? [] : ["--finetune WEIGHTS.safetensors"]),
    ...[`--seed ${seed}`, "--engine wasm"],
  ];
  return [`convnets train ${model}`, ...flags].join(" \\\n  ");
}

/** What of it a command line can't say; undefined where it says all. */
export function commandGap({ pictures, data }: Settings, { available }: Circumstances): string | undefined {
  if (data === "pictures") return "It wants the pictures in a folder with a sub-folder a class.";
  if (pictures > 0 && pictures < available)
    return "It trains on all digits; the code below takes as many as here.";
  return undefined;
}

const optimizerCode = {
  sgd: ({ weightDecay }: Settings) => `sgd({ momentum: 0.9, weightDecay: ${weightDecay} })`,
  adam: ({ weightDecay }: Settings) => `adam({ weightDecay: ${weightDecay} })`,
  adamw: ({ weightDecay }: Settings) => `adamw({ weightDecay: ${weightDecay} })`,
  rmsprop: ({ weightDecay }: Settings) => `rmsprop({ weightDecay: ${weightDecay} })`,
} as const;

const scheduleCode = {
  constant: ["constantRate", "constantRate({ warmup: { part: 0.05 } })"],
  cosine: ["cosine", "cosine({ warmup: { part: 0.05 } })"],
  onecycle: ["oneCycle", "oneCycle()"],
  multistep: ["multiStepDecay", "multiStepDecay({ warmup: { part: 0.05 } })"],
} as const;

const augmentCode = { digits: "digitTraining", cifar: "cifarTraining" } as const;

/** The training in TypeScript, for Node. */
export function codeOf(settings: Settings, { options, available }: Circumstances): string {
  const { model, data, pictures, optimizer, rate, batch, epochs, schedule, augment, labelSmoothing, seed } =
    settings;
  const { start } = settings;
  const some = data === "digits" && pictures > 0 && pictures < available;
  const [scheduleName, scheduleCall] = scheduleCode[schedule];
  const names = [
    ...["createModel", "loadEngine", "Trainer", optimizer, scheduleName],
    ...(data === "digits" ? ["inMemory"] : []),
    ...(some ? ["subset"] : []),
    ...(augment === "none" ? [] : ["transformed", augmentCode[augment]]),
    ...(start === "" ? [] : ["matchWeights", "newHead", "parseSafetensors"]),
  ];
  const source = data === "digits" ? ["loadDigits"] : ["openData"];
  const taken = some
    ? `inMemory(subset(data.train, Array.from({ length: ${pictures} }, (_, i) => i)))`
    : data === "digits"
      ? "inMemory(data.train)"
      : "data.train";
  return [
    ...(start === "" ? [] : ['import { readFile } from "node:fs/promises";']),
    `import { ${names.toSorted((a, b) => a.localeCompare(b)).join(", ")} } from "convnets";`,
    `import { ${source.join(", ")} } from "convnets/node";`,
    "",
    data === "digits"
      ? "const data = await loadDigits();"
      : 'const data = await openData("folder:PICTURES");',
    `const pictures = ${taken};`,
    `const train = ${augment === "none" ? "pictures" : `transformed(pictures, ${augmentCode[augment]}(pictures.shape[1]))`};`,
    `const model = createModel("${model}", ${literal(options)});`,
    'const trainer = await Trainer.create(model, await loadEngine("wasm"), {',
    `  image: train, batch: ${batch}, rate: ${rate}, seed: ${seed},`,
    `  optimizer: ${optimizerCode[optimizer](settings)},`,
    `  schedule: ${scheduleCall},`,
    ...(labelSmoothing > 0 ? [`  labelSmoothing: ${labelSmoothing},`] : []),
    "});",
    ...(start === ""
      ? []
      : [
          'const { tensors } = parseSafetensors(await readFile("WEIGHTS.safetensors"), "WEIGHTS.safetensors");',
          `const head = newHead(model, tensors, ${seed});`,
          'trainer.start(matchWeights(model, new Map([...tensors, ...head]), "WEIGHTS.safetensors"));',
        ]),
    `const validate = ${data === "digits" ? "inMemory(data.test)" : "data.test"};`,
    `for await (const report of trainer.fit({ train, validate }, { epochs: ${epochs} }))`,
    '  if (report.kind === "epoch") console.log(report.epoch, report.validation?.top1);',
  ].join("\n");
}

function literal(options: ModelOptions): string {
  const entries = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{ ${entries.join(", ")} }`;
}
