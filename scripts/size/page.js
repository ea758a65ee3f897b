// A page that runs one network: what scripts/size.js measures.
import { Evaluator, loadEngine, parseSafetensors, resnet18 } from "convnets";

const file = parseSafetensors(new Uint8Array(await (await fetch("weights.safetensors")).arrayBuffer()));
const model = resnet18();
const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const engine = await loadEngine("auto");
const evaluator = await Evaluator.create(model, engine, {
  image: { shape: model.input, normalization },
  batch: 1,
});
evaluator.load(file.tensors);
console.log(await evaluator.probabilities(new Uint8Array(3 * 224 * 224), 1));
