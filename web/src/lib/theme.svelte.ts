// Light or dark: what the system says until the person says otherwise.

type Choice = "system" | "light" | "dark";
const KEY = "cahoots.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored(): Choice {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

class Theme {
  choice = $state<Choice>(stored());
  shown = $state<"light" | "dark">("light");

  constructor() {
    this.apply();
    dark.addEventListener("change", () => this.apply());
  }

  private apply(): void {
    this.shown = this.choice === "system" ? (dark.matches ? "dark" : "light") : this.choice;
    document.documentElement.dataset["theme"] = this.shown;
  }

  /** The other one than is shown. */
  turn(): void {
    this.choice = this.shown === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, this.choice);
    this.apply();
  }
}

export const theme = new Theme();
