// Programs that end by themselves after some seconds get more of them: the test ends them, and a build server may be slow.
const { setTimeout } = globalThis;
globalThis.setTimeout = (fn, ms, ...rest) => setTimeout(fn, ms >= 4000 ? ms * 20 : ms, ...rest);
