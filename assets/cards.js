/** The overview's cards: the rows of its table, drawn as boxes. Plain elements, text only. */
(function (mg) {
  "use strict";

  const FACTS = [["in", "in, rps"], ["out", "out, rps"], ["errors", "errors"], ["p95", "p95"]];

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    element.className = className;
    element.append(...children);
    return element;
  }

  function link(className, row) {
    const name = make("a", className, row.namespace);
    name.href = row.href;
    name.addEventListener("click", mg.go);
    return name;
  }

  function status(row) {
    const element = make("span", "mg-status", make("span", "mg-status-mark"), row.status_text);
    Object.assign(element.dataset, { status: row.status, firm: row.is_firm ? "1" : "0" });
    element.title = row.evidence;
    return element;
  }

  function drawn(name, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    return element;
  }

  /** The rate that came in over the last hour, as wide as the card; what went out where nothing came in. */
  function line(row) {
    const { WIDTH, HEIGHT, GROUND, strokes, words } = mg.sparkline;
    const comesIn = row.came_in.some(Boolean) || !row.went_out.some(Boolean);
    const rates = comesIn ? row.came_in : row.went_out;
    const element = make("div", "mg-card-line");
    element.title = `${words(rates)}, ${comesIn ? "in" : "out"}`;
    if (!rates.length) return element;
    const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(drawn("line", { x1: 0, x2: WIDTH, y1: GROUND, y2: GROUND }), drawn("path", { d: strokes(rates) }));
    element.append(svg);
    return element;
  }

  function card(row) {
    const facts = FACTS.map(([name, words]) =>
      make("div", "mg-card-fact", make("span", "", words), make("b", "", row.texts[name])),
    );
    const why = make("p", "mg-why-text", row.reason);
    why.title = row.reasons.join("\n");
    const sizes = `${row.applications} apps · ${row.workloads} workloads · ${row.services} services`;
    const element = make(
      "article",
      "mg-card",
      make("div", "mg-card-head", link("mg-card-name", row), status(row)),
      make("div", "mg-card-cluster", row.cluster),
      why,
      line(row),
      make("div", "mg-card-facts", ...facts),
      make("div", "mg-card-foot", sizes),
    );
    element.dataset.status = row.status;
    return element;
  }

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash with the rows and with what is chosen, table or cards; the page's class says which. */
    onCards(rows, mode) {
      const isCards = mode === "cards";
      mg.byId("mg-overview-cards")?.replaceChildren(...(isCards ? (rows ?? []).map(card) : []));
      return `mg-board mg-board-${isCards ? "cards" : "table"}`;
    },
  });
})((window.meshgraph = window.meshgraph || {}));
