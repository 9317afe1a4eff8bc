// Sets the chosen colours before anything is drawn, so this file is loaded first and is not a module.

const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "omd-worker-theme";

function readTheme() {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto"; // a browser may forbid it
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // It counts for this page only.
  }
}

function useTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

useTheme(readTheme());

document.addEventListener("DOMContentLoaded", () => {
  const choose = (theme) => {
    useTheme(theme);
    for (const input of document.querySelectorAll("#themes input")) input.checked = input.value === theme;
  };
  choose(readTheme());
  document.getElementById("themes").addEventListener("change", ({ target }) => {
    choose(target.value);
    keepTheme(target.value);
  });
  // Another tab has changed it.
  addEventListener("storage", () => choose(readTheme()));
});
