/** From a chart to the traces behind it: a press on a point of errors or response times, or on a cell of their spread. */
(function (mg) {
  "use strict";

  const SHORTEST_S = 60;
  const CHARTS = ["errors", "duration", "duration_heat"];

  /** Charts write instants in UTC without saying so. */
  const seconds = (text) => Date.parse(`${String(text).replace(" ", "T")}Z`) / 1000;

  const plotOf = (id) => [...document.querySelectorAll(".js-plotly-plot")].find((plot) => plot.closest(`[id='${id}']`));

  /** How long a cell of the heat map took, in the address's words. */
  function bounds(plot, point) {
    const found = plot?.layout?.meta?.bounds_ms?.[point.y];
    if (!found) return {};
    const [low, high] = found;
    return { ...(low > 0 ? { min: `${low}ms` } : {}), ...(high === null ? {} : { max: `${high}ms` }) };
  }

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash when a point of a detail page's chart was pressed: show the traces of that time. */
    onDetailTraces() {
      const skip = window.dash_clientside.no_update;
      const link = document.querySelector("#mg-detail .mg-traces");
      const { triggered } = window.dash_clientside.callback_context;
      const press = triggered.find(({ value }) => value?.points?.length);
      if (!link || !press) return skip;
      const id = press.prop_id.slice(0, press.prop_id.lastIndexOf("."));
      const { name } = JSON.parse(id);
      if (!CHARTS.includes(name)) return skip;
      const plot = plotOf(id);
      const [point] = press.value.points;
      const times = plot?.data?.[0]?.x ?? [];
      const step = times.length > 1 ? seconds(times[1]) - seconds(times[0]) : SHORTEST_S;
      const address = new URL(link.href);
      // A point is the rate over the time before it.
      address.searchParams.set("at", mg.instantText(seconds(point.x)));
      address.searchParams.set("span", mg.durationText(Math.max(SHORTEST_S, Math.round(step))));
      if (name === "errors") address.searchParams.set("errors", "1");
      for (const [key, text] of Object.entries(bounds(plot, point))) address.searchParams.set(key, text);
      mg.show(address.href);
      return skip;
    },
  });
})((window.meshgraph = window.meshgraph || {}));
