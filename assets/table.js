/** The table view of the picture on the screen: its rows, and one selection for table and graph. */
(function (mg) {
  "use strict";

  const kind = () => mg.state.get("table");

  function stateOf(element) {
    const words = mg.config().words;
    return element.classes.includes("ghost") ? words.vanished : words[element.level];
  }

  function edgeRow(edge, nodes) {
    const [source, target] = [nodes[edge.source], nodes[edge.target]];
    return {
      id: edge.id,
      level: edge.classes.includes("ghost") ? "vanished" : edge.level,
      state: stateOf(edge),
      source: source.name,
      source_namespace: source.namespace,
      target: target.name,
      target_namespace: target.namespace,
      protocol: edge.protocol,
      rate: edge.rate ?? null,
      error_percent: edge.error_ratio === undefined ? null : edge.error_ratio * 100,
      latency_ms: edge.latency_ms === undefined ? null : (edge.latency_ms ?? Infinity),
      mtls_percent: edge.mtls === undefined ? null : edge.mtls * 100,
      texts: edge.texts,
    };
  }

  function nodeRow(node) {
    return {
      id: node.id,
      level: node.classes.includes("ghost") ? "vanished" : node.level,
      state: stateOf(node),
      name: node.name,
      kind: node.shape,
      namespace: node.namespace,
      cluster: node.cluster,
      in_rate: node.in_rate ?? null,
      in_percent: node.in_error_ratio === undefined ? null : node.in_error_ratio * 100,
      out_rate: node.out_rate ?? null,
      out_percent: node.out_error_ratio === undefined ? null : node.out_error_ratio * 100,
    };
  }

  function rows() {
    const { nodes, edges } = mg.picture;
    if (kind() === "edges") return edges.map((edge) => edgeRow(edge, nodes));
    return nodes.filter((node) => node.kind !== "box").map(nodeRow);
  }

  function fill({ withColumns = false } = {}) {
    if (!mg.picture || kind() === "0") return;
    const columns = withColumns ? { columnDefs: mg.config().columns[kind()] } : {};
    dash_clientside.set_props("mg-table", { ...columns, rowData: rows() });
    showSelection();
  }

  function showSelection() {
    if (kind() === "0") return;
    const id = mg.state.get("selected");
    dash_clientside.set_props("mg-table", { selectedRows: { ids: id ? [id] : [] } });
  }

  mg.on("applied", () => fill());
  mg.on("params", (names) => {
    if (!mg.cy) return;
    if (names.has("table")) fill({ withColumns: true });
    else if (names.has("selected")) showSelection();
  });
  mg.on("applied", ({ isFirst }) => isFirst && fill({ withColumns: true }));
  mg.on("look", () => (document.body.dataset.agThemeMode = mg.scheme()));
  mg.on("mounted", () => {
    mg.byId("mg-table-kinds").addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-kind]")?.dataset.kind;
      if (chosen) mg.state.set({ table: chosen });
    });
  });

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash with the rows that are selected in the table. */
    onTableRows(selected) {
      const id = selected?.[0]?.id;
      if (id && id !== mg.state.get("selected")) mg.select(id);
      return window.dash_clientside.no_update;
    },
  });
})((window.meshgraph = window.meshgraph || {}));
