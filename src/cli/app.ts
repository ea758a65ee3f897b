import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Command } from "commander";
import { errorCode } from "../files/readFile.ts";
import { UsageError } from "../ir/errors.ts";
import { appServer } from "./appServer.ts";
import { type Flags, whole } from "./flags.ts";
import { type Io, note, print, printJson } from "./io.ts";

interface AppFlags extends Flags {
  readonly port?: number;
  readonly host: string;
  readonly open?: boolean;
}

const usualPort = 4173;

/** Where the build leaves the application, seen from sources and from the compiled program alike. */
const built = join(import.meta.dirname, "..", "..", "dist", "app");

export function addApp(program: Command, io: Io, folder: string = built): void {
  program
    .command("app")
    .summary("serve the web application on this machine")
    .description(
      "Serves the web application until Ctrl-C: explore, train and question networks in a browser.",
    )
    .option(
      "--port <n>",
      `where it listens (default: ${usualPort}, or a free one if that is taken)`,
      whole(0, 65535),
    )
    .option("--host <name>", "who may reach it: this machine alone, or 0.0.0.0 for all", "localhost")
    .option("--open", "open it in the browser")
    .action((flags: AppFlags) => serve(folder, flags, io));
}

async function serve(folder: string, { port, host, open, json }: AppFlags, io: Io): Promise<void> {
  await expectBuilt(folder);
  const server = appServer(folder);
  const taken = await listen(server, host, port ?? usualPort, port === undefined);
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`;
  if (json) printJson(io, { url, host, port: taken });
  else print(io.stdout, `${url} serves the application. Ctrl-C ends it.`);
  if (!["localhost", "127.0.0.1", "::1"].includes(host))
    note(io, "over plain HTTP, browsers on other machines give a page one thread and no camera");
  if (open) openBrowser(url, io);
  await new Promise<void>((resolve) => io.onInterrupt(resolve));
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

async function expectBuilt(folder: string): Promise<void> {
  try {
    await access(join(folder, "index.html"));
  } catch {
    throw new UsageError(
      `app: ${folder} has no index.html: the application is not built; run \`npm run build\``,
    );
  }
}

/** The port on which the server listens now; another one than `port` where that is taken and `free` allows it. */
async function listen(server: Server, host: string, port: number, free: boolean): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const code = errorCode(error);
    if (code === "EADDRINUSE" && free) return listen(server, host, 0, false);
    if (code === "") throw error;
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: "it is taken; leave out --port for a free one",
      EACCES: "this user may not listen on it; expected one above 1023",
    };
    throw new UsageError(`app: can't listen on port ${port} of ${host}: ${reasons[code] ?? code}`);
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function openBrowser(url: string, io: Io): void {
  const [command = "", ...argv] =
    process.platform === "win32"
      ? ["cmd", "/c", "start", "", url]
      : [process.platform === "darwin" ? "open" : "xdg-open", url];
  const started = spawn(command, argv, { stdio: "ignore", detached: true });
  started.on("error", () => note(io, `${command} is not there to open a browser; open ${url} yourself`));
  started.unref();
}
