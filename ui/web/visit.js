// When this reader was last here: a visit ends after half an hour in which nobody looks at the page.
const ENDS = 1800e3, DAY = 864e5;
const known = () => {
  try {
    return JSON.parse(localStorage.getItem('STORAGE-visit')) ?? {};
  } catch (error) {
    return {};
  }
};
const look = () => {
  if (document.hidden) return;
  const now = Date.now(), {last = now - DAY, before = now - DAY} = known();
  try {
    localStorage.setItem('STORAGE-visit', JSON.stringify({last: now, before: now - last > ENDS ? last : before}));
  } catch (error) {
    // The browser stores nothing: show what is new since yesterday.
  }
};
look();
setInterval(look, 60e3);
document.addEventListener('visibilitychange', look);
window.datelineBefore = () => new Date(known().before ?? Date.now() - DAY).toISOString();
