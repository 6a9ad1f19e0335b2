// Where the pages begin.
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { comeIn } from "./lib/session.svelte";
import "./lib/theme.svelte";
import { pageOf } from "./pages/index";

const target = document.getElementById("app");
if (target) {
  // The page's code comes while the case is read; what goes wrong is told when it is shown.
  pageOf(location.pathname)?.page.load().catch(() => undefined);
  // The token of a link leaves the address before anything else can read it.
  void comeIn().finally(() => mount(App, { target }));
}
