// A link past the tabs to the question. Sets the language of the page.
document.documentElement.lang = element.querySelector('button').lang;
element.addEventListener('click', () => document.querySelector('#dl-question-box textarea')?.focus());
