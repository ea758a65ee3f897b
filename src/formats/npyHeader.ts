// The header of an npy file is a Python literal: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
// This reads that one form and nothing else of Python.

import { FormatError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";

export interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

type Literal = string | boolean | readonly number[];

const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|([0-9]{1,16})L?|([{}(),:])|(\S))/y;

export function parseNpyHeader(text: string, file: string): NpyHeader {
  const fields = parseDict(new Tokens(text, file));
  const { descr, fortran_order: fortranOrder, shape, ...others } = Object.fromEntries(fields);
  const other = Object.keys(others)[0];
  if (other !== undefined)
    throw new FormatError(`${file}: the npy header has a field ${quote(other)}, expected ${keys}`);
  if (typeof descr !== "string")
    throw new FormatError(`${file}: the npy header has no text 'descr', expected ${keys}`);
  if (typeof fortranOrder !== "boolean")
    throw new FormatError(`${file}: the npy header has no True or False 'fortran_order', expected ${keys}`);
  if (typeof shape !== "object")
    throw new FormatError(`${file}: the npy header has no tuple 'shape', expected ${keys}`);
  return { descr, fortranOrder, shape };
}

const keys = "'descr', 'fortran_order' and 'shape'";

function parseDict(tokens: Tokens): Map<string, Literal> {
  const fields = new Map<string, Literal>();
  tokens.expect("{");
  while (!tokens.take("}")) {
    const key = tokens.text();
    tokens.expect(":");
    if (fields.has(key))
      throw new FormatError(`${tokens.file}: the npy header has ${quote(key)} twice, expected it once`);
    fields.set(key, parseValue(tokens));
    if (!tokens.take(",")) {
      tokens.expect("}");
      break;
    }
  }
  tokens.expectEnd();
  return fields;
}

function parseValue(tokens: Tokens): Literal {
  if (tokens.take("True")) return true;
  if (tokens.take("False")) return false;
  return tokens.take("(") ? parseTuple(tokens) : tokens.text();
}

function parseTuple(tokens: Tokens): readonly number[] {
  const numbers: number[] = [];
  while (!tokens.take(")")) {
    numbers.push(tokens.number());
    if (tokens.take(",")) continue;
    tokens.expect(")");
    break;
  }
  return numbers;
}

interface Token {
  readonly kind: "text" | "number" | "mark" | "end";
  readonly value: string;
}

class Tokens {
  readonly #text: string;
  readonly file: string;
  #next: Token;
  #at = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.file = file;
    this.#next = this.#read();
  }

  /** Steps over `mark` if it comes next. */
  take(mark: string): boolean {
    if (this.#next.kind !== "mark" || this.#next.value !== mark) return false;
    this.#next = this.#read();
    return true;
  }

  expect(mark: string): void {
    if (!this.take(mark)) this.fail(quote(mark));
  }

  expectEnd(): void {
    if (this.#next.kind !== "end") this.fail("nothing more");
  }

  text(): string {
    return this.#value("text", "a text");
  }

  number(): number {
    return Number(this.#value("number", "a whole number"));
  }

  fail(expected: string): never {
    const found = this.#next.kind === "end" ? "the end" : quote(this.#next.value);
    throw new FormatError(
      `${this.file}: ${found} before position ${this.#at} of the npy header, expected ${expected}`,
    );
  }

  #value(kind: Token["kind"], expected: string): string {
    if (this.#next.kind !== kind) this.fail(expected);
    const { value } = this.#next;
    this.#next = this.#read();
    return value;
  }

  #read(): Token {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (match === null) return { kind: "end", value: "" };
    this.#at = token.lastIndex;
    const [, single, double, truth, number, mark, stray] = match;
    const text = single ?? double;
    if (text !== undefined) return { kind: "text", value: text };
    if (number !== undefined) return { kind: "number", value: number };
    return { kind: "mark", value: truth ?? mark ?? stray ?? "" };
  }
}
