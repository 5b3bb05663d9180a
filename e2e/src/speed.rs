//! How long a person waits, as the page's own clock has it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::person::Person;

/// Marks the frame in which the first card of the list is drawn.
const MARK_LIST: &str = "new MutationObserver((_, observer) => {
    if (!document.querySelector('.card') || document.getElementById('prerendered')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => performance.mark('list')));
}).observe(document, { childList: true, subtree: true })";

/// Scrolls as a hard fling does until there were as many cards as wanted, and answers how many there
/// are and how long the longest task took.
const FLING: &str = "
    const [wanted, answer] = arguments;
    let longest = 0;
    new PerformanceObserver((tasks) => {
        for (const task of tasks.getEntries()) longest = Math.max(longest, task.duration);
    }).observe({ type: 'longtask' });
    const panes = [document.scrollingElement, ...document.querySelectorAll('.pane')];
    const hidden = (pane) => pane.scrollHeight - pane.clientHeight;
    const pane = panes.reduce((most, pane) => (hidden(pane) > hidden(most) ? pane : most));
    const until = performance.now() + 110_000;
    const step = () => {
        pane.scrollTop += 120;
        const cards = document.querySelectorAll('.card').length;
        const over = cards >= wanted && pane.scrollTop >= hidden(pane) - 1;
        if (!over && performance.now() < until) return requestAnimationFrame(step);
        setTimeout(() => answer({ cards, longest }), 200);
    };
    requestAnimationFrame(step)";

impl Person {
    /// Milliseconds from asking for the page, with nothing of it at hand, until the list can be used.
    pub async fn waits_for_the_list(&self) -> Result<f64> {
        let tools = self.tools();
        tools.send_raw("Network.enable", json!({})).await?;
        tools
            .send_raw("Network.setCacheDisabled", json!({"cacheDisabled": true}))
            .await?;
        tools
            .send_raw("Network.setBypassServiceWorker", json!({"bypass": true}))
            .await?;
        self.is_first_in_pages(MARK_LIST).await?;
        self.start_again().await?;
        self.until_true("return performance.getEntriesByName('list').length > 0")
            .await?;
        let mark = self
            .run("return performance.getEntriesByName('list')[0]?.startTime ?? null")
            .await?;
        mark.as_f64().context("there was no list")
    }

    /// Scrolls through this many cards; milliseconds of the longest task meanwhile, 0 when there was
    /// none of over 50.
    pub async fn flings_the_list(&self, cards: u64) -> Result<f64> {
        self.has_seen_it_settle(false).await?;
        self.waits_for_scripts(120).await?;
        let seen: Value = self.ask(FLING, vec![json!(cards)]).await?;
        let there = seen["cards"].as_u64().context("a number of cards")?;
        ensure!(there >= cards, "there are only {there} cards");
        seen["longest"].as_f64().context("a time")
    }
}
