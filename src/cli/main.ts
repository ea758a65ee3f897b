#!/usr/bin/env node
import { main } from "./program.ts";

// `convnets models | head` closes the pipe early; that is no failure.
process.stdout.on("error", (error: Error & { readonly code?: string }) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt: (listener) => {
    // Once: a second Ctrl-C ends the process at once.
    process.once("SIGINT", listener);
    return () => process.off("SIGINT", listener);
  },
});
