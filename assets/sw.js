// Keeps the app's own files so that it opens on a bad line. Nothing personal is kept: pages and data always come from
// the network, and a page that cannot come is answered by a static one. Filled in by the build (components/pwa.py).
const PREFIX = "digihelse-";
const CACHE = PREFIX + "__VERSION__";
const FILES = __FILES__;
const OFFLINE = "/uten-nett.html";
const NEVER = ["/_", "/auth", "/fhir", "/api", "/attachments", "/samtaler", "/utkast", "/kalender", "/health", "/testid", "/fagsystem", "/registre", "/varsler-test"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

// One former generation stays: a tab that was open before the update still asks for its files.
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

const fromCacheFirst = async (request) => {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
};

const pageFromNetwork = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE, { ignoreVary: true })) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (NEVER.some((path) => url.pathname.startsWith(path)) || url.pathname.endsWith(".ics")) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(fromCacheFirst(request));
  else if (request.mode === "navigate") event.respondWith(pageFromNetwork(request));
});
