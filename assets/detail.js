/** The detail pages: what is asked for, the state in the address, the range that charts are zoomed to. */
(function (mg) {
  "use strict";

  const DEFAULTS = { tab: "overview", group: "none", told: "merged", quantile: "p95", span: "1h" };
  const SHORTEST_ZOOM_S = 60;
  const skip = () => window.dash_clientside.no_update;
  let last = {};

  /** Charts write instants in UTC without saying so. */
  const fromChart = (text) => Date.parse(`${String(text).replace(" ", "T")}Z`);

  // Links that know no time range take that of the page along.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.mg-carry");
    if (!link) return;
    const own = new URL(link.href);
    const address = new URL(mg.carry(own.pathname), location.href);
    for (const [name, text] of own.searchParams) address.searchParams.set(name, text);
    link.href = address.href;
    if (!mg.isPlainClick(event)) return;
    event.preventDefault();
    mg.show(link.href);
  });

  /** A peer in a traffic table: sign of its level, and its name, which leads to its page. */
  window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
  window.dashAgGridComponentFunctions.MeshgraphPeer = ({ data }) => {
    const mark = React.createElement("span", { className: `mg-mark mg-mark-${data.level}`, title: data.level });
    const name = data.href ? React.createElement("a", { className: "mg-link", href: data.href, onClick: mg.go }, data.name) : data.name;
    return React.createElement("span", null, mark, name);
  };

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash when the time bar asks, and with every choice: asks for the head, and for the tab shown. */
    onDetail(asked, tab, group, told, quantile, span, place) {
      const page = mg.byId("mg-detail");
      if (!asked || !page || asked.path !== location.pathname) return [skip(), skip(), skip(), skip(), skip()];
      page.dataset.tab = tab;
      const chosen = { tab, group, told, quantile, span };
      const isNew = last.path !== asked.path || last.number > asked.number;
      const before = isNew ? chosen : last.chosen;
      const texts = Object.entries(chosen).map(([name, text]) => [name, text === DEFAULTS[name] ? null : text]);
      if (!isNew) mg.setQuery(Object.fromEntries(texts), { isStep: before.tab !== tab });
      const needsHead = isNew || last.number !== asked.number || before.span !== span;
      last = { path: asked.path, number: asked.number, chosen };
      const data = { ...asked, query: location.search, tab, place };
      const isMetrics = tab === "inbound" || tab === "outbound";
      return [
        needsHead ? data : skip(),
        tab === "overview" ? data : skip(),
        tab === "traffic" ? data : skip(),
        isMetrics ? data : skip(),
        tab === "logs" ? data : skip(),
      ];
    },
    /** Called by Dash when a chart was zoomed: the range that was drawn becomes the range of all pages. */
    onDetailZoom() {
      const { triggered } = window.dash_clientside.callback_context;
      const zoom = triggered.map(({ value }) => value).find((value) => value?.["xaxis.range[0]"]);
      if (!zoom) return skip();
      const end = fromChart(zoom["xaxis.range[1]"]);
      const length = Math.max(SHORTEST_ZOOM_S, Math.round((end - fromChart(zoom["xaxis.range[0]"])) / 1000));
      if (!Number.isFinite(length)) return skip();
      const text = mg.durationText(length);
      mg.setQuery({ at: mg.instantText(end / 1000), window: text, span: text }, { isStep: true });
      mg.show(location.pathname + location.search);
      return skip();
    },
  });
})((window.meshgraph = window.meshgraph || {}));
