/** The instant that is looked at: live, or one chosen from the past. The walk through the past is replay.js. */
(function (mg) {
  "use strict";

  /** A native control with its attributes. */
  mg.make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };

  function build() {
    const choices = mg.make("div", { class: "mg-when-choices" });
    choices.append(
      mg.make("label", { for: "mg-at" }, "Look at an instant, your local time"),
      mg.make("input", { id: "mg-at", type: "datetime-local", step: "1" }),
      mg.make("button", { id: "mg-live", type: "button" }, "Follow the present"),
      mg.make("button", { id: "mg-walk", type: "button" }, "Replay the past"),
    );
    const details = mg.make("details", {});
    details.append(mg.make("summary", { id: "mg-when-now" }, "Live"), choices);
    mg.byId("mg-when").append(details);
    document.addEventListener("pointerdown", (event) => details.contains(event.target) || (details.open = false));
    details.addEventListener("keydown", (event) => event.key === "Escape" && (details.open = false));
  }

  /** Unix seconds of the parameter `at`; null where it is live or cannot be read. */
  mg.chosenInstant = () => mg.readInstant(mg.state.get("at"));

  /** Look at an instant (Unix seconds); null is the present. */
  mg.goTo = (seconds, options) => mg.state.set({ at: seconds === null ? "" : mg.instantText(seconds) }, options);

  function showWhen() {
    const at = mg.chosenInstant();
    const input = mg.byId("mg-at");
    if (document.activeElement !== input) input.value = mg.controlText(at);
    const now = mg.byId("mg-when-now");
    now.textContent = mg.whenText(at);
    now.dataset.live = at === null ? "1" : "0";
  }

  mg.on("mounted", () => {
    build();
    mg.byId("mg-at").addEventListener("change", ({ target }) => mg.goTo(mg.readControl(target)));
    mg.byId("mg-live").addEventListener("click", () => mg.state.set({ at: "", replay: "0" }));
    mg.byId("mg-walk").addEventListener("click", () => mg.state.set({ replay: "1" }));
    showWhen();
  });
  mg.on("params", (names) => mg.cy && names.has("at") && showWhen());
})((window.meshgraph = window.meshgraph || {}));
