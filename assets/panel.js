/** The side panel: tells the server what is selected in which picture, and follows the names inside it. */
(function (mg) {
  "use strict";

  /** The past moves slowly: charts are asked for again after this many seconds. */
  const CHARTS_EVERY = 60;

  let told = "";
  let charted = { selected: "", query: "", at: 0 };

  const isOpen = () => mg.state.get("panel") === "1";

  /** Query of the picture on the screen, exact in time, so that panel and graph say the same. */
  function pictureQuery() {
    const query = new URLSearchParams(mg.state.viewQuery());
    query.set("at", String(mg.picture.at));
    return query.toString();
  }

  function tell() {
    if (!mg.picture || !isOpen()) return;
    const selection = { query: pictureQuery(), selected: mg.state.get("selected") };
    const text = JSON.stringify(selection);
    if (text === told) return;
    told = text;
    dash_clientside.set_props("mg-selection", { data: selection });
    tellHistory(selection);
  }

  function tellHistory(selection) {
    const { at } = mg.picture;
    const query = mg.state.viewQuery({ at: "" });
    const isSame = charted.selected === selection.selected && charted.query === query;
    if (isSame && (mg.isPlaying() || (at >= charted.at && at - charted.at < CHARTS_EVERY))) return;
    charted = { selected: selection.selected, query, at };
    dash_clientside.set_props("mg-history", { data: selection });
  }

  /** Open a folded node in place. */
  mg.unfold = (key) => {
    const open = new Set(mg.state.get("unfolded").split(",").filter(Boolean));
    mg.state.set({ unfolded: [...open.add(key)].sort().join(",") });
  };

  function follow(event) {
    const link = event.target.closest("[data-select], [data-set]");
    if (!link) return;
    if (link.dataset.select) mg.jumpTo(link.dataset.select);
    if (!link.dataset.set) return;
    const { unfold, ...changes } = JSON.parse(link.dataset.set);
    if (unfold) mg.unfold(unfold);
    mg.state.set(changes);
  }

  mg.on("mounted", (cy) => {
    mg.byId("mg-panel").addEventListener("click", follow);
    mg.byId("mg-panel-toggle").addEventListener("click", () => mg.state.set({ panel: isOpen() ? "0" : "1" }));
    new ResizeObserver(() => cy.resize()).observe(cy.container());
  });
  mg.on("applied", tell);
  mg.on("rest", () => mg.picture && isOpen() && tellHistory({ query: pictureQuery(), selected: mg.state.get("selected") }));
  mg.on("params", (names) => (names.has("selected") || names.has("panel")) && tell());
})((window.meshgraph = window.meshgraph || {}));
