/**
 * Focus: the picture is of one node's callers and callees, some calls far. The server narrows it and lays it out
 * anew; here are the bar that says so and the ways in and out of it.
 */
(function (mg) {
  "use strict";

  const DEPTHS = [["1", "1 call"], ["2", "2 calls"], ["3", "3 calls"], ["all", "All"]];

  /** Show only what calls a node and what it calls; the node is selected. */
  mg.focusOn = (id) => mg.state.set({ focus: id, hops: "1", selected: id });
  /** Show the whole graph again. */
  mg.unfocus = () => mg.state.set({ focus: null, hops: null });

  function show({ picture }) {
    const { focus } = picture;
    mg.byId("mg-focus").hidden = !focus;
    if (!focus) return;
    mg.byId("mg-focus").dataset.found = focus.is_found ? "1" : "0";
    mg.byId("mg-focus-text").textContent = focus.text;
    for (const button of mg.byId("mg-focus").querySelectorAll("[data-hops]")) {
      button.setAttribute("aria-pressed", String(button.dataset.hops === focus.hops));
    }
  }

  function depth([hops, text]) {
    const label = hops === "all" ? "All callers and callees" : `Callers and callees ${text} far`;
    return mg.make("button", { type: "button", "data-hops": hops, "aria-label": label, title: label }, text);
  }

  mg.on("mounted", () => {
    const bar = mg.byId("mg-focus");
    const close = mg.make("button", { id: "mg-focus-close", type: "button", title: "Show the whole graph (Esc)" }, "Show all");
    bar.append(mg.make("span", { id: "mg-focus-text", role: "status" }), ...DEPTHS.map(depth), close);
    bar.hidden = true;
    bar.addEventListener("click", (event) => {
      const hops = event.target.closest("[data-hops]")?.dataset.hops;
      if (hops) mg.state.set({ hops });
    });
    close.addEventListener("click", mg.unfocus);
  });
  mg.on("picture", show);
})((window.meshgraph = window.meshgraph || {}));
