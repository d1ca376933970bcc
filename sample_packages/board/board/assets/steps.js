export const step = (count) => count + 1;
