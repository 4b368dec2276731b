// Runs before the first paint, so that no page flashes in the wrong theme. Without a choice the system decides.
globalThis.crossbenchTheme = (() => {
  const key = 'crossbench-theme';
  const order = ['system', 'light', 'dark'];
  const current = () => localStorage.getItem(key) ?? 'system';
  const apply = theme => {
    if (theme === 'system') {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = theme;
    }
  };

  apply(current());
  return {
    current,
    next() {
      const theme = order[(order.indexOf(current()) + 1) % order.length];
      localStorage.setItem(key, theme);
      apply(theme);
      return theme;
    },
  };
})();
