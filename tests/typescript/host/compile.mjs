// The TypeScript compiler, as this lane uses it: what is wrong with a file, and the JavaScript of it.

import path from "node:path";
import ts from "typescript";

const CONFIGURATION = path.join(import.meta.dirname, "..", "tsconfig.json");

/** What the compiler says of each file, by its path: a list of "line: message". */
export function complaints(files) {
  const { config } = ts.readConfigFile(CONFIGURATION, ts.sys.readFile);
  const folder = path.dirname(CONFIGURATION);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder, {}, CONFIGURATION);
  const program = ts.createProgram(files, options);
  const of = (file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(describe);
  return Object.fromEntries(files.map((file) => [file, of(file)]));
}

/** The file's JavaScript, types dropped. */
export function javascript(file) {
  const { target, module } = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  return ts.transpileModule(ts.sys.readFile(file), { compilerOptions: { target, module } }).outputText;
}

function describe({ file, start, messageText }) {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
