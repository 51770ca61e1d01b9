/**
 * Settles the colour scheme in the document's head, before the first paint: the one chosen here last, else the
 * system's. Mantine takes over from there and keeps following the system until one is chosen.
 */
(function () {
  "use strict";

  let chosen = null;
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage is forbidden: the system decides.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.mantineColorScheme = chosen === "dark" || chosen === "light" ? chosen : system;
})();
