// Where the pages begin.
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { comeIn } from "./lib/session.svelte";
import "./lib/theme.svelte";

const target = document.getElementById("app");
if (target) {
  // The token of a link leaves the address before anything else can read it.
  void comeIn().finally(() => mount(App, { target }));
}
