import { render } from "preact";
import { keepOffline } from "./offline/register.ts";
import "./shell/style.css";
import { Shell } from "./shell/shell.tsx";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no #app");
render(<Shell />, root);
keepOffline();
