/** The configuration's pages: filters kept in the address, ways from a finding to its line. */
(function (mg) {
  "use strict";

  window.dash_clientside = window.dash_clientside || {};
  const ours = (window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {});

  /** Called by Dash with every choice of the list's filters. */
  ours.onConfigFilters = (words, statuses, kind, namespace, cluster) => {
    const status = [...(statuses ?? [])].sort().join(",");
    const texts = { q: words, status, kind, in: namespace, cluster };
    mg.setQuery(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text || null])));
    return window.dash_clientside.no_update;
  };

  // A jump within the page is no other page: the address stays, the line comes into sight and is pointed at.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.mgi-jump");
    const line = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!line) return;
    event.preventDefault();
    event.stopPropagation();
    line.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    document.querySelector(".mgi-line-aim")?.classList.remove("mgi-line-aim");
    line.classList.add("mgi-line-aim");
  });
})((window.meshgraph = window.meshgraph || {}));
