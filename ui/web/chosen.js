() => {
  // What this page shows: its conversation, as the browser kept it (the newest answers, as many as a request may carry), and its filters.
  const found = {conversation: history.state?.conversation ?? '', turns: [], broken: false, filters: null};
  try {
    found.filters = JSON.parse(sessionStorage.getItem('STORAGE'));
  } catch {
    found.filters = null;
  }
  try {
    const begins = `STORAGE/${found.conversation}/`;
    const keys = found.conversation ? Object.keys(localStorage).filter((key) => key.startsWith(begins)).sort() : [];
    let room = 190_000;
    for (const key of keys.reverse()) {
      const value = localStorage.getItem(key);
      room -= value.length;
      if (room < 0 || found.turns.length === 50) break;
      try {
        found.turns.unshift({...JSON.parse(value), id: key.slice(begins.length)});
      } catch {
        found.broken = true;
      }
    }
  } catch {
    // A browser that keeps nothing.
  }
  window.datelineConversations?.shows(found.turns.length);
  return [JSON.stringify(found)];
}
