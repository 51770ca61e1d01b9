/** Words around the graph: totals, what may be wrong, what failed, and why there is nothing to draw. */
(function (mg) {
  "use strict";

  /** Fill an element with lines of text; text only, never markup. */
  mg.setLines = (id, lines) => {
    const holder = mg.byId(id);
    holder.replaceChildren(
      ...lines.filter((line) => line.text).map(({ text, kind, title }) => {
        const row = document.createElement("div");
        row.className = `mg-line mg-line-${kind ?? "plain"}`;
        row.textContent = text;
        if (title) row.title = title;
        return row;
      }),
    );
    holder.hidden = !holder.childElementCount;
  };

  function showPicture({ picture }) {
    mg.byId("mg-summary").textContent = `${picture.summary} · ${picture.window_text} · ${picture.at_text}`;
    mg.setLines("mg-trust", [
      ...mg.misread.map((text) => ({ text, kind: "gap" })),
      ...picture.trust.map((text) => ({ text, kind: "trust" })),
      ...picture.gaps.map((text) => ({ text, kind: "gap" })),
      { text: picture.folded, kind: "plain" },
    ]);
    mg.setLines("mg-empty", picture.empty);
  }

  function ageOfPicture() {
    return mg.picture ? ` The picture below is of ${mg.picture.at_text}.` : "";
  }

  function showProblem(problem) {
    const stage = mg.byId("mg-stage");
    stage.dataset.failing = "1";
    const detail = [problem.detail, problem.advice].filter(Boolean).join(" ");
    mg.setLines("mg-notice", [
      { text: problem.source ? `${problem.title}: ${problem.source}` : problem.title, kind: "title" },
      { text: detail + ageOfPicture(), title: problem.request },
    ]);
    if (!mg.picture) mg.setLines("mg-empty", [{ text: "Nothing to show yet.", kind: "title" }]);
  }

  function clearProblem() {
    delete mg.byId("mg-stage").dataset.failing;
    mg.setLines("mg-notice", []);
  }

  mg.on("picture", showPicture);
  mg.on("picture", clearProblem);
  mg.on("unchanged", clearProblem);
  mg.on("failed", showProblem);
  mg.on("loading", ({ isNewView }) => {
    if (isNewView) mg.byId("mg-stage").dataset.loading = "1";
  });
  mg.on("loaded", () => delete mg.byId("mg-stage").dataset.loading);
  mg.on("started", () => ["mg-notice", "mg-trust", "mg-empty"].forEach((id) => (mg.byId(id).hidden = true)));
})((window.meshgraph = window.meshgraph || {}));
