// Says five minutes before that the session ends, and keeps it when asked to. What is
// typed stays on the page, also when the session is over. Without this nothing is lost
// either: a form that comes too late is answered with how to send it again.
const WARNED = 5 * 60_000;
const OFTEN = 10_000;

const notice = document.querySelector(".session");
const told = notice.querySelector("[role=status]");
const button = notice.querySelector("button");
const link = notice.querySelector("a");
const others = new BroadcastChannel("session");
let cameFrom = null;
let shown = "quiet";

// By the clock of this computer, however wrong it is: only what is left is compared.
const read = ({ now, endsAt, canGoOn }) => ({
  endsAt,
  until: Date.now() + Date.parse(endsAt) - Date.parse(now),
  canGoOn: canGoOn !== undefined,
});
let session = read(notice.dataset);

const time = () =>
  new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "fi", {
    timeZone: "Europe/Helsinki",
    hour: "2-digit",
    minute: "2-digit",
  }).format(Date.parse(session.endsAt));

const say = (state) => {
  shown = state;
  told.textContent = (notice.dataset[state] ?? "").replace("[time]", time());
  button.hidden = !["ending", "failed"].includes(state);
  link.hidden = !["last", "over"].includes(state);
};

const check = () => {
  const left = session.until - Date.now();
  if (left > WARNED) {
    if (shown !== "quiet") say("quiet");
  } else if (left <= 0) {
    if (shown !== "over") say("over");
  } else if (!session.canGoOn) {
    if (shown !== "last") say("last");
  } else if (shown !== "ending" && shown !== "failed") {
    say("ending");
  }
};

const keep = (later) => {
  session = later;
  others.postMessage(session);
};

button.addEventListener("click", async () => {
  const answer = await fetch("/session").catch(() => null);
  if (!answer?.ok) {
    say("failed");
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector(".session");
  const had = notice.contains(document.activeElement);
  // Who is signed out is shown where to sign in, and no session.
  if (found === null) session.until = 0;
  else keep(read(found.dataset));
  if (found === null) check();
  else say("kept");
  if (had) (cameFrom ?? document.querySelector("main")).focus();
});

// To put the focus back to where the work was.
notice.addEventListener("focusin", ({ relatedTarget }) => {
  if (!notice.contains(relatedTarget)) cameFrom = relatedTarget;
});
// Work in another window keeps the session for this one too.
others.addEventListener("message", ({ data }) => {
  if (data.until <= session.until) return;
  session = data;
  check();
});
// A computer that slept has missed its hours.
document.addEventListener("visibilitychange", check);
setInterval(check, OFTEN);
keep(session);
