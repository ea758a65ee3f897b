// A page that shows how the training in its worker goes.
import type { Report } from "convnets";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.onmessage = ({ data: report }: MessageEvent<Report>) => {
  if (report.kind !== "epoch") return;
  const item = document.createElement("li");
  item.textContent = `loss ${report.loss.toFixed(3)}, ${report.validation?.top1} of the digits right`;
  document.querySelector("ol")?.append(item);
};
worker.postMessage("start");
