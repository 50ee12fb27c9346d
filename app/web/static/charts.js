// Tells the value of a mark of a chart to who points at it, or goes to it by arrow keys.
// Without this a pointer that rests gets the same, and the table has every value.
"use strict";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

for (const picture of document.querySelectorAll(".picture")) {
  const marks = [...picture.querySelectorAll(".mark")].filter((mark) =>
    mark.querySelector("title"),
  );
  if (marks.length === 0) continue;
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("role", "status");
  told.textContent = picture.dataset.hint;
  picture.after(told);
  let place = -1;

  const show = (next) => {
    marks[place]?.classList.remove("shown");
    place = (next + marks.length) % marks.length;
    marks[place].classList.add("shown");
    marks[place].scrollIntoView({ block: "nearest", inline: "nearest" });
    told.textContent = marks[place].querySelector("title").textContent;
  };

  marks.forEach((mark, n) => mark.addEventListener("pointerenter", () => show(n)));
  picture.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(place < 0 && step < 0 ? marks.length - 1 : place + step);
  });
}
