/**
 * A double click: a folded node opens in place, of any other only its callers and callees are left; another double
 * click on it leads to the page of what it stands for.
 */
(function (mg) {
  "use strict";

  const PART = { kind: 0, cluster: 1, namespace: 2, workload: 3, app: 4, service: 6 };

  function readPart(parts, name) {
    try {
      return decodeURIComponent(parts[PART[name]] ?? "");
    } catch {
      return "";
    }
  }

  /** Path and cluster of a node's page, or null where it has none. */
  mg.pageOf = (id) => {
    const parts = id.split("|");
    const list = mg.config().lists[parts[PART.kind]];
    const name = ["app", "workload", "service"].map((part) => readPart(parts, part)).find(Boolean);
    if (!list || !name || mg.config().pageless.includes(name)) return null;
    const path = [list, readPart(parts, "namespace") || "unknown", name].map((part, i) => (i ? encodeURIComponent(part) : part));
    return { path: path.join("/"), cluster: readPart(parts, "cluster") };
  };

  function hasSeveralClusters() {
    return new Set(mg.picture.nodes.map((node) => node.cluster).filter(Boolean)).size > 1;
  }

  function show(page) {
    const address = new URL(mg.carry(page.path), location.href);
    if (page.cluster && hasSeveralClusters()) address.searchParams.set("cluster", page.cluster);
    mg.show(address);
  }

  mg.on("opened", (node) => {
    if (node.data("classes")?.includes("folded")) return mg.unfold(node.id());
    if (mg.state.get("focus") !== node.id()) return mg.focusOn(node.id());
    const page = mg.pageOf(node.id());
    if (page) show(page);
  });
})((window.meshgraph = window.meshgraph || {}));
