// What the workers find beside their own text.

/** What the server writes before the text of page-worker.js. */
declare const PRECACHE: {
  version: string;
  /** "/scan", or what it is behind a proxy's path */
  page: string;
  /** the page's addresses by language */
  pages: Record<string, string>;
  files: string[];
};

// The vendored reader of codes; its address is the one that the server gives it.
declare module "*/zxing-wasm/es/reader/index.js" {
  interface Reading {
    isValid: boolean;
    text: string;
  }
  export function prepareZXingModule(how: object): Promise<unknown>;
  export function readBarcodes(picture: ImageData, options: object): Promise<Reading[]>;
}
