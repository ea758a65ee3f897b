/** A stream to write text to, which may be a terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command touches of the process it runs in. */
export interface Io {
  /** Results: with `--json` JSON alone. */
  readonly stdout: Output;
  /** Progress, notes and errors. */
  readonly stderr: Output;
  /** Calls `listener` at the next Ctrl-C, instead of ending, until the function it returns is called. */
  onInterrupt(listener: () => void): () => void;
}

const usualColumns = 80;

/** How wide a line may be; where there is no terminal, `COLUMNS` may say. */
export function columnsOf(output: Output): number {
  const asked = Number(process.env.COLUMNS);
  return output.columns ?? (asked >= 20 ? asked : usualColumns);
}

/** Where lines have to end: a file takes lines of any length. */
export function roomOf(output: Output): number {
  return output.isTTY ? columnsOf(output) : Number.POSITIVE_INFINITY;
}

export function print(output: Output, text: string): void {
  output.write(`${text}\n`);
}

export function printJson(io: Io, value: unknown): void {
  print(io.stdout, JSON.stringify(value, null, 2));
}

export function note(io: Io, text: string): void {
  print(io.stderr, `note: ${text}`);
}
