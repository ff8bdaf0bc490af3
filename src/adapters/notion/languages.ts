/** The languages that Notion's code blocks know: https://developers.notion.com/reference/block#code, as in the SDK's `LanguageRequest`. */

const KNOWN = new Set(
  (
    "abap,abc,agda,arduino,ascii art,assembly,bash,basic,bnf,c,c#,c++,clojure,coffeescript,coq,css,dart,dhall,diff,docker,ebnf," +
    "elixir,elm,erlang,f#,flow,fortran,gherkin,glsl,go,graphql,groovy,haskell,hcl,html,idris,java,javascript,json,julia,kotlin," +
    "latex,less,lisp,livescript,llvm ir,lua,makefile,markdown,markup,matlab,mathematica,mermaid,nix,notion formula,objective-c," +
    "ocaml,pascal,perl,php,plain text,powershell,prolog,protobuf,purescript,python,r,racket,reason,ruby,rust,sass,scala,scheme," +
    "scss,shell,smalltalk,solidity,sql,swift,toml,typescript,vb.net,verilog,vhdl,visual basic,webassembly,xml,yaml,java/c/c++/c#"
  ).split(","),
);

// What authors write on a fence instead.
const ALSO: Record<string, string> = {
  cjs: "javascript",
  console: "shell",
  cpp: "c++",
  cs: "c#",
  csharp: "c#",
  dockerfile: "docker",
  fsharp: "f#",
  golang: "go",
  js: "javascript",
  jsonc: "json",
  jsx: "javascript",
  kt: "kotlin",
  make: "makefile",
  md: "markdown",
  mjs: "javascript",
  objc: "objective-c",
  patch: "diff",
  proto: "protobuf",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "shell",
  svg: "xml",
  tex: "latex",
  tf: "hcl",
  terraform: "hcl",
  ts: "typescript",
  tsx: "typescript",
  wasm: "webassembly",
  yml: "yaml",
  zsh: "shell",
};

export const PLAIN = "plain text";

export function languageOf(fence: string | null | undefined): string {
  const written = (fence ?? "").toLowerCase();
  const name = ALSO[written] ?? written;
  return KNOWN.has(name) ? name : PLAIN;
}
