/**
 * Who is signed in, in the header; and a word when the session has ended while a page is open. The page stays as
 * it is: its state is in the address, and the way back from the sign-in leads there.
 */
(function (mg) {
  "use strict";

  const REFUSED = new Set([401, 403]);
  const KINDS = { "not-signed-in": "Your session has ended.", "not-allowed": "Nothing may be seen any more." };
  let person = null;
  let who = null;

  const signInAddress = () =>
    `${person.dataset.signIn}?${new URLSearchParams({ next: location.pathname + location.search })}`;

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  async function signOut() {
    const headers = { "X-Form-Token": who.form_token, Accept: "application/json" };
    const answer = await mg.plainFetch(person.dataset.signOut, { method: "POST", headers });
    const { next } = await answer.json().catch(() => ({}));
    location.assign(next || person.dataset.signIn);
  }

  function showPerson() {
    const name = document.createElement("span");
    name.className = "mg-person-name";
    name.textContent = who.name;
    name.title = `Signed in as ${who.name}`;
    person.replaceChildren(name);
    if (who.form_token) person.append(button("Sign out", signOut));
    person.hidden = false;
  }

  /** Ask who is signed in; another person than before is shown nothing of what is on the page. */
  async function learn() {
    const response = await fetch(person.dataset.session, { cache: "no-store" }).catch(() => null);
    if (!response?.ok) return;
    const now = await response.json();
    if (who && who.name !== now.name) location.reload();
    who = now;
    showPerson();
  }

  function showEnd(kind) {
    if (mg.byId("mg-session-end")) return;
    const end = Object.assign(document.createElement("div"), { id: "mg-session-end" });
    end.setAttribute("role", "alert");
    const again = document.createElement("a");
    again.textContent = "Sign in again";
    again.href = signInAddress();
    for (const event of ["pointerdown", "focus", "click"]) {
      again.addEventListener(event, () => (again.href = signInAddress()));
    }
    end.append(`${KINDS[kind]} What you see is from before. `, again);
    document.body.append(end);
  }

  function clearEnd() {
    const end = mg.byId("mg-session-end");
    if (!end) return;
    end.remove();
    learn();
  }

  /** Look at an answer on its way to whoever asked. */
  async function notice(response) {
    if (!person || new URL(response.url).origin !== location.origin) return;
    if (response.ok || response.status === 304) return clearEnd();
    if (!REFUSED.has(response.status)) return;
    const problem = await response.clone().json().catch(() => ({}));
    if (problem.type in KINDS) showEnd(problem.type);
  }

  mg.plainFetch = window.fetch.bind(window);
  // Dash's callbacks and our own scripts ask in the same way, and nobody else tells how they were answered.
  window.fetch = async (...asked) => {
    const response = await mg.plainFetch(...asked);
    notice(response);
    return response;
  };

  mg.on("page", () => {
    if (person) return;
    const holder = mg.byId("mg-person");
    if (!holder?.dataset.session) return;
    person = holder;
    learn();
  });
})((window.meshgraph = window.meshgraph || {}));
