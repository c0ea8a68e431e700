// Copies finished texts into the page each minute, and lets no state outlive its time.
(() => {
  const note = document.getElementById("refresh");
  const { src, text } = note.dataset;
  const lang = document.documentElement.lang;
  let made = +note.dataset.made;
  // The server's time, in ms: by the device's clock, which goes on while the device sleeps, and
  // never less than by the page's own, which nobody sets back.
  let ahead = 0;
  let began = -Infinity;
  const now = () => Math.max(Date.now() + ahead, began + performance.now());

  // A screen reader hears what is written anew, even if it says the same.
  const tell = (element, words) => {
    if (element.textContent !== words) element.textContent = words;
  };

  const show = (status) => {
    if (status.made < made) return;
    made = status.made;
    const texts = status.texts[lang];
    const ends = status.unknown[lang];
    note.dataset.lost = texts.lost;
    for (const element of document.querySelectorAll("[data-live]")) {
      // What the status knows no more, as a route that was taken away, has had its time.
      if (!(element.id in texts)) {
        if (element.dataset.state) element.dataset.until = 1;
        element.dataset.unknown ||= texts.gone;
        continue;
      }
      tell(element, texts[element.id]);
      const { state = "", until = "" } = status.live[element.id] ?? {};
      Object.assign(element.dataset, { state, until, unknown: ends[element.id] ?? "" });
    }
  };

  const age = () => {
    for (const element of document.querySelectorAll("[data-until]")) {
      const { until, unknown, state } = element.dataset;
      if (until && state !== "unknown" && now() >= until * 1000) {
        element.dataset.state = "unknown";
        tell(element, unknown);
      }
    }
  };

  const refresh = async () => {
    try {
      const response = await fetch(src, { cache: "no-store", signal: AbortSignal.timeout(3e4) });
      if (!response.ok) throw response;
      const status = await response.json();
      // A cache on the way answers with the date of what it stored, and says how old that is.
      const date = Date.parse(response.headers.get("date"));
      if (date) {
        const age = response.headers.get("age") * 1e3 || 0;
        began = Math.max(began, date + age - performance.now());
        ahead = began + performance.now() - Date.now();
      }
      show(status);
      tell(note, text);
    } catch {
      tell(note, note.dataset.lost);
    }
    age();
  };

  age();
  refresh();
  setInterval(age, 5e3);
  setInterval(refresh, 6e4);
})();
