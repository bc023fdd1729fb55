// The conversation stays in the browser over a reload. Gradio's own BrowserState writes no empty value and, after a
// reload, nothing at all.
watch('value', () => {
  try {
    localStorage.setItem('KEPT_AS', props.value);
  } catch (error) {
    // A browser that keeps nothing, or is full: the conversation is lost with the page, as before.
  }
});
