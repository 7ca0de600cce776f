/** The switch between the system's theme, the light and the dark one. */
import { byId } from "./elements.ts";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const key = "socrates-db-theme";

function stored(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? "system";
  } catch {
    // A page in a sandbox has no storage.
    return "system";
  }
}

export function connectTheme(): void {
  const button = byId("theme", HTMLButtonElement);
  const show = (theme: Theme) => {
    document.documentElement.setAttribute("data-theme", theme);
    byId("theme-name", HTMLElement).textContent = theme;
  };
  let current = stored();
  show(current);
  button.addEventListener("click", () => {
    current = themes[(themes.indexOf(current) + 1) % themes.length] ?? "system";
    show(current);
    try {
      localStorage.setItem(key, current);
    } catch {
      // Then it holds until the page is closed.
    }
  });
}
