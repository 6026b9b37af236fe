// What is in a page, as text: its elements, what they say of themselves, and the text in them. It is run in the page.

export function outline() {
  const told = [];
  const tell = (node, depth) => {
    if (node.nodeType === Node.COMMENT_NODE) told.push(`${depth} a comment`);
    if (node.nodeType === Node.TEXT_NODE && node.data.trim()) {
      // Style and script are their own; they differ by the names of columns, and are checked by their hashes.
      const isCode = ['STYLE', 'SCRIPT'].includes(node.parentNode.nodeName.toUpperCase());
      // With script, the rows stand as escaped text in the noscript; those that are shown are looked at.
      const isEscaped = node.parentNode.nodeName === 'NOSCRIPT';
      told.push(`${depth} ${isCode || isEscaped ? 'code' : JSON.stringify(node.data)}`);
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const attributes = [...node.attributes].map(({ name, value }) => {
      const differs = name === 'content' || (name === 'href' && node.closest('.causes')) || name === 'style';
      return `${name}=${differs ? '…' : JSON.stringify(value)}`;
    });
    told.push(`${depth} <${node.nodeName} ${attributes.join(' ')}>`);
    for (const child of node.childNodes) tell(child, depth + 1);
  };
  // Where a line may be broken makes no difference to what stands in it.
  for (const wbr of document.querySelectorAll('wbr')) wbr.remove();
  document.documentElement.normalize();
  tell(document.documentElement, 0);
  return told.join('\n');
}
