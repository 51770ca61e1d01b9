/** Plain text search over the graph on the screen: every word must occur; Enter or a click jumps there. */
(function (mg) {
  "use strict";

  const MOST = 14;
  let results = [];
  let active = 0;
  let pending = Promise.resolve();

  function describe(id, parts) {
    const { nodes } = mg.picture;
    const node = parts.nodes.get(id);
    if (node) {
      const kind = node.kind === "box" ? `${node.box} box` : node.kind;
      return { id, title: node.lines?.[0] ?? node.name ?? "unknown", place: [kind, node.namespace, node.cluster] };
    }
    const edge = parts.edges.get(id);
    if (!edge) return null;
    const [from, to] = [nodes[edge.source], nodes[edge.target]];
    const hosts = edge.hosts ?? [];
    return { id, title: `${from.lines?.[0] ?? from.name} → ${to.lines?.[0] ?? to.name}`, place: [edge.protocol, to.namespace, ...hosts] };
  }

  /** Elements in which every word is found; the server ranks them, by names and by the hosts that were called. */
  async function find(text) {
    if (!text.trim() || !mg.picture) return [];
    const query = new URLSearchParams(mg.state.viewQuery());
    query.set("at", String(mg.picture.at));
    query.set("text", text);
    const response = await fetch(`${mg.config().twin}/search?${query}`, { cache: "no-store" }).catch(() => null);
    if (!response?.ok) return null;
    const parts = {
      nodes: new Map(mg.picture.nodes.map((node) => [node.id, node])),
      edges: new Map(mg.picture.edges.map((edge) => [edge.id, edge])),
    };
    return (await response.json()).map((id) => describe(id, parts)).filter(Boolean)
      .map((result) => ({ ...result, place: result.place.filter(Boolean).join(" · ") }));
  }

  function row(result, place) {
    const item = document.createElement("div");
    item.className = "mg-result";
    item.id = `mg-result-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === active));
    const title = document.createElement("span");
    title.textContent = result.title;
    const where = document.createElement("small");
    where.textContent = result.place;
    item.append(title, where);
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      choose(place);
    });
    return item;
  }

  function show() {
    const holder = mg.byId("mg-results");
    const input = mg.byId("mg-search");
    const rows = (results ?? []).slice(0, MOST).map(row);
    const more = document.createElement("div");
    more.className = "mg-result-note";
    more.textContent = !input.value.trim() ? "" : results === null ? "The search was not answered." :
      !results.length ? "Nothing of this name is in the picture." :
      results.length > MOST ? `and ${results.length - MOST} more` : "";
    holder.replaceChildren(...rows, ...(more.textContent ? [more] : []));
    holder.hidden = !holder.childElementCount;
    input.setAttribute("aria-expanded", String(!holder.hidden));
    input.setAttribute("aria-activedescendant", results?.length ? `mg-result-${active}` : "");
  }

  function choose(place) {
    const result = results?.[place];
    if (!result) return;
    mg.jumpTo(result.id);
    close();
    mg.byId("mg-search").blur();
  }

  function close() {
    results = [];
    mg.byId("mg-results").hidden = true;
  }

  function onKey(event) {
    const last = Math.min(results?.length ?? 0, MOST) - 1;
    if (event.key === "ArrowDown") active = Math.min(active + 1, last);
    else if (event.key === "ArrowUp") active = Math.max(active - 1, 0);
    else if (event.key === "Enter") return pending.then(() => choose(active));
    else if (event.key === "Escape") return event.target.blur();
    else return undefined;
    event.preventDefault();
    return show();
  }

  mg.on("mounted", () => {
    const input = mg.byId("mg-search");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", "mg-results");
    mg.byId("mg-results").setAttribute("role", "listbox");
    mg.byId("mg-results").hidden = true;
    const refresh = async () => {
      const text = input.value;
      const found = await find(text);
      if (text !== input.value || document.activeElement !== input) return;
      active = 0;
      results = found;
      show();
    };
    const ask = () => (pending = refresh());
    input.addEventListener("input", ask);
    input.addEventListener("focus", ask);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", onKey);
  });
})((window.meshgraph = window.meshgraph || {}));
