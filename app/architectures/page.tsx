import type { JSX } from "preact";

export function Architectures(): JSX.Element {
  return <p>Not built yet.</p>;
}
