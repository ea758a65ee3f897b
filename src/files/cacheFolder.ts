import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where downloads are kept, as the conventions of each system have it. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  // A relative $XDG_CACHE_HOME is to be ignored, says its specification.
  const xdg = env.XDG_CACHE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "convnets");
  if (platform === "darwin") return join(home, "Library", "Caches", "convnets");
  if (platform === "win32")
    return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "convnets", "cache");
  return join(home, ".cache", "convnets");
}
