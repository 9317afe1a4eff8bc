// Marks the section that is being read in the navigation.

const links = [...document.querySelectorAll("#sections a")];
const seen = new Set();

/** A band below the navigation decides. */
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target.id);
      else seen.delete(target.id);
    }
    const current = links.find(({ hash }) => seen.has(hash.slice(1)));
    for (const link of links) {
      if (link === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "-15% 0px -70%" },
);

for (const { hash } of links) watcher.observe(document.getElementById(hash.slice(1)));
