// The browser makes the file from the text: nothing is stored on the server.
watch('value', () => {
  if (!props.value) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([props.value.slice(props.value.indexOf('\n') + 1)], {type: 'text/markdown'}));
  link.download = `dateline-${new Date().toISOString().slice(0, 10)}.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
