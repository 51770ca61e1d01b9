/** Cells of the tables of overview and lists; ag-grid looks them up by name. Text only, never markup. */
(function (cells) {
  "use strict";

  const h = (...parts) => React.createElement(...parts);

  /** Status: shape, colour and word; a tentative one is hollow. */
  cells.MeshgraphStatus = ({ data }) =>
    h(
      "span",
      { className: "mg-status", "data-status": data.status, "data-firm": data.is_firm ? "1" : "0", title: data.evidence },
      h("span", { className: "mg-status-mark", "aria-hidden": "true" }),
      data.status_text,
    );

  /** Why: the worst reason in words, and how many more there are. */
  cells.MeshgraphReason = ({ data }) =>
    h(
      "div",
      { className: "mg-why", "data-status": data.status, title: [...data.reasons.slice(0, 5), data.evidence].join("\n") },
      h("span", { className: "mg-why-text" }, data.reason),
      data.more ? h("span", { className: "mg-why-more" }, data.more.split(" ")[0]) : null,
    );

  const link = (data, text) => h("a", { className: "mg-name", href: data.href, onClick: window.meshgraph.go, title: text }, text || "–");

  /** Name of what the row is of; a namespace with its cluster. */
  cells.MeshgraphName = ({ data, value }) =>
    data.kind === "namespace" ? h("div", { className: "mg-place" }, link(data, value), h("small", null, data.cluster)) : link(data, value);

  /** Where it is. */
  cells.MeshgraphPlace = ({ data, value }) =>
    h("div", { className: "mg-place" }, h("span", null, value || "outside the mesh"), h("small", null, data.cluster));

  /** A share that failed: the number over a bar. */
  cells.MeshgraphErrors = ({ data, value }) =>
    h(
      "div",
      { className: "mg-errors", "data-some": value ? "1" : "0" },
      data.texts.errors,
      h("span", { style: { width: `${Math.max(value ? 3 : 0, Math.min(1, Math.sqrt(value || 0)) * 100)}%` } }),
    );

  const { WIDTH, HEIGHT, GROUND } = window.meshgraph.sparkline;

  /** A rate with its last hour. */
  cells.MeshgraphRate = ({ data, line, colDef, column }) => {
    const rates = data[line] ?? [];
    const field = column?.getColId?.() ?? colDef.field;
    const text = data.texts[field.startsWith("out") ? "out" : "in"];
    return h(
      "div",
      { className: "mg-rate", title: window.meshgraph.sparkline.words(rates) },
      rates.length
        ? h(
            "svg",
            { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
            h("line", { x1: 0, x2: WIDTH, y1: GROUND, y2: GROUND }),
            h("path", { d: window.meshgraph.sparkline.strokes(rates) }),
          )
        : null,
      h("span", null, text),
    );
  };

  /** How many there are, and in which state. */
  cells.MeshgraphCount = ({ data, value, kind }) => {
    const counts = data.counts[kind] ?? {};
    const worst = ["failure", "degraded", "not_ready"].find((status) => counts[status]);
    return h(
      "a",
      { className: "mg-count", href: data.lists[kind], onClick: window.meshgraph.go, title: data.texts[`count_${kind}`] ?? "" },
      worst ? h("b", { "data-status": worst }, counts[worst]) : null,
      worst ? "/" : null,
      value,
    );
  };
})((window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {}));
