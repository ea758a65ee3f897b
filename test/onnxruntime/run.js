// Runs an ONNX file in ONNX Runtime: `node run.js MODEL` takes {"shape": [...], "data": [...]} on standard input and
// prints the numbers of the first output as JSON. A program of its own, as its package is installed for tests alone.
import { text } from "node:stream/consumers";
import { InferenceSession, Tensor } from "onnxruntime-node";

const session = await InferenceSession.create(process.argv[2], { logSeverityLevel: 3 });
const { shape, data } = JSON.parse(await text(process.stdin));
const [input] = session.inputNames;
const [output] = session.outputNames;
const found = await session.run({ [input]: new Tensor("float32", Float32Array.from(data), shape) });
console.log(JSON.stringify([...found[output].data]));
