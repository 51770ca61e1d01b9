/** The page that finds traces: what is asked for is kept in the address; each tab is asked for when it is shown. */
(function (mg) {
  "use strict";

  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const h = (...parts) => React.createElement(...parts);
  const skip = () => window.dash_clientside.no_update;
  const FIRST_TAB = "found";
  const TABS = ["found", "path", "dependencies", "propagation"];
  const SHORTEST_ZOOM_S = 60;
  let last = {};

  /** Root of a trace: service and operation, leading to its page. */
  cells.MeshgraphTrace = ({ data }) =>
    h(
      "a",
      { className: "mg-name mgt-root", href: data.href, onClick: mg.go, title: data.root },
      h("b", null, data.root_service || "–"),
      h("span", null, data.root_name),
    );

  /** A duration over a bar, as long as its share of the longest. */
  cells.MeshgraphDuration = ({ data }) =>
    h(
      "div",
      { className: "mgt-duration", "data-errors": data.errors ? "1" : "0" },
      h("span", { style: { width: `${Math.max(1, data.share * 100)}%` } }),
      data.duration,
    );

  /** How many spans failed, with a sign. */
  cells.MeshgraphTraceErrors = ({ data }) =>
    data.errors ? h("span", { className: "mgt-errors" }, h("span", { className: "mgt-mark mgt-mark-error", role: "img", "aria-label": "errors" }), data.errors) : h("span", { className: "mg-none" }, "–");

  /** Services with their numbers of spans. */
  cells.MeshgraphServices = ({ data }) =>
    h(
      "div",
      { className: "mgt-services", title: data.service_counts.map(([name, count]) => `${name}: ${count}`).join("\n") },
      data.service_counts.map(([name, count]) => h("span", { key: name }, name, " ", h("b", null, count))),
      data.more_services ? h("span", { key: "+" }, `+${data.more_services}`) : null,
    );

  /** What the fields hold, as the address has it: null where it is the default. */
  function texts([span, service, caller, operation, tags, errors, min, max, limit]) {
    return {
      span: !span || span === "1h" ? null : span,
      service: service || null,
      caller: caller || null,
      operation: operation || null,
      tags: tags?.trim() || null,
      errors: errors ? "1" : null,
      min: min?.trim() || null,
      max: max?.trim() || null,
      limit: !limit || limit === "100" ? null : limit,
    };
  }

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /**
     * Called by Dash when the time bar asks, and with every choice: what the tab that is shown is asked with.
     * Inputs: the time bar's question, the tab, how far it looks back, the fields in their order.
     */
    onTraces(asked, tab, ...fields) {
      const page = mg.byId("mgt-find-page");
      if (!asked || !page || asked.path !== location.pathname) return TABS.map(skip);
      page.dataset.tab = tab;
      const chosen = texts(fields);
      const isNew = !page.dataset.started;
      page.dataset.started = "1";
      if (!isNew) {
        // Another service has other operations.
        if (last.service !== chosen.service && chosen.operation) {
          chosen.operation = null;
          window.dash_clientside.set_props("mgt-operation", { value: null });
        }
        mg.setQuery({ ...chosen, tab: tab === FIRST_TAB ? null : tab }, { isStep: last.tab !== tab });
      }
      const data = { ...asked, query: location.search, tab };
      last = { tab, service: chosen.service };
      return TABS.map((name) => (name === tab ? data : skip()));
    },
    /** Called by Dash when a mark was pressed: show its trace. */
    onTraceMark(click) {
      const point = click?.points?.[0];
      if (point?.customdata) mg.show(mg.carry(mg.byId("mgt-find-page").dataset.traces + encodeURIComponent(point.customdata)));
      return skip();
    },
    /** Called by Dash when a part of the chart was drawn: that becomes the range of time of all pages. */
    onTraceZoom(zoom) {
      const seconds = (text) => Date.parse(`${String(text).replace(" ", "T")}Z`) / 1000;
      const [start, end] = [seconds(zoom?.["xaxis.range[0]"]), seconds(zoom?.["xaxis.range[1]"])];
      const length = Math.max(SHORTEST_ZOOM_S, Math.ceil(end - start));
      if (!Number.isFinite(length)) return skip();
      const text = mg.durationText(length);
      mg.setQuery({ at: mg.instantText(Math.ceil(end)), window: text, span: text }, { isStep: true });
      mg.show(location.pathname + location.search);
      return skip();
    },
  });
})((window.meshgraph = window.meshgraph || {}));
