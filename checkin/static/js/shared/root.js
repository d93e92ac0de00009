// Where this server is: a proxy may give it only a path of a host, as https://host/marhaba/.

/** The path that all of the server's own begin with: "/" or "/marhaba/". */
export const ROOT = new URL("../../..", import.meta.url).pathname;

/**
 * Return the name under which this server keeps something in the browser. All that a host serves
 * shares one storage, and two servers under two paths must not take each other's devices and scans.
 * @param {string} name
 */
export const keptName = (name) => (ROOT === "/" ? name : `${name} ${ROOT}`);
