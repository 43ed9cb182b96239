// Sorts the steps by the column whose title is pressed: numbers from the largest, texts from A; again turns it around.
for (const table of document.querySelectorAll(".steps")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const key = (row, i) => row.cells[i].dataset.value ?? row.cells[i].firstElementChild?.textContent ?? row.cells[i].textContent;
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numbers = [...body.rows].some(row => row.cells[i].dataset.value !== undefined);
      const first = numbers && i > 0 ? "descending" : "ascending";
      const order = head.ariaSort === first ? (first === "descending" ? "ascending" : "descending") : first;
      const sign = order === "ascending" ? 1 : -1;
      const compare = (a, b) => numbers ? (a === "" ? -Infinity : +a) - (b === "" ? -Infinity : +b) : a.localeCompare(b);
      const rows = [...body.rows].sort((a, b) => sign * compare(key(a, i), key(b, i)));
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      body.append(...rows);
    });
  });
}
