// The HTML report's only script. It filters the report, which is also readable without it.
export const filterScript = `
const form = document.getElementById('filter');
if (form) {
  const text = document.getElementById('text');
  const sections = [...document.querySelectorAll('section.code')];
  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    const severities = new Set([...form.querySelectorAll('[type=checkbox]:checked')].map((box) => box.value));
    let shown = 0;
    for (const section of sections) {
      const inSeverity = severities.has(section.dataset.severity);
      const inTitle = section.firstElementChild.textContent.toLowerCase().includes(wanted);
      let any = false;
      for (const article of section.querySelectorAll('article')) {
        const fits = inSeverity && (inTitle || article.textContent.toLowerCase().includes(wanted));
        article.hidden = !fits;
        any ||= fits;
        shown += fits ? 1 : 0;
      }
      section.hidden = !any;
    }
    document.getElementById('shown').textContent = shown.toLocaleString('en-US') + ' shown';
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
}
`;
