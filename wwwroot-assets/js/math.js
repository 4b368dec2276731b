// Typesets equations. Each element with data-tex ("line" or "block") has two children: an empty place, and the source in TeX, which stays until it is typeset.
let library = null;
const load = url => library ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = url;
  script.onload = () => resolve(globalThis.temml);
  script.onerror = () => {
    library = null;
    script.remove();
    reject(new Error(`The library for equations did not load from ${url}.`));
  };
  document.head.append(script);
});

export async function typeset(root, url) {
  const temml = await load(url);
  for (const element of root?.querySelectorAll('[data-tex]') ?? []) {
    const [place, source] = element.children;
    temml.render(source.textContent, place, { displayMode: element.dataset.tex === 'block', throwOnError: true });
    source.hidden = true;
  }
}
