/** A trace on the topology: the parameter `trace` lights up the nodes and edges that it went over, and fades the rest. */
(function (mg) {
  "use strict";

  const SHOWN_DIGITS = 8;
  let places = null;
  let shown = "";

  const wanted = () => mg.state.get("trace");

  /** Elements of the trace in the graph, or null where there is no trace. */
  mg.traced = () => {
    if (!places || !wanted()) return null;
    const ids = new Set([...places.nodes, ...places.edges]);
    return mg.cy.elements().filter((element) => ids.has(element.id()));
  };

  function showBar(words) {
    const bar = mg.byId("mg-trace-bar");
    bar.hidden = !wanted();
    if (bar.hidden) return;
    mg.byId("mg-trace-words").textContent = words;
    const path = mg.config().page.replace(/\/topology$/, "/traces/");
    mg.byId("mg-trace-open").href = mg.carry(path + encodeURIComponent(wanted()));
  }

  function wordsOf({ nodes, missing }) {
    const name = `Trace ${wanted().slice(0, SHOWN_DIGITS)}`;
    if (!nodes.length) return `${name}: none of its services are in this picture`;
    return missing.length ? `${name} is lit up; not in this picture: ${missing.join(", ")}` : `${name} is lit up`;
  }

  async function load() {
    const address = `${mg.config().page.replace(/\/topology$/, "/api/pages/traces/")}${encodeURIComponent(wanted())}/map?${mg.state.viewQuery()}`;
    const picture = `${address}#${mg.picture?.nodes.length}/${mg.picture?.edges.length}`;
    if (shown === picture) return;
    shown = picture;
    const response = await fetch(address, { cache: "no-cache" }).catch(() => null);
    const body = await response?.json().catch(() => null);
    if (shown !== picture) return;
    places = response?.ok ? body : null;
    showBar(places ? wordsOf(places) : (body?.detail ?? "The trace could not be had."));
    mg.lightAgain();
  }

  function follow() {
    if (wanted()) return load();
    shown = "";
    places = null;
    showBar("");
    return mg.lightAgain();
  }

  mg.on("mounted", () => {
    const bar = mg.make("div", { id: "mg-trace-bar", class: "mg-focus mg-trace-bar", role: "status" });
    const close = mg.make("button", { type: "button" }, "Show all");
    bar.append(mg.make("span", { id: "mg-trace-words" }), mg.make("a", { id: "mg-trace-open", class: "mg-link" }, "Open trace"), close);
    bar.hidden = true;
    mg.byId("mg-focus").after(bar);
    close.addEventListener("click", () => mg.state.set({ trace: null }));
    mg.byId("mg-trace-open").addEventListener("click", mg.go);
  });
  mg.on("params", (names) => mg.cy && names.has("trace") && mg.picture && follow());
  mg.on("applied", () => wanted() && load());
})((window.meshgraph = window.meshgraph || {}));
