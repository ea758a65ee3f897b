// What `npm run demo` shows once set-up is done: two networks learn real handwritten digits through the command line,
// just as a user would type it. It fails when they do not learn.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lenet = join("runs", "demo-lenet5");
const googlenet = join("runs", "demo-googlenet");

function main() {
  const { auto } = JSON.parse(convnets("doctor", "--json"));
  const fast = auto !== "reference";
  if (!fast)
    say(
      "No fast engine is there (`npx convnets doctor` says why), so this is the reference engine:",
      "right, but about a hundred times slower. The demo does less work on it.",
    );

  say("1. LeNet-5 learns 9,000 handwritten digits and is tested on 1,000 it has never seen.");
  train("lenet5", lenet, ["--batch", "64", "--rate", "0.02", "--epochs", fast ? "12" : "3"]);
  const { top1 } = JSON.parse(convnets("evaluate", lenet, "--json"));
  if (top1 < (fast ? 0.97 : 0.9)) fail(`LeNet-5 got only ${percent(top1)} of the digits right`);

  say(
    "2. The article's GoogLeNet, six million parameters, learns the same digits.",
    fast
      ? "Three hundred steps on pictures scaled to 96x96; watch the loss fall."
      : "At this speed, only sixty steps at 32x32: enough to see that it runs, too few to see it learn.",
  );
  const work = fast
    ? ["--size", "96", "--batch", "32", "--epochs", "2", "--steps", "300"]
    : ["--size", "32", "--batch", "8", "--steps", "60"];
  train("googlenet_article", googlenet, ["--rate", "0.01", "--warmup", "0.1", ...work]);
  const losses = lossesOf(googlenet);
  const [first = Number.NaN] = losses;
  const last = losses.at(-1) ?? Number.NaN;
  if (fast && !(last < 0.8 * first))
    fail(`GoogLeNet's loss went from ${first.toFixed(3)} to ${last.toFixed(3)}`);

  say("3. LeNet-5 names eight of the digits it has never seen.");
  show("predict", lenet, "--index", "0,1,2,3,4,5,6,7", "--top", "2");

  const next = [
    [`evaluate ${lenet}`, "which digits it takes for which"],
    [`predict ${lenet} FILE.png --invert`, "a digit you wrote yourself"],
    ["train lenet5_paper --data digits", "LeNet-5 exactly as published in 1998"],
    ["train lenet5 --data mnist", "all 60,000 digits of MNIST (downloads 11 MB)"],
    ["summary googlenet_article", "what it is made of, layer by layer"],
  ];
  say(
    `Done: LeNet-5 has ${percent(top1)} of the held-out digits right. What to try next:`,
    "",
    ...next.map(([command = "", what]) => `  npx convnets ${command.padEnd(42)} ${what}`),
  );
}

function train(model, run, options) {
  rmSync(join(root, run), { recursive: true, force: true });
  show("train", model, "--data", "digits", "--seed", "1", "--out", run, ...options);
}

/** The mean loss of each epoch. */
function lossesOf(run) {
  const lines = readFileSync(join(root, run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line).loss);
}

/** Runs a command before the user's eyes. */
function show(...args) {
  console.log(`$ npx convnets ${args.join(" ")}\n`);
  run(args, "inherit");
}

/** Runs a command for what it prints. */
function convnets(...args) {
  return run(args, ["ignore", "pipe", "inherit"]);
}

function run(args, stdio) {
  const command = [join("dist", "cli", "main.js"), ...args];
  const { status, stdout, error } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio,
    encoding: "utf8",
  });
  if (status !== 0) fail(`\`convnets ${args.join(" ")}\` ${error ? error.message : `ended with ${status}`}`);
  return stdout;
}

function say(...lines) {
  console.log(`\n${lines.join("\n")}\n`);
}

function percent(part) {
  return `${(100 * part).toFixed(1)} %`;
}

function fail(what) {
  console.error(`\nThe demo failed: ${what}.`);
  process.exit(1);
}

main();
