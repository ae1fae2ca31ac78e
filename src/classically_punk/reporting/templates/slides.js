"use strict";
(() => {
  const root = document.documentElement;
  const slides = [...document.querySelectorAll(".slide")];
  const place = document.querySelector(".place");
  const progress = document.querySelector(".progress");
  const help = document.querySelector(".help");
  const button = (name) => document.querySelector(`[data-do="${name}"]`);
  let at = 0;

  function show(wanted, focus = true) {
    at = Math.max(0, Math.min(slides.length - 1, wanted));
    slides.forEach((slide, index) => {
      slide.classList.toggle("shown", index === at);
    });
    place.textContent = `${at + 1} / ${slides.length}`;
    progress.setAttribute("aria-valuemax", slides.length);
    progress.setAttribute("aria-valuenow", at + 1);
    progress.firstElementChild.style.width = `${(100 * (at + 1)) / slides.length}%`;
    if (location.hash !== `#${slides[at].id}`) history.replaceState(null, "", `#${slides[at].id}`);
    if (focus) slides[at].focus({ preventScroll: true });
  }

  function fromAddress() {
    if (/^#\d+$/.test(location.hash)) return Number(location.hash.slice(1)) - 1;
    const found = slides.findIndex((slide) => `#${slide.id}` === location.hash);
    return found < 0 ? 0 : found;
  }

  function notes() {
    const open = root.classList.toggle("with-notes");
    button("notes").setAttribute("aria-pressed", String(open));
  }

  function toggleHelp(open = help.hidden) {
    help.hidden = !open;
    button("help").setAttribute("aria-expanded", String(open));
  }

  const actions = { on: () => show(at + 1, false), back: () => show(at - 1, false), notes, help: () => toggleHelp() };
  const keys = {
    ArrowRight: () => show(at + 1), ArrowDown: () => show(at + 1), PageDown: () => show(at + 1),
    ArrowLeft: () => show(at - 1), ArrowUp: () => show(at - 1), PageUp: () => show(at - 1),
    Home: () => show(0), End: () => show(slides.length - 1),
    n: notes, N: notes, "?": () => toggleHelp(), Escape: () => toggleHelp(false),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const onButton = event.target instanceof HTMLButtonElement;
    if (event.key === " " && !onButton) {
      event.preventDefault();
      show(at + (event.shiftKey ? -1 : 1));
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  document.querySelector(".controls").addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed) actions[pressed.dataset.do]();
  });

  const onStage = (event) => event.target.closest(".deck") && !event.target.closest(".notes");

  function pointed(x) {
    if (!help.hidden) toggleHelp(false);
    else show(at + (x < innerWidth / 3 ? -1 : 1));
  }

  // a browser may swallow the click of a tap that follows a swipe, so that taps are read from the touch itself
  let touched = -Infinity;
  document.querySelector(".deck").addEventListener("click", (event) => {
    if (event.timeStamp - touched > 800 && onStage(event) && !String(getSelection())) pointed(event.clientX);
  });

  let start = null;
  document.addEventListener("touchstart", (event) => {
    const [finger] = event.touches;
    const alone = event.touches.length === 1 && onStage(event);
    start = alone ? { x: finger.clientX, y: finger.clientY, at: event.timeStamp } : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!start) return;
    const end = event.changedTouches[0];
    const [across, down] = [end.clientX - start.x, end.clientY - start.y];
    const short = event.timeStamp - start.at < 500;
    start = null;
    touched = event.timeStamp;
    if (Math.abs(across) > 40 && Math.abs(across) > Math.abs(down)) show(at + (across < 0 ? 1 : -1));
    else if (short && Math.hypot(across, down) < 10) pointed(end.clientX);
  }, { passive: true });

  let still = 0;
  document.addEventListener("pointermove", () => {
    root.classList.add("moved");
    clearTimeout(still);
    still = setTimeout(() => root.classList.remove("moved"), 2000);
  });
  addEventListener("hashchange", () => show(fromAddress()));

  root.classList.add("live");
  show(fromAddress(), false);
})();
