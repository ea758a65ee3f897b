// An interpreter of Python's pickle that can build plain values alone: a pickle names the functions that it calls, and
// here only those of a table can be named. Everything that a pickle names is checked before anything is built.

import { FormatError } from "../ir/errors.ts";
import { quote } from "../ir/quote.ts";
import { type Operation, operations } from "./pickleOps.ts";

/** What a pickle may call, by module and name with a space between. */
export type Callables = ReadonlyMap<string, Callable>;
export type Callable = (args: readonly unknown[], fail: Fail) => unknown;
/** Throws a `FormatError` with the place. */
export type Fail = (problem: string) => never;

/** A function or class that a pickle names, not called yet. */
export class Named {
  readonly name: string;
  readonly call: Callable;

  constructor(name: string, call: Callable) {
    this.name = name;
    this.call = call;
  }
}

/** What nothing here reads: a device, a NumPy number, the state of a generator. */
export class Opaque {}

export interface Unpickled {
  /** Tuples and lists are arrays, dictionaries `Map`s, None is null. */
  readonly value: unknown;
  /** The byte behind its STOP. */
  readonly end: number;
}

export interface UnpickleOptions {
  readonly callables: Callables;
  /** What a persistent id stands for: a storage. */
  readonly persistent?: (id: unknown, fail: Fail) => unknown;
}

/** Reads the pickle that begins at byte `start`. Throws `FormatError` for what its `callables` do not have. */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  file: string,
  options: UnpickleOptions,
): Unpickled {
  refuseForeign(bytes, start, file, options.callables);
  return new Machine(file, options).run(operations(bytes, start, file));
}

const remedy =
  'only tensors, numbers, texts and containers are read; save the state_dict alone: torch.save(model.state_dict(), "weights.pth")';

/** Refuses the first name that is not in the table, in the order of the file. */
function refuseForeign(bytes: Uint8Array, start: number, file: string, callables: Callables): void {
  const memo = new Map<number, string>();
  let texts: readonly [string, string] = ["", ""];
  for (const { name, value, at } of operations(bytes, start, file)) {
    const key = typeof value === "number" ? value : memo.size;
    if (typeof value === "string") texts = [texts[1], value];
    else if (name === "MEMOIZE" || name === "BINPUT" || name === "LONG_BINPUT") memo.set(key, texts[1]);
    else if (name === "BINGET" || name === "LONG_BINGET") texts = [texts[1], memo.get(key) ?? ""];
    else if (name === "GLOBAL" || name === "INST" || name === "STACK_GLOBAL") {
      const [module = "", called = ""] = Array.isArray(value) ? value : texts;
      check(module, called, callables, `${file}: the pickle at byte ${at}`);
    }
  }
}

function check(module: string, name: string, callables: Callables, where: string): Callable {
  const callable = callables.get(`${module} ${name}`);
  if (callable !== undefined) return callable;
  throw new FormatError(
    `${where} would load ${quote(`${module}.${name}`)}, which could run any code: ${remedy}`,
  );
}

/** A pickle's stack, the positions of its marks, and its memo. */
class Machine {
  readonly #file: string;
  readonly #options: UnpickleOptions;
  #stack: unknown[] = [];
  readonly #below: unknown[][] = [];
  readonly #memo = new Map<number, unknown>();
  #operation: Operation = { name: "STOP", value: undefined, at: 0 };

  constructor(file: string, options: UnpickleOptions) {
    this.#file = file;
    this.#options = options;
  }

  run(all: Iterable<Operation>): Unpickled {
    for (const operation of all) {
      this.#operation = operation;
      if (operation.name === "STOP") return { value: this.#pop(), end: operation.at + 1 };
      this.#step(operation);
    }
    return this.#fail("has no end");
  }

  #step({ name, value }: Operation): undefined {
    switch (name) {
      case "PROTO":
      case "FRAME":
      case "STOP":
        return;
      case "MARK":
        this.#below.push(this.#stack);
        this.#stack = [];
        return;
      case "POP":
        this.#pop();
        return;
      case "POP_MARK":
        this.#marked();
        return;
      case "DUP":
        return this.#push(this.#top());
      case "NONE":
        return this.#push(null);
      case "NEWTRUE":
        return this.#push(true);
      case "NEWFALSE":
        return this.#push(false);
      case "EMPTY_LIST":
      case "EMPTY_TUPLE":
        return this.#push([]);
      case "EMPTY_DICT":
        return this.#push(new Map());
      case "EMPTY_SET":
        return this.#push(new Set());
      case "TUPLE1":
        return this.#push(this.#pops(1));
      case "TUPLE2":
        return this.#push(this.#pops(2));
      case "TUPLE3":
        return this.#push(this.#pops(3));
      case "TUPLE":
      case "LIST":
        return this.#push(this.#marked());
      case "FROZENSET":
        return this.#push(new Set(this.#marked()));
      case "DICT":
        return this.#push(this.#setItems(new Map(), this.#marked()));
      case "APPEND":
        return this.#append(this.#pops(1));
      case "APPENDS":
        return this.#append(this.#marked());
      case "SETITEM":
        return this.#set(this.#pops(2));
      case "SETITEMS":
        return this.#set(this.#marked());
      case "ADDITEMS":
        return this.#add(this.#marked());
      case "GLOBAL":
      case "STACK_GLOBAL":
        return this.#push(this.#named(name === "GLOBAL" ? value : this.#pops(2)));
      case "INST":
        return this.#push(this.#call(this.#named(value), this.#marked()));
      case "REDUCE":
      case "NEWOBJ": {
        const [called, args] = this.#pops(2);
        return this.#push(this.#call(called, args));
      }
      case "BUILD":
        // The state of what the table builds adds nothing that is read: a dictionary's `_metadata`, a NumPy type's order.
        this.#pop();
        return;
      case "BINPERSID": {
        const { persistent } = this.#options;
        if (persistent === undefined) return this.#fail("has a persistent id, expected none");
        return this.#push(persistent(this.#pop(), this.#fail));
      }
      case "BINPUT":
      case "LONG_BINPUT":
      case "MEMOIZE":
        this.#memo.set(typeof value === "number" ? value : this.#memo.size, this.#top());
        return;
      case "BINGET":
      case "LONG_BINGET":
        if (typeof value !== "number" || !this.#memo.has(value))
          return this.#fail(`asks for ${String(value)}, which it never stored`);
        return this.#push(this.#memo.get(value));
      default:
        return this.#push(value);
    }
  }

  #named(names: unknown): Named {
    const [module, name] = Array.isArray(names) ? names : [];
    if (typeof module !== "string" || typeof name !== "string")
      return this.#fail("names a function by something that is no text");
    const where = `${this.#file}: the pickle at byte ${this.#operation.at}`;
    return new Named(`${module}.${name}`, check(module, name, this.#options.callables, where));
  }

  #call(called: unknown, args: unknown): unknown {
    if (!(called instanceof Named)) return this.#fail("calls something that is no function");
    if (!Array.isArray(args)) return this.#fail(`calls ${called.name} without a tuple of arguments`);
    return called.call(args, (problem) => this.#fail(`calls ${called.name} with ${problem}`));
  }

  #append(values: readonly unknown[]): undefined {
    const list = this.#top();
    if (!Array.isArray(list)) return this.#fail("appends to something that is no list");
    for (const value of values) list.push(value);
  }

  #set(items: readonly unknown[]): undefined {
    const target = this.#top();
    if (!(target instanceof Map)) return this.#fail("sets items of something that is no dictionary");
    this.#setItems(target, items);
  }

  #setItems(target: Map<unknown, unknown>, items: readonly unknown[]): Map<unknown, unknown> {
    if (items.length % 2 !== 0) return this.#fail("sets an item without a value");
    for (let at = 0; at < items.length; at += 2) target.set(items[at], items[at + 1]);
    return target;
  }

  #add(values: readonly unknown[]): undefined {
    const target = this.#top();
    if (!(target instanceof Set)) return this.#fail("adds to something that is no set");
    for (const value of values) target.add(value);
  }

  #push(value: unknown): undefined {
    this.#stack.push(value);
  }

  #top(): unknown {
    if (this.#stack.length === 0) return this.#fail("takes from an empty stack");
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #pops(count: number): readonly unknown[] {
    if (this.#stack.length < count) return this.#fail("takes from an empty stack");
    return this.#stack.splice(-count);
  }

  /** What was pushed since the last mark. */
  #marked(): unknown[] {
    const values = this.#stack;
    const below = this.#below.pop();
    if (below === undefined) return this.#fail("takes up to a mark that isn't there");
    this.#stack = below;
    return values;
  }

  readonly #fail: Fail = (problem) => {
    const { name, at } = this.#operation;
    throw new FormatError(
      `${this.#file}: the pickle ${problem} (${name} at byte ${at}); the file is damaged`,
    );
  };
}
