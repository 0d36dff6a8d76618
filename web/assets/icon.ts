/** The mark of the pages and of the browser's tab: a gate with a letter in it. One colour on any ground. */
export const ICON_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f5f5b"/><path d="M7 26V14a9 9 0 0 1 18 0v12" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><path d="M11 16h10v7H11zl5 4 5-4" fill="none" stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/></svg>
`;
