import type { JSX } from "preact";

export function Convolution(): JSX.Element {
  return <p>Not built yet.</p>;
}
