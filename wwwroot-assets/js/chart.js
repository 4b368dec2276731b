// Draws what the server has shaped: init, update with what has changed, download, dispose. Strings that begin with two dashes are CSS variables; they are
// looked up when a chart is drawn and again when the theme changes. Zooming shows at once on every chart of the page; the server then sends finer points.
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
    let text = `var(${value})`;
    while (text.startsWith('var(')) {
      text = style.getPropertyValue(text.slice(4, -1)).trim();
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

// Without a base of its own the library names clips by the page's address, and the browser asks for that page again whenever the address has changed.
const options = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false, _baseUrl: '' };

const charts = new Set();
const drawnOn = new WeakMap();
const themeChanged = () => charts.forEach(chart => chart.soon());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', themeChanged);
new MutationObserver(themeChanged).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
['pointerup', 'pointercancel'].forEach(name => addEventListener(name, () => charts.forEach(chart => chart.hold(false)), true));

// Lists of numbers, one after the other.
const unpack = (bytes, count) => {
  const numbers = new Float64Array(bytes.slice().buffer);
  return Array.from({ length: numbers.length / Math.max(count, 1) }, (_, i) => Array.from(numbers.subarray(i * count, (i + 1) * count)));
};
const empty = () => ({ x: [], y: [], up: [], down: [], text: [] });

class Chart {
  #plotly; #element; #server; #traces; #points; #layout; #observer; #figure;
  #frame = 0; #timer = 0; #range = null; #isHeld = false; #pinch = null; #listening = new AbortController();

  constructor(plotly, element, server, traces, layout) {
    [this.#plotly, this.#element, this.#server, this.#traces, this.#layout] = [plotly, element, server, traces, layout];
    this.#points = traces.map(empty);
    this.#observer = new ResizeObserver(() => this.soon());
    this.#observer.observe(element);
    const { signal } = this.#listening;
    element.addEventListener('pointerdown', () => this.hold(true), { capture: true, signal });
    element.addEventListener('wheel', event => this.#wheel(event), { passive: false, signal });
    element.addEventListener('touchstart', event => this.#touch(event, true), { passive: true, signal });
    element.addEventListener('touchmove', event => this.#touch(event, false), { passive: false, signal });
    charts.add(this);
    drawnOn.set(element, this);
  }

  update(patches, layout, traces) {
    if (traces) {
      [this.#traces, this.#points] = [traces, traces.map(empty)];
    }

    for (const { line, from, count, data, texts } of patches) {
      const points = this.#points[line];
      const [x, y, up, down] = unpack(data, count);
      Object.entries({ x, y, up, down, text: texts }).forEach(([name, tail]) => { points[name] = points[name].slice(0, from).concat(tail ?? []); });
    }

    if (layout) {
      this.#layout = layout;
      this.#range = this.#timer ? this.#range : null;
    }

    this.soon();
  }

  async draw() {
    const style = getComputedStyle(document.documentElement);
    const data = this.#traces.map((trace, index) => {
      const { x, y, up, down, text } = this.#points[index];
      const { isBand, ...drawn } = lookUp(trace, style);
      if (isBand) {
        const upper = y.map((value, i) => value + up[i]);
        const lower = y.map((value, i) => value - down[i]);
        return { ...drawn, x: x.concat(x.toReversed()), y: upper.concat(lower.toReversed()), hoverinfo: 'skip' };
      }

      if (drawn.mode === 'lines' && x.length < 2) {
        drawn.mode = 'markers';
      }

      return { ...drawn, x, y, text, ...(drawn.error_y && { error_y: { ...drawn.error_y, array: up, arrayminus: down } }) };
    });
    const layout = { ...lookUp(this.#layout, style), width: this.#element.clientWidth, height: this.#element.clientHeight };
    layout.xaxis.range = this.#range?.map(end => this.#isLog ? Math.log10(end) : end) ?? layout.xaxis.range;
    if (matchMedia('(pointer: coarse)').matches) {
      layout.dragmode = false;
    }

    this.#figure = { data, layout: { ...layout, paper_bgcolor: lookUp('--surface-1', style) } };
    await this.#plotly.react(this.#element, data, layout, options);
    this.#element.dataset.points = String(this.#points.reduce((sum, points) => sum + points.x.length, 0));
  }

  // The library tells of zooms that a person made; drawing anew is not told.
  listen() {
    this.#element.on('plotly_relayout', change => {
      const range = change['xaxis.range'] ?? (change['xaxis.range[0]'] === undefined ? null : [change['xaxis.range[0]'], change['xaxis.range[1]']]);
      if (range) {
        this.#zoom(this.#isLog ? range.map(value => 10 ** value) : range);
      }
    });
    this.#element.on('plotly_doubleclick', () => this.#zoom(null));
  }

  download(format, filename) {
    const { width, height } = this.#figure.layout;
    return this.#plotly.downloadImage(structuredClone(this.#figure), { format, filename, width, height, scale: format === 'png' ? 2 : 1 });
  }

  hold(isHeld) {
    if (this.#isHeld !== isHeld) {
      this.#isHeld = isHeld;
      this.soon();
    }
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    charts.delete(this);
    this.#listening.abort();
    this.#observer.disconnect();
    this.#plotly.purge(this.#element);
  }

  // One drawing a frame; none while somebody drags.
  soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = this.#isHeld ? 0 : requestAnimationFrame(() => this.draw());
  }

  get #isLog() {
    return this.#layout.xaxis.type === 'log';
  }

  #zoom(range) {
    charts.forEach(chart => {
      chart.#range = range ?? chart.#range;
      chart.soon();
    });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      try {
        await this.#server.invokeMethodAsync('Zoomed', range);
      } finally {
        this.#timer = 0;
      }
    }, 150);
  }

  // Around a place on the screen, by a factor; in the axis' own scale, so that a place stays where it is.
  #around(range, clientX, factor) {
    const { l, r } = this.#layout.margin;
    const share = (clientX - this.#element.getBoundingClientRect().left - l) / (this.#element.clientWidth - l - r);
    const centre = range[0] + (share * (range[1] - range[0]));
    const next = range.map(end => centre + ((end - centre) * factor));
    this.#zoom(this.#isLog ? next.map(value => 10 ** value) : next);
  }

  #wheel(event) {
    // With Ctrl, which is also what pinching a touch pad says: the wheel by itself scrolls the page.
    if (event.ctrlKey) {
      event.preventDefault();
      this.#around(this.#figure.layout.xaxis.range, event.clientX, Math.exp(event.deltaY / 300));
    }
  }

  #touch(event, isStart) {
    if (event.touches.length !== 2) {
      this.#pinch = null;
      return;
    }

    const [a, b] = [event.touches[0].clientX, event.touches[1].clientX];
    if (isStart || !this.#pinch) {
      this.#pinch = { spread: Math.max(Math.abs(a - b), 8), range: this.#figure.layout.xaxis.range, middle: (a + b) / 2 };
    } else {
      event.preventDefault();
      this.#around(this.#pinch.range, this.#pinch.middle, this.#pinch.spread / Math.max(Math.abs(a - b), 8));
    }
  }
}

export async function init(element, server, libraryUrl, traces, patches, layout) {
  const plotly = await load(libraryUrl);

  // A server that lost sight of its chart draws it anew.
  drawnOn.get(element)?.dispose();
  const chart = new Chart(plotly, element, server, traces, layout);
  chart.update(patches);
  await chart.draw();
  chart.listen();
  return chart;
}
