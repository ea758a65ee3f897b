import type { ModelName } from "convnets";

// GFLOP/s that networks were seen to reach here, so that the next estimate is a better one.

const key = "convnets.speeds";

export function rememberSpeed(model: ModelName, speed: number): void {
  if (!(speed > 0)) return;
  localStorage.setItem(key, JSON.stringify({ ...speeds(), [model]: Math.round(speed * 100) / 100 }));
}

/** Undefined for a network that was not trained here yet. */
export function knownSpeed(model: ModelName): number | undefined {
  const speed = speeds()[model];
  return typeof speed === "number" && speed > 0 ? speed : undefined;
}

function speeds(): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof found === "object" && found !== null ? { ...found } : {};
  } catch {
    return {};
  }
}
