/** The navigation: ways to other pages, a mark at the one that is shown, and what all share carried along. */
(function (mg) {
  "use strict";

  /** Parameters that mean the same on every page. */
  const SHARED = ["at", "namespaces", "refresh", "span", "window"];

  /** An address with the shared parameters of the present one. */
  mg.carry = (path) => {
    const here = new URLSearchParams(location.search);
    const query = new URLSearchParams(SHARED.filter((name) => here.has(name)).map((name) => [name, here.get(name)]));
    return path + (query.size ? `?${query}` : "");
  };

  /** Show another address of this application without loading it anew, as Dash's own links do. */
  mg.show = (address) => {
    history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  };

  /** Whether a click is to follow its link here, not in another tab or window. */
  mg.isPlainClick = (event) => !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

  /** Follow a link to a page of this application: listener of its click. */
  mg.go = (event) => {
    if (!mg.isPlainClick(event)) return;
    event.preventDefault();
    mg.show(event.currentTarget.href);
    window.scrollTo(0, 0);
  };

  const links = () => document.querySelectorAll("#mg-nav [id^=mg-nav-]");
  const pathOf = (link) => new URL(link.href).pathname;

  function aim() {
    for (const link of links()) dash_clientside.set_props(link.id, { href: mg.carry(pathOf(link)) });
  }

  function mark() {
    const here = location.pathname;
    for (const link of links()) {
      const path = pathOf(link);
      const isCurrent = here === path || (!path.endsWith("/") && here.startsWith(`${path}/`));
      if (!isCurrent) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
  }

  mg.on("page", () => {
    mark();
    aim();
  });
  mg.on("params", aim);
  // Other pages keep their state in the address too, and nobody tells when it changes.
  for (const event of ["pointerover", "focusin"]) {
    document.addEventListener(event, ({ target }) => target.closest?.("#mg-nav") && aim());
  }
})((window.meshgraph = window.meshgraph || {}));
