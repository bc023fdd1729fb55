"""Style and script of the chat page, and its example questions. Colours are the theme's, so dark mode comes along."""

from __future__ import annotations

SAMPLE_OUTLETS = frozenset({"Sundskar Daily", "Marrow Vale Observer", "Brennick Evening Mail"})
"""Invented newspapers: a library that has them all holds the sample articles."""
SAMPLE_QUESTIONS = (
    "Who announced President Lee's trip to Tokyo?",
    "How many people fell ill from the tap water in Marrow Vale?",
    "When will the Kestrel Bridge open again?",
    "What ended the ferry strike?",
)

ON_CITATIONS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-turn], button[data-article]');
  if (!button) return;
  window.datelineOpener = button;
  trigger('cite', {...button.dataset});
});
"""
"""A click, or Enter on the keyboard, on a citation: its numbers go to the server, which sends the article."""

ON_ANSWER = (
    ON_CITATIONS
    + """
let ours = 0;
watch('value', () => {
  const question = element.querySelector('.dl-question');
  if (!question) return;
  const fresh = element.dataset.asked !== question.textContent;
  element.dataset.asked = question.textContent;
  if (!fresh && Math.abs(window.scrollY - ours) > 2) return;
  question.scrollIntoView({block: 'start'});
  ours = window.scrollY;
});
"""
)
"""A new question moves to the top and stays there while its answer grows, unless the reader scrolls."""

ON_PANEL = """
const hint = props.value;
const close = () => {
  props.value = hint;
  const opener = window.datelineOpener;
  if (opener && opener.isConnected) opener.focus();
};
element.addEventListener('click', (event) => { if (event.target.closest('[data-close]')) close(); });
element.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
watch('value', () => {
  const title = element.querySelector('.dl-article-title');
  if (!title) return;
  title.focus({preventScroll: true});
  const column = document.getElementById('dl-panel');
  column.scrollTop = 0;
  const quote = element.querySelector('#quote');
  if (!quote) return;
  const above = quote.getBoundingClientRect().top - column.getBoundingClientRect().top;
  column.scrollTop = above - column.clientHeight / 3;
});
"""
"""An article that arrives takes the keyboard's focus and shows its passage; Escape gives both back."""

CSS = """
.gradio-container { overflow: clip !important; --dl-quiet: color-mix(in srgb, var(--body-text-color) 70%, var(--body-background-fill)); }
.dl-turn { padding: 0.5rem 0 1rem; overflow-wrap: anywhere; color: var(--body-text-color); line-height: 1.5; }
.dl-turn p { margin: 0.4rem 0; }
.dl-question { font-size: 1.15rem; font-weight: 600; margin: 0.5rem 0; scroll-margin-top: 1rem; white-space: pre-wrap; }
.dl-answer { border-left: 3px solid var(--color-accent); padding: 0.25rem 0 0.25rem 0.9rem; }
.dl-text { font-size: 1.05rem; }
.dl-sources { font-size: 0.925rem; }
.dl-abstained { border-left: 3px dashed var(--border-color-primary); background: var(--background-fill-secondary);
  padding: 0.75rem 0.9rem; border-radius: var(--radius-md); }
.dl-conflict, .dl-partial { border-left-style: double; border-left-width: 6px; }
.dl-label { font-size: 0.8rem; font-weight: 600; text-transform: uppercase; letter-spacing: 0.05em; }
.dl-label, .dl-searched, .dl-about, .dl-working, .dl-also, .dl-dates, .dl-hint, .dl-library, .dl-meta {
  color: var(--dl-quiet); }
.dl-searched, .dl-about, .dl-also, .dl-dates, .dl-more, .dl-notice, .dl-meta { font-size: 0.875rem; }
.dl-notice, .dl-problem, .dl-disagree, .dl-empty { border: 1px solid var(--border-color-primary);
  border-radius: var(--radius-md); padding: 0.5rem 0.75rem; }
.dl-problem { border-color: var(--error-border-color); }
.dl-marker, .dl-open, .dl-close { font: inherit; color: inherit; background: none; border: 0; cursor: pointer;
  text-align: start; border-radius: var(--radius-sm); }
.dl-marker { padding: 0 0.15rem; min-width: 1.75rem; text-align: center; font-weight: 600; color: var(--link-text-color); }
.dl-open { padding: 0.25rem 0.35rem; margin-left: -0.35rem; overflow-wrap: anywhere; }
.dl-marker:hover, .dl-open:hover, .dl-close:hover { background: var(--background-fill-secondary);
  text-decoration: underline; }
.dl-marker:focus-visible, .dl-open:focus-visible, .dl-close:focus-visible, .dl-link:focus-visible,
.dl-turn summary:focus-visible { outline: 2px solid var(--color-accent); outline-offset: 1px; }
.dl-number { color: var(--link-text-color); font-weight: 600; }
.dl-sources { list-style: none; padding: 0; margin: 0.5rem 0 0; }
.dl-sources li { margin: 0 0 0.6rem; }
.dl-sources blockquote { margin: 0.1rem 0 0.1rem 0.9rem; font-style: italic; white-space: pre-line; }
.dl-sources .dl-link, .dl-sources .dl-also, .dl-sources .dl-dates { margin-left: 0.9rem; }
.dl-link { color: var(--link-text-color); text-decoration: underline; font-size: 0.875rem; }
.dl-disagree ul, .dl-more ul { list-style: disc; padding-left: 1.25rem; }
.dl-more summary { cursor: pointer; color: var(--dl-quiet); }
#dl-panel { position: sticky; top: 0; align-self: flex-start; max-height: 100vh; overflow-y: auto; padding: 0.5rem;
  border-left: 1px solid var(--border-color-primary); }
.dl-article { padding: 0.25rem 0.5rem 2rem; overflow-wrap: anywhere; color: var(--body-text-color); }
.dl-article-title { font-size: 1.15rem; font-weight: 600; margin: 0 2rem 0.25rem 0; outline: none; }
.dl-article-text { white-space: pre-line; line-height: 1.6; margin-top: 0.75rem; }
.dl-close { float: right; width: 2rem; height: 2rem; text-align: center; }
.dl-text mark { background: none; color: inherit; font-weight: 650; }
.dl-article mark { background: #ffe58a; color: #1c1917; border-radius: 2px; }
.dl-article mark.dl-faint { background: none; color: inherit; border-bottom: 2px dotted var(--color-accent); }
.dl-title { font-size: 1.5rem; font-weight: 700; margin: 0; }
#dl-past:not(:has(.dl-turn)), #dl-live:not(:has(.dl-turn)) { display: none; }
#dl-holds .html-container, #dl-past .html-container, #dl-live .html-container { padding-left: 0; padding-right: 0; }
#dl-head { flex-wrap: nowrap; }
#dl-anew { flex: 0 0 auto; min-width: 0; }
#dl-ask { position: sticky; bottom: 0; z-index: 10; padding: 0.5rem 0; background: var(--body-background-fill); }
@media (max-width: 767px) {
  #dl-panel { display: none; }
  #dl-panel:has(.dl-article) { display: flex; position: fixed; inset: 12vh 0 0 0; z-index: 50; max-height: none;
    background: var(--body-background-fill); border: 0; border-top: 2px solid var(--color-accent);
    box-shadow: 0 -6px 24px rgb(0 0 0 / 35%); }
}
"""
