// Draws what the server has shaped: init, update with what has changed, dispose. Strings that begin with two dashes are CSS variables; they are
// looked up when a chart is drawn and again when the theme changes.
let library = null;

const load = url => library ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = url;
  script.onload = () => resolve(globalThis.Plotly);
  script.onerror = () => reject(new Error(`The chart library did not load from ${url}.`));
  document.head.append(script);
});

const lookUp = (value, style) => {
  if (typeof value === 'string' && value.startsWith('--')) {
    let text = style.getPropertyValue(value).trim();
    for (let alias = /^var\((--[\w-]+)\)$/.exec(text); alias; alias = /^var\((--[\w-]+)\)$/.exec(text)) {
      text = style.getPropertyValue(alias[1]).trim();
    }

    return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  }

  if (Array.isArray(value)) {
    return value.map(item => lookUp(item, style));
  }

  return value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, lookUp(item, style)]))
    : value;
};

const onTheme = new Set();
const themeChanged = () => onTheme.forEach(redraw => redraw());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', themeChanged);
new MutationObserver(themeChanged).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

const replaceTail = (list, from, tail) => {
  list.length = from;
  for (const item of tail) {
    list.push(item);
  }
};

class Chart {
  #plotly;
  #element;
  #traces;
  #points;
  #layout;
  #observer;
  #frame = 0;

  constructor(plotly, element, traces, layout) {
    this.#plotly = plotly;
    this.#element = element;
    this.#traces = traces;
    this.#layout = layout;
    this.#points = traces.map(() => ({ x: [], y: [], up: [], down: [] }));
    this.#observer = new ResizeObserver(() => this.#soon());
    this.#observer.observe(element);
    this.redraw = () => this.#soon();
    onTheme.add(this.redraw);
  }

  take(patches, layout) {
    for (const patch of patches) {
      const points = this.#points[patch.line];
      replaceTail(points.x, patch.from, patch.x);
      replaceTail(points.y, patch.from, patch.y);
      if (patch.up) {
        replaceTail(points.up, patch.from, patch.up);
        replaceTail(points.down, patch.from, patch.down);
      }
    }

    this.#layout = layout ?? this.#layout;
  }

  update(patches, layout) {
    this.take(patches, layout);
    this.#soon();
  }

  async draw() {
    const style = getComputedStyle(document.documentElement);
    const data = this.#traces.map((trace, index) => {
      const { x, y, up, down } = this.#points[index];
      const drawn = { ...lookUp(trace, style), x: [...x], y: [...y] };
      if (drawn.mode === 'lines' && x.length < 2) {
        drawn.mode = 'markers';
      }

      if (drawn.error_y) {
        drawn.error_y = { ...drawn.error_y, array: [...up], arrayminus: [...down] };
      }

      return drawn;
    });
    const layout = { ...lookUp(this.#layout, style), width: this.#element.clientWidth, height: this.#element.clientHeight };
    if (matchMedia('(pointer: coarse)').matches) {
      layout.dragmode = false;
    }

    await this.#plotly.react(this.#element, data, layout, { displayModeBar: false, responsive: false });
    this.#element.dataset.points = String(this.#points.reduce((sum, points) => sum + points.x.length, 0));
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    onTheme.delete(this.redraw);
    this.#observer.disconnect();
    this.#plotly.purge(this.#element);
  }

  // Several reasons to draw within one frame are one drawing.
  #soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.draw());
  }
}

export async function init(element, libraryUrl, traces, patches, layout) {
  const plotly = await load(libraryUrl);
  const chart = new Chart(plotly, element, traces, layout);
  chart.take(patches, null);
  await chart.draw();
  return chart;
}
