/** Plain text search over the graph on the screen: every word must occur; Enter or a click jumps there. */
(function (mg) {
  "use strict";

  const MOST = 14;
  let results = [];
  let active = 0;

  function candidates() {
    const { nodes, edges } = mg.picture;
    const named = nodes.map((node) => ({
      id: node.id,
      title: node.name || "unknown",
      place: [node.kind === "box" ? `${node.box} box` : node.kind, node.namespace, node.cluster].filter(Boolean).join(" · "),
      isNode: true,
    }));
    const linked = edges.map((edge) => ({
      id: edge.id,
      title: `${nodes[edge.source].name} → ${nodes[edge.target].name}`,
      place: [edge.protocol, nodes[edge.target].namespace].filter(Boolean).join(" · "),
      isNode: false,
    }));
    return [...named, ...linked];
  }

  function rank(candidate, words) {
    const title = candidate.title.toLowerCase();
    const text = `${title} ${candidate.place.toLowerCase()}`;
    if (!words.every((word) => text.includes(word))) return -1;
    return (title.startsWith(words[0]) ? 4 : 0) + (title.includes(words[0]) ? 2 : 0) + (candidate.isNode ? 1 : 0);
  }

  function find(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length || !mg.picture) return [];
    return candidates()
      .map((candidate) => ({ ...candidate, rank: rank(candidate, words) }))
      .filter((candidate) => candidate.rank >= 0)
      .sort((a, b) => b.rank - a.rank || a.title.length - b.title.length || (a.title < b.title ? -1 : 1));
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
    const rows = results.slice(0, MOST).map(row);
    const more = document.createElement("div");
    more.className = "mg-result-note";
    more.textContent = !input.value.trim() ? "" : !results.length ? "Nothing of this name is in the picture." :
      results.length > MOST ? `and ${results.length - MOST} more` : "";
    holder.replaceChildren(...rows, ...(more.textContent ? [more] : []));
    holder.hidden = !holder.childElementCount;
    input.setAttribute("aria-expanded", String(!holder.hidden));
    input.setAttribute("aria-activedescendant", results.length ? `mg-result-${active}` : "");
  }

  function choose(place) {
    const result = results[place];
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
    const last = Math.min(results.length, MOST) - 1;
    if (event.key === "ArrowDown") active = Math.min(active + 1, last);
    else if (event.key === "ArrowUp") active = Math.max(active - 1, 0);
    else if (event.key === "Enter") return choose(active);
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
    const refresh = () => {
      active = 0;
      results = find(input.value);
      show();
    };
    input.addEventListener("input", refresh);
    input.addEventListener("focus", refresh);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", onKey);
  });
})((window.meshgraph = window.meshgraph || {}));
