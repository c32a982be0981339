// Looks again every few seconds, and swaps in what has come. Without it, one reloads the page by hand.
const region = document.getElementById("oppdateres");

async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("oppdateres");
  if (fresh && fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
}

if (region) setInterval(lookAgain, 2000);
