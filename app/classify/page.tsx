import type { JSX } from "preact";

export function Classify(): JSX.Element {
  return <p>Not built yet.</p>;
}
