// Starts the circuit, and shows in a bar of our own when it is lost. A server that was started anew does not know the circuit: the page is loaded again.
(() => {
  const bar = document.getElementById('components-reconnect-modal');
  const since = bar.querySelector('[data-since]');
  let lostAt = 0;
  let ticker = 0;

  const tick = () => {
    const seconds = Math.round((Date.now() - lostAt) / 1000);
    since.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  };

  // What was typed is kept and comes back: nobody need be asked whether to leave.
  const reload = () => {
    addEventListener('beforeunload', event => event.stopImmediatePropagation(), true);
    location.reload();
  };

  const onState = () => {
    if (bar.classList.contains('components-reconnect-rejected')) {
      reload();
      return;
    }

    const isLost = bar.classList.contains('components-reconnect-show') || bar.classList.contains('components-reconnect-failed');
    if (isLost && !ticker) {
      lostAt = Date.now();
      tick();
      ticker = setInterval(tick, 1000);
    } else if (!isLost && ticker) {
      clearInterval(ticker);
      ticker = 0;

      // What the page said while nobody heard it: whether it can be seen.
      document.dispatchEvent(new Event('visibilitychange'));

      // What was typed meanwhile; page.js sends it again.
      document.dispatchEvent(new Event('crossbench-back'));
    }
  };

  new MutationObserver(onState).observe(bar, { attributes: true, attributeFilter: ['class'] });
  bar.querySelector('[data-reconnect]').addEventListener('click', async () => {
    if (await Blazor.reconnect() === false) {
      reload();
    }
  });

  Blazor.start({ circuit: { reconnectionOptions: { maxRetries: 1_000_000, retryIntervalMilliseconds: 1000 } } });
})();
