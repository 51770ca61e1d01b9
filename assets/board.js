/** Overview and lists: filters go into the address, tables keep the order and width that a person gave them. */
(function (mg) {
  "use strict";

  const TABLES = ["mg-overview-table", "mg-list-table"];
  const keyOf = (id) => `meshgraph:columns:${id}:${location.pathname}`;

  function remember(id, api) {
    const columns = api.getColumnState().map(({ colId, width, sort, sortIndex }) => ({ colId, width, sort, sortIndex }));
    try {
      localStorage.setItem(keyOf(id), JSON.stringify(columns));
    } catch {
      // Without storage the table begins as it always does.
    }
  }

  function recall(id, api) {
    let columns = null;
    try {
      columns = JSON.parse(localStorage.getItem(keyOf(id)));
    } catch {
      return;
    }
    if (!Array.isArray(columns)) return;
    const known = new Set(api.getColumnState().map(({ colId }) => colId));
    api.applyColumnState({ state: columns.filter(({ colId }) => known.has(colId)), applyOrder: true });
  }

  async function follow(id) {
    const api = await window.dash_ag_grid.getApiAsync(id);
    recall(id, api);
    for (const event of ["sortChanged", "columnMoved", "columnResized"]) {
      api.addEventListener(event, ({ finished }) => finished === false || remember(id, api));
    }
  }

  let followed = null;
  function look() {
    const table = TABLES.map(mg.byId).find(Boolean);
    if (!table || table === followed) return;
    followed = table;
    follow(table.id).catch(() => {});
    document.body.dataset.agThemeMode = document.documentElement.dataset.mantineColorScheme ?? "light";
  }

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  new MutationObserver(() => {
    if (followed) document.body.dataset.agThemeMode = document.documentElement.dataset.mantineColorScheme ?? "light";
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash with what the filters hold: name, statuses, cluster and, on the overview, table or cards. */
    onFilters(name, statuses, cluster, mode) {
      const show = mode === undefined || mode === "table" ? null : mode;
      mg.setQuery({ q: name || null, status: [...(statuses ?? [])].sort().join(",") || null, cluster: cluster || null, show });
      return window.dash_clientside.no_update;
    },
  });
})((window.meshgraph = window.meshgraph || {}));
